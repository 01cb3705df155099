"""Judging: is what was heard an order, a doubt to ask about, or nothing for us?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from assistant.asr.base import Hypothesis, Reading


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Confidences, the same in quiet and noise."""

    ask_back: float = 0.3
    """From here on: "did you mean ...?"."""
    accept: float = 0.5
    """After a wake word."""
    accept_follow_up: float = 0.85
    """Where nobody said the wake word: follow-up window and talking over an answer."""


class Verdict(Enum):
    """What to do with an utterance."""

    ACCEPT = "accept"
    ASK_BACK = "ask_back"
    REFUSE = "refuse"
    IGNORE = "ignore"
    """Not for us: say nothing."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict and the reading it is about."""

    verdict: Verdict
    reading: Reading | None = None
    rival: Reading | None = None
    """What else may have been meant, where that is asked."""


def judge(thresholds: Thresholds, hypothesis: Hypothesis, *, addressed: bool) -> Judgement:
    """Judge a finished utterance.

    Args:
        addressed: a wake word or a button opened the turn, so it gets an answer; otherwise only the highest
            threshold counts and everything below it is silence.
    """
    best = hypothesis.best
    if not addressed:
        if best is not None and best.complete and best.confidence >= thresholds.accept_follow_up:
            return Judgement(Verdict.ACCEPT, best)
        return Judgement(Verdict.IGNORE)
    if best is not None and best.complete:
        if best.confidence >= thresholds.accept:
            return Judgement(Verdict.ACCEPT, best)
        if best.confidence >= thresholds.ask_back:
            return Judgement(Verdict.ASK_BACK, best, hypothesis.rival)
    if hypothesis.free_text.strip():
        return Judgement(Verdict.REFUSE)
    return Judgement(Verdict.IGNORE)
