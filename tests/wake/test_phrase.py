"""Typed wake phrases: the scorer against the conformance suite, and on people's voices."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import numpy as np
import soundfile

from assistant.asr.heard import loudest
from assistant.audio.frames import Floats
from assistant.bench.sounds import speech_start
from assistant.testing.conformance.wake import PhraseConformance
from assistant.wake.alignment import level_end
from assistant.wake.phrase import MoonshinePhraseScorer

CLIPS = 8
WINDOW = 32_000


@cache
def scorer() -> MoonshinePhraseScorer:
    return MoonshinePhraseScorer()


class TestPhrase(PhraseConformance):
    def make(self) -> MoonshinePhraseScorer:
        return scorer()


def window(path: Path) -> Floats:
    """Two seconds from a little before the speech."""
    pcm, _ = soundfile.read(path, dtype="int16")
    begin = max(0, speech_start(pcm) - 4_000)
    sound: Floats = (pcm[begin : begin + WINDOW] / 32768.0).astype(np.float32)
    return sound


def some(folder: Path, n: int) -> list[Path]:
    return random.Random(1).sample(sorted(folder.rglob("*.*")), n)


def test_people_saying_a_word_are_heard(data: Path) -> None:
    for word in ("alexa", "computer", "jarvis"):
        paths = some(data / "wake" / word, CLIPS)
        margins = [scorer().margins(window(path), [word]).get(word, -99.0) for path in paths]
        assert sum(margin >= scorer().config.threshold for margin in margins) >= CLIPS - 1


def test_other_words_and_other_speech_are_not(data: Path) -> None:
    paths = some(data / "wake" / "alexa", 5) + some(data / "speech" / "librispeech_clips", 15)
    for path in paths:
        margins = scorer().margins(window(path), ["computer", "jarvis", "hey nova"])
        assert all(margin < scorer().config.threshold for margin in margins.values())


def test_the_end_is_the_pause_and_not_the_closure_of_a_consonant() -> None:
    noise = np.random.default_rng(0).normal(0, 1, 32_000).astype(np.float32)
    level = np.full(32_000, 1e-4, np.float32)
    level[4_000:10_000] = level[11_000:16_000] = 0.1
    assert loudest(noise * level) > 0.05
    assert abs(level_end(noise * level, 9_000) - 16_000) <= 640
    level[16_000:] = 0.1
    assert 12_000 < level_end(noise * level, 9_600) < 16_000
