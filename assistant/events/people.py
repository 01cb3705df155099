"""Who speaks, and what they may."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.events.base import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerHeard(Event):
    """What a turn's sound, with the conversation before it, says about who speaks."""

    person: str = ""
    """Whom it speaks for most; empty: nobody's voice was heard long enough, or none can be compared."""
    llr: float = 0.0
    """Natural-log likelihood ratio: this person against anybody else."""
    known: bool = False
    """Whether that is sure enough to act in their name; else who speaks is a guest."""
    second: bool = False
    """Whether a second voice set in: the person is whoever both may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleChanged(Event):
    """Somebody was enrolled, renamed, regrouped or forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RightDecided(Event):
    """Whether somebody may have an order, or one thing of it, done."""

    about: str
    """``skill.Intent``, or the command and the device."""
    verdict: str
    """``allow``, ``ask`` or ``deny``."""
    reason: str
    person: str = ""
    """Who it was decided for; empty: a guest, or the household where it was typed."""
    steps: str = ""
    """What is asked for before, such as ``yes, phrase``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTaken(Event):
    """What came of one thing that was asked for before something was done."""

    step: str
    """``yes``, ``phrase``, ``pin`` or ``another``."""
    passed: bool
    reason: str = ""
