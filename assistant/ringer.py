"""Rings for timers: at the source that set them, else at any that can be heard, else as soon as one opens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from assistant.events import TimerRang
from assistant.store.timers import Timers

if TYPE_CHECKING:
    from assistant.session import Session

LATE_SECONDS = 60.0
"""A timer that is this late is told, not rung: ringing says "now"."""


class Ringer:
    """Brings timers that are due to the ears of somebody."""

    def __init__(self, timers: Timers, sessions: Callable[[], Mapping[str, Session]]) -> None:
        self._timers = timers
        self._sessions = sessions
        self._tasks: set[asyncio.Task[None]] = set()
        self._ringing: set[str] = set()

    def rang(self, event: object) -> None:
        """A timer is due."""
        assert isinstance(event, TimerRang)
        heard = [session for session in self._sessions().values() if not session.silent]
        session = next((session for session in heard if session.name == event.source), None)
        if session is None and heard:
            session = heard[0]
        if session is not None:
            text = announcement(event.name, self._length(event.timer), event.late)
            self._ring(session, event.timer, text, event.late)

    def opened(self, session: Session) -> None:
        """A source opened: tell it of timers that rang while nobody was there."""
        if not session.silent:
            for timer in self._timers.untold():
                late = -self._timers.left(timer)
                self._ring(session, timer.id, announcement(timer.name, timer.seconds, late), late)

    def _length(self, timer: str) -> float:
        return next((known.seconds for known in self._timers.untold() if known.id == timer), 0.0)

    def _ring(self, session: Session, timer: str, text: str, late: float) -> None:
        if timer not in self._ringing:
            self._ringing.add(timer)
            task = asyncio.create_task(self._until_heard(session, timer, text, late), name=f"ring {timer}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _until_heard(self, session: Session, timer: str, text: str, late: float) -> None:
        try:
            if await session.announce(text, ring=late < LATE_SECONDS):
                await self._timers.told(timer)
        finally:
            self._ringing.discard(timer)


def announcement(name: str, seconds: float, late: float) -> str:
    """What is said when a timer is due."""
    what = f"{name} timer" if name else f"{length(seconds)} timer"
    if late < LATE_SECONDS:
        return f"Your {what} is done."
    return f"Your {what} was due {_plural(round(late / 60), 'minute')} ago."


def length(seconds: float) -> str:
    """A length as an adjective: "five minute" style, in its largest whole unit."""
    for size, unit in ((3600, "hour"), (60, "minute")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} second"


def _plural(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
