"""One timer: what it is for and when it is due."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from math import floor
from uuid import uuid4

from assistant.store.recurrence import latest, next_after

AGAIN = "again"
"""The rule of a timer that begins anew each time."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """What is told when it is due, to whom, and where."""

    kind: str = "timer"
    """``timer``, ``alarm`` or ``reminder``."""
    name: str = ""
    """What it is called; of a reminder, what it is about."""
    source: str = ""
    person: str = ""
    """Whose it is; empty if nobody knows."""
    everywhere: bool = False
    """Whether it rings at all sources."""
    standing: str = ""
    """With what right an order for later was given, see ``assistant.people.claim.Claim.standing``."""


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer that runs, or rang and nobody knows yet."""

    id: str
    name: str
    source: str
    seconds: float
    """Its whole length; 0 where it is due at a moment."""
    due_wall: float
    due_boot: float
    boot: str
    rang: bool = False
    kind: str = "timer"
    person: str = ""
    everywhere: bool = False
    at: datetime | None = None
    """Local time, without a zone, of one that is due at a moment."""
    rule: str = ""
    """How it repeats: a recurrence rule for a moment, ``AGAIN`` for a length; empty: it does not."""
    left_out: frozenset[date] = frozenset()
    """Days on which it does not ring."""
    standing: str = ""

    @property
    def purpose(self) -> Purpose:
        return Purpose(self.kind, self.name, self.source, self.person, self.everywhere, self.standing)


def made(
    purpose: Purpose, seconds: float = 0.0, due_wall: float = 0.0, due_boot: float = 0.0, boot: str = "", *,
    at: datetime | None = None, rule: str = "",
) -> Timer:
    """A new one."""
    return Timer(
        uuid4().hex[:8], purpose.name, purpose.source, seconds, due_wall, due_boot, boot, kind=purpose.kind,
        person=purpose.person, everywhere=purpose.everywhere, at=at, rule=rule,
        standing=purpose.standing,
    )


def moved(timer: Timer, seconds: float) -> Timer:
    """Longer, or shorter."""
    return replace(_due_later(timer, seconds), seconds=timer.seconds + seconds)


def parted(timer: Timer, late: float, now: datetime) -> tuple[Timer, Timer | None]:
    """The time that is due of one that repeats, and what is left of it; of several missed ones only the last.

    Args:
        late: seconds since it was due.
        now: local time, without a zone.
    """
    rung = replace(timer, id=f"{timer.id}.rang", rule="", left_out=frozenset(), rang=True)
    if timer.at is None:
        missed = max(0, floor(late / timer.seconds)) * timer.seconds
        return _due_later(rung, missed), _due_later(timer, missed + timer.seconds)
    following = next_after(timer.rule, timer.at, now, timer.left_out)
    rung = replace(rung, at=latest(timer.rule, timer.at, now))
    return rung, None if following is None else replace(timer, at=following)


def without(timer: Timer, day: date, now: datetime) -> Timer | None:
    """One that repeats, not on a day; None if it does not repeat or would never be due again."""
    if timer.at is None or not timer.rule:
        return None
    left_out = frozenset(one for one in {*timer.left_out, day} if one >= now.date())
    at = next_after(timer.rule, timer.at, now, left_out) if timer.at.date() in left_out else timer.at
    return None if at is None else replace(timer, at=at, left_out=left_out)


def _due_later(timer: Timer, seconds: float) -> Timer:
    return replace(timer, due_wall=timer.due_wall + seconds, due_boot=timer.due_boot + seconds)
