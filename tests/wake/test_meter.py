"""Scores of wake phrases: the strongest of what belongs together, typed ones as the windows are scored."""

from __future__ import annotations

from typing import cast

import numpy as np

from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.cli.wake_meter import MARK, WIDTH, bar
from assistant.testing.conformance.wake import spoken
from assistant.vad.silero import SileroVad
from assistant.wake.base import WakeHit
from assistant.wake.meter import Peaks, Score, TypedMeter, frames
from assistant.wake.micro import MicroConfig, MicroWakeWord
from assistant.wake.phrase import MoonshinePhraseScorer, PhraseConfig


def score(at: float, value: float, phrase: str = "nova") -> Score:
    return Score(phrase, value, -6.0, round(at * SAMPLE_RATE), 0, 0)


def told(*scores: Score) -> list[Score]:
    peaks = Peaks()
    found = [one for given in scores for one in peaks.take(given)]
    return [*found, *peaks.due(1000 * SAMPLE_RATE)]


def test_of_scores_close_together_the_strongest_is_told() -> None:
    assert told(score(1, -9), score(1.3, -7), score(1.5, -8), score(4, -9)) == [score(1.3, -7), score(4, -9)]


def test_what_is_heard_is_told_at_once_and_alone() -> None:
    assert told(score(1, -9), score(1.3, -2), score(1.6, -8), score(4, -8)) == [score(1.3, -2), score(4, -8)]


def test_phrases_are_told_apart() -> None:
    assert told(score(1, -9), score(1.1, -8, "stop")) == [score(1, -9), score(1.1, -8, "stop")]


def test_a_bar_passes_the_mark_exactly_if_it_is_heard() -> None:
    for value in np.arange(-40, 5, 0.1).tolist():
        drawn = bar(score(0, value))
        assert len(drawn) == WIDTH and drawn[MARK] == "│"
        assert drawn[MARK - 1 :].startswith("█│") is (value >= -6.0), value


class Scripted:
    """Finds a phrase in every piece of sound, surer and surer."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []

    def score(
        self, pcm: bytes, sample: int, phrases: list[str], below: float = 0.0, before: int = 0
    ) -> list[WakeHit]:
        self.asked.append((sample + before, sample + len(pcm) // 2))
        sample += before
        value = -9.0 + len(self.asked)
        return [WakeHit(phrases[0], sample + 4_000, sample + 12_000, value, -6.0)] if value >= -6.0 - below else []


def fed(meter: TypedMeter, pcm: Pcm) -> list[Score]:
    found = [one for frame in frames(pcm) for one in meter.feed(frame)]
    meter.close()
    return found


def test_windows_are_scored_until_the_phrase_is_heard() -> None:
    scorer = Scripted()
    pcm = spoken("hey nova turn on the light in the kitchen", before=1.0, after=1.0)[0]
    found = fed(TypedMeter(scorer, SileroVad(), ["hey nova"]), pcm)
    assert [one.heard for one in found] == [False, False, True] and len(scorer.asked) == 3


def test_the_real_scorer_hears_a_phrase_and_tells_how_near_others_come() -> None:
    pcm = np.concatenate([spoken("computer", before=1.0, after=1.5)[0], spoken("compete", after=1.5)[0]])
    found = fed(TypedMeter(MoonshinePhraseScorer(), SileroVad(), ["computer"], below=20.0), pcm)
    heard = [one for one in found if one.heard]
    assert len(heard) == 1 and heard[0].at < 4 * SAMPLE_RATE
    assert all(one.threshold == PhraseConfig().threshold for one in found)


def test_scores_below_the_threshold_are_told_only_if_asked_for() -> None:
    scorer = MoonshinePhraseScorer()
    pcm = spoken("complete it")[0].astype("<i2").tobytes()
    assert scorer.score(pcm, 0, ["computer"]) == []
    (near,) = scorer.score(pcm, 0, ["computer"], 40.0)
    assert not near.heard and near.threshold == scorer.threshold("computer") > near.score


def test_a_detector_without_scores_tells_its_hits() -> None:
    from assistant.wake.meter import HitMeter, Meter

    meter = cast(Meter, HitMeter(MicroWakeWord(MicroConfig("alexa"))))
    found = [one for frame in frames(spoken("alexa", before=1.0, after=1.0)[0]) for one in meter.feed(frame)]
    assert [one.phrase for one in found] == ["alexa"] and found[0].heard
