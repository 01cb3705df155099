"""Typed wake phrases: the scorer against the conformance suite, and on people's voices."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soundfile

from assistant.asr.heard import loudest
from assistant.audio.files import read_sound
from assistant.audio.frames import SAMPLE_RATE, Floats
from assistant.bench.sounds import speech_start
from assistant.testing.conformance.wake import PhraseConformance, spoken
from assistant.wake.alignment import level_end
from assistant.wake.phrase import SURE, MoonshinePhraseScorer, PhraseConfig
from assistant.wake.scoring import Scoring, Wanted

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


@pytest.mark.parametrize(
    ("phrase", "clip", "start", "end"),
    [
        ("alexa", "9645/096450010", 87_872, 110_400),
        ("computer", "1447/014470140", 72_096, 85_760),
        ("athena", "1447/014470140", 36_416, 51_840),
    ],
)
def test_what_only_sounds_like_a_phrase_is_not_one_with_the_words_before_it(
    phrase: str, clip: str, start: int, end: int, data: Path
) -> None:
    careless = MoonshinePhraseScorer(PhraseConfig(threshold=-6.0), scorer().model)
    sound = read_sound(data / "speech" / "nonnative" / f"{clip}.opus").astype("<i2")
    (alone,) = careless.score(sound[start:end].tobytes(), start, [phrase])
    assert -6.0 <= alone.score < SURE
    before = SAMPLE_RATE
    assert not careless.score(sound[start - before : end].tobytes(), start - before, [phrase], before=before)


def test_a_phrase_is_found_behind_other_words_only_where_it_is_looked_for_anywhere() -> None:
    pcm = spoken("I bought a new computer")[0].astype(np.float32) / np.float32(32768)
    found = [
        Scoring(scorer().model, scorer().boundary, pcm, [Wanted(scorer().phrase("computer"), -3.0)], anywhere=anywhere)
        for anywhere in (False, True)
    ]
    nowhere, somewhere = (one.run() for one in found)
    assert not nowhere and somewhere["computer"][0] > -1.0


def test_the_end_is_the_pause_and_not_the_closure_of_a_consonant() -> None:
    noise = np.random.default_rng(0).normal(0, 1, 32_000).astype(np.float32)
    level = np.full(32_000, 1e-4, np.float32)
    level[4_000:10_000] = level[11_000:16_000] = 0.1
    assert loudest(noise * level) > 0.05
    assert abs(level_end(noise * level, 9_000) - 16_000) <= 640
    level[16_000:] = 0.1
    assert 12_000 < level_end(noise * level, 9_600) < 16_000
