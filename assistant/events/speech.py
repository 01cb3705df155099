"""What was heard as words."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.events.base import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class WakeHeard(Event):
    """The wake phrase was said."""

    phrase: str
    sample: int
    """First sample of the phrase."""
    end: int
    """First sample after the phrase."""
    score: float
    """Backend's own score; higher is surer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WakeScored(Event):
    """How well some speech begins with a typed wake phrase; only while somebody watches, and only if it is near."""

    phrase: str
    sample: int
    """First sample of what may be the phrase."""
    end: int
    """First sample after it."""
    score: float
    threshold: float
    """Score from which it counts as heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialHeard(Event):
    """Words so far, while they are spoken."""

    text: str
    stable: int = 0
    """Characters at the start that will not change any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalHeard(Event):
    """The words of an utterance, after its endpoint."""

    text: str
    """The sentence, where one is likely enough to be asked about, else ``free_text``."""
    free_text: str = ""
    """What open recognition wrote for the same sound."""
    confidence: float = 0.0
    """0 to 1: how surely the sentence is what was said; 0 where it is none."""
    grammar_version: int = 0
    sample: int = 0
    """First sample of the utterance."""
    end: int = 0
    """First sample after it."""
    late: float = 0.0
    """Seconds by which the endpoint waited for the words."""
