"""flite, the real program, against the conformance suite; and what it does when it is not there or misbehaves."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import BackendError
from assistant.testing.conformance.tts import SENTENCE, TtsConformance
from assistant.tts.base import Synthesizer
from assistant.tts.flite import VOICES, Flite, FliteConfig

HANGING = "exec /bin/sleep 60"
needs_flite = pytest.mark.skipif(shutil.which("flite") is None, reason="flite is not installed: apt install flite")


@needs_flite
class TestFlite(TtsConformance):
    def make(self) -> Synthesizer:
        return Flite()


def sound(config: FliteConfig, text: str = SENTENCE) -> np.ndarray:
    return np.concatenate([piece.pcm for piece in Flite(config).speak(text)])


@needs_flite
def test_four_voices_speak_differently() -> None:
    lengths = {voice: len(sound(FliteConfig(voice))) for voice in VOICES}
    assert len(set(lengths.values())) == len(VOICES), lengths


@needs_flite
def test_speed_and_volume_are_heard() -> None:
    plain = sound(FliteConfig())
    assert len(sound(FliteConfig(speed=1.5))) < 0.8 * len(plain)
    assert np.abs(sound(FliteConfig(volume=0.3))).max() < 0.5 * np.abs(plain).max()


@needs_flite
def test_letters_with_accents_are_read_and_options_are_not_obeyed() -> None:
    assert len(sound(FliteConfig(), "Un café à Genève.")) > 8000
    assert len(sound(FliteConfig(), "-o /dev/null says the file.")) > 8000


def test_settings_that_cannot_be_are_refused() -> None:
    with pytest.raises(BackendError, match="no voice 'joe'"):
        FliteConfig("joe")
    with pytest.raises(BackendError, match="speed"):
        FliteConfig(speed=0.1)


def test_without_the_program_the_package_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert Flite.lacking() == "flite missing: sudo apt install flite"
    with pytest.raises(BackendError, match="not installed") as raised:
        Flite()
    assert raised.value.mend == "sudo apt install flite"


@pytest.mark.parametrize(
    ("script", "said"),
    [("echo no such voice >&2; exit 1", "no such voice"), ("exit 0", "wrote no sound"), ("kill -9 $$", "exit code -9"),
     (HANGING, "took more than"), ('while [ $# -gt 1 ]; do shift; done; echo noise > "$1"', "wrote no sound")],
    ids=["refuses", "writes nothing", "dies", "hangs", "writes rubbish"],
)
def test_a_program_that_fails_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str, said: str
) -> None:
    program = tmp_path / "flite"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    if script == HANGING:
        monkeypatch.setattr("assistant.tts.flite.DEADLINE", 0.3)
    with pytest.raises(BackendError, match=said):
        list(Flite().speak(SENTENCE))
