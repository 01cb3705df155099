"""Rings for timers: at the source that set them, else at any that can be heard, else as soon as one opens."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from assistant.events import TimerRang
from assistant.store.timers import Timers

if TYPE_CHECKING:
    from assistant.session import Session

log = logging.getLogger(__name__)

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
        if self._who_hears(event.source) is None:
            log.warning("a timer (%s) is due and nobody can hear it: it is told where the page is opened next",
                        event.name or event.timer)
        self._ring(event.timer, event.source)

    def opened(self, session: Session) -> None:
        """A source opened: tell it of timers that rang while nobody was there."""
        if not session.silent:
            for timer in self._timers.untold():
                self._ring(timer.id, session.name)

    def _ring(self, timer: str, source: str) -> None:
        if timer not in self._ringing and self._who_hears(source) is not None:
            self._ringing.add(timer)
            task = asyncio.create_task(self._until_heard(timer, source), name=f"ring {timer}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _until_heard(self, name: str, source: str) -> None:
        """Announce it where it was set; where that source goes away meanwhile, wherever somebody is."""
        try:
            while (session := self._who_hears(source)) is not None:
                timer = next((timer for timer in self._timers.untold() if timer.id == name), None)
                if timer is None:
                    return
                late = -self._timers.left(timer)
                text = announcement(timer.name, timer.seconds, late)
                if await session.announce(text, ring=late < LATE_SECONDS):
                    await self._timers.told(name)
                elif self._sessions().get(session.name) is session:
                    return  # no voice could say it: the next source that opens is told
        finally:
            self._ringing.discard(name)

    def _who_hears(self, source: str) -> Session | None:
        """The source itself, if it has a loudspeaker and is still there, else any that has."""
        heard = [session for session in self._sessions().values() if not session.silent]
        return next((session for session in heard if session.name == source), heard[0] if heard else None)


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
