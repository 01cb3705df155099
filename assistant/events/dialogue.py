"""The course of a turn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from assistant.events.base import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnStarted(Event):
    """A turn began."""

    reason: str
    """``wake``, ``push``, ``follow_up``, ``barge_in``, ``text``, ``ring`` or ``announce``."""
    text: str = ""
    """The order, where it was typed; the words, where something is told unasked."""
    sample: int = 0
    """First sample that belongs to its utterance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnStateChanged(Event):
    """The turn moved on."""

    state: str
    """``listening``, ``thinking``, ``speaking``, ``follow_up`` or ``idle``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood(Event):
    """An utterance was given a meaning."""

    skill: str
    intent: str
    slots: dict[str, Any] = field(default_factory=dict)
    text: str = ""
    confidence: float = 1.0
    link: str = ""
    """Link of the fallback chain that found it."""
    provisional: bool = False
    """True while the speaker may still go on ("... in the bedroom")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotUnderstood(Event):
    """An utterance has no meaning here."""

    text: str
    reason: str
    confidence: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAsked(Event):
    """The assistant asked back."""

    text: str
    expects: str
    """``yes_no``, ``choice`` or ``free``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnswered(Event):
    """What came of asking once: the question may be asked again."""

    text: str = ""
    """The words that counted as an answer; empty: there were none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Event):
    """The answer of a turn is known."""

    text: str
    outcome: str
    """``done``, ``already``, ``failed``, ``refused``, ``not_understood``, ``cancelled`` or ``info``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnReopened(Event):
    """The speaker went on: what was done provisionally gives way to the longer order."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnEnded(Event):
    """The turn is over."""

    outcome: str
    reason: str = ""
