"""Recordings looked through, consent, and the height of a voice."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.audio.files import write_sound
from assistant.audio.frames import SAMPLE_RATE, Floats, Pcm
from assistant.errors import AudioError, ModelError
from assistant.tts.clone.consent import Request, ask, asked, check, request
from assistant.tts.clone.judge import unit
from assistant.tts.clone.pitch import median_pitch
from assistant.tts.clone.recordings import fault, look_through


def speech(hz: float = 120.0, seconds: float = 3.0, loud: float = 8000.0) -> Pcm:
    """Syllables of a buzz with pauses between."""
    t = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    buzz = sum(np.sin(2 * np.pi * hz * k * t) / k for k in range(1, 8))
    syllables = (t % 0.4) < 0.28
    noise = np.random.default_rng(0).normal(0, 5, len(t))
    return np.clip(loud / 2 * buzz * syllables + noise, -32768, 32767).astype(np.int16)


class Ear:
    """A judge that knows a voice by its pitch."""

    def embed(self, pcm: Pcm) -> Floats:
        vector = np.zeros(8, np.float32)
        vector[int(median_pitch(pcm)) % 8] = 1.0
        return vector

    def embed_all(self, sounds: list[Pcm]) -> Floats:
        return unit(np.mean([self.embed(sound) for sound in sounds], axis=0))


EAR: Any = Ear()


@pytest.mark.parametrize("hz", [80.0, 120.0, 220.0, 350.0])
def test_the_pitch_of_a_buzz_is_its_fundamental(hz: float) -> None:
    assert median_pitch(speech(hz)) == pytest.approx(12 * np.log2(hz / 55.0), abs=0.3)


def test_nothing_voiced_has_no_pitch() -> None:
    noise = np.random.default_rng(0).normal(0, 3000, SAMPLE_RATE).astype(np.int16)
    for sound in (np.zeros(SAMPLE_RATE, np.int16), noise, noise[:100]):
        assert np.isnan(median_pitch(sound))


def test_what_is_wrong_with_a_recording_is_said() -> None:
    assert fault(speech()) == ""
    assert "shorter" in fault(speech(seconds=0.3))
    assert "silent" in fault(np.zeros(SAMPLE_RATE * 2, np.int16))
    assert "clipped" in fault(speech(loud=90_000.0))
    noisy = speech() / 4 + np.random.default_rng(0).normal(0, 1500, 3 * SAMPLE_RATE)
    assert "noisy" in fault(noisy.astype(np.int16))


def test_a_folder_of_recordings(tmp_path: Path) -> None:
    for number in range(5):
        write_sound(tmp_path / f"{number}.wav", speech())
    write_sound(tmp_path / "guest.wav", speech(230.0))
    write_sound(tmp_path / "silent.wav", np.zeros(SAMPLE_RATE * 2, np.int16))
    (tmp_path / "text.wav").write_text("no sound")
    found = look_through(tmp_path, EAR)
    assert [path.name for path in found.paths] == [f"{number}.wav" for number in range(5)]
    assert found.seconds == pytest.approx(15.0)
    faults = {one.path.name: one.what for one in found.faults}
    assert "somebody else" in faults["guest.wav"] and "silent" in faults["silent.wav"] and "text.wav" in faults


def test_too_little_is_refused_with_reasons(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="no sound files"):
        look_through(tmp_path, EAR)
    write_sound(tmp_path / "one.wav", speech())
    write_sound(tmp_path / "two.wav", np.zeros(SAMPLE_RATE * 20, np.int16))
    with pytest.raises(AudioError, match=r"3 s of recordings can be used: two\.wav is silent"):
        look_through(tmp_path, EAR)


ASKED = Request("Anna Berg", date(2026, 3, 1), "walnut")


def test_consent_is_the_sentence_the_word_and_the_voice() -> None:
    voice, other = speech(), speech(230.0)
    assert "March 1" in ASKED.sentence and "walnut" in ASKED.sentence
    assert check(ASKED, voice, [voice], EAR, lambda pcm: ASKED.sentence) == ""
    almost = ASKED.sentence.replace("Anna Berg", "Anne Burke")
    assert check(ASKED, voice, [voice], EAR, lambda pcm: almost) == ""
    assert "walnut" in check(ASKED, voice, [voice], EAR, lambda pcm: ASKED.sentence.replace("walnut", "river"))
    assert "another sentence" in check(ASKED, voice, [voice], EAR, lambda pcm: "I like a walnut now and then.")
    assert "somebody else" in check(ASKED, other, [voice], EAR, lambda pcm: ASKED.sentence)


def test_what_was_asked_is_remembered(tmp_path: Path) -> None:
    ask(tmp_path, ASKED)
    assert asked(tmp_path) == ASKED
    (tmp_path / "consent.yaml").write_text("name: Anna\n")
    with pytest.raises(ModelError, match="damaged"):
        asked(tmp_path)
    assert len({request("Anna", date(2026, 3, 1)).word for _ in range(50)}) > 1
