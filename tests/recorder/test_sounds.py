"""The sound of turns on disk: whole or not at all, and never too old or too much."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import numpy as np
import pytest

from assistant.audio.files import read_sound
from assistant.audio.frames import Pcm
from assistant.errors import AudioError
from assistant.recorder.sounds import DAY_SECONDS, Sounds


def noise(seconds: float = 1.0) -> Pcm:
    """Sound that FLAC cannot make small: 2 bytes a sample."""
    return np.random.default_rng(1).integers(-32768, 32767, round(16_000 * seconds)).astype(np.int16)


def aged(sounds: Sounds, turn: str, days: float) -> None:
    at = time.time() - days * DAY_SECONDS
    os.utime(sounds.path(turn), (at, at))


def test_what_is_written_is_what_was_heard(tmp_path: Path) -> None:
    sounds = Sounds(tmp_path / "turns", days=7, megabytes=1)
    path = sounds.write("ab", noise())
    assert path.suffix == ".flac" and np.array_equal(read_sound(path), noise())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    [kept] = sounds.all()
    assert (kept.turn, kept.path, kept.size) == ("ab", path, path.stat().st_size)


def test_the_oldest_go_when_it_is_too_much(tmp_path: Path) -> None:
    sounds = Sounds(tmp_path, days=7, megabytes=0.08)
    for age, turn in ((3.0, "a"), (2.0, "b")):
        sounds.write(turn, noise())
        aged(sounds, turn, age)
    sounds.write("c", noise())
    assert [kept.turn for kept in sounds.all()] == ["b", "c"], "three take 96 kB"


def test_what_is_too_old_goes(tmp_path: Path) -> None:
    sounds = Sounds(tmp_path, days=7, megabytes=1)
    for age, turn in ((6.9, "young"), (7.1, "old")):
        sounds.write(turn, noise(0.1))
        aged(sounds, turn, age)
    assert sounds.trim() == 1 and [kept.turn for kept in sounds.all()] == ["young"]


def test_sound_of_turns_that_are_forgotten_goes(tmp_path: Path) -> None:
    sounds = Sounds(tmp_path, days=7, megabytes=1)
    for turn in ("a", "b"):
        sounds.write(turn, noise(0.1))
    assert sounds.trim({"b"}) == 1 and [kept.turn for kept in sounds.all()] == ["b"]
    assert sounds.remove("b") and not sounds.remove("b") and not sounds.all()


def test_a_disk_that_takes_nothing_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    sounds = Sounds(tmp_path / "file" / "turns", days=7, megabytes=1)
    with pytest.raises(AudioError) as caught:
        sounds.write("a", noise(0.1))
    assert "cannot be kept" in caught.value.what and "recorder" in caught.value.mend


def test_what_could_not_be_finished_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    sounds = Sounds(tmp_path, days=7, megabytes=1)
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(AudioError, match="No space left"):
        sounds.write("a", noise(0.1))
    assert list(tmp_path.iterdir()) == []
