"""Rings for what is due: at the source where it was set, else at any that can be heard, else as soon as one opens."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from assistant.dialogue.due import announcement
from assistant.events import Event, TimerRang, TimerSilenced
from assistant.store.timer import Timer
from assistant.store.timers import Timers

log = logging.getLogger(__name__)

LATE_SECONDS = {"timer": 60.0, "alarm": 1800.0, "reminder": 60.0}
"""What is this late is told, not rung: ringing says "now". Who is to be woken wants to be, somewhat late too."""
RING_SECONDS = {"timer": 300.0, "alarm": 1800.0, "reminder": 6.0}
"""So long it rings if nobody stops it; a reminder just draws attention to its words. Other kinds do not ring."""


class Ears(Protocol):
    """What of a session is used here."""

    @property
    def name(self) -> str: ...

    @property
    def silent(self) -> bool: ...

    async def announce(self, text: str, *, ring: float = 0.0) -> bool: ...


class Ringer:
    """Brings what is due to the ears of somebody."""

    def __init__(self, timers: Timers, sessions: Callable[[], Mapping[str, Ears]]) -> None:
        self._timers = timers
        self._sessions = sessions
        self._ringing: dict[str, asyncio.Task[None]] = {}

    def happened(self, event: Event) -> None:
        """Something is due, or is to be silent."""
        if isinstance(event, TimerSilenced):
            if event.timer in self._ringing:
                self._ringing[event.timer].cancel()
        elif isinstance(event, TimerRang) and event.kind in RING_SECONDS:
            if not self._heard() and not event.again:
                log.warning("a %s (%s) is due and nobody can hear it: it is told where the page is opened next",
                            event.kind, event.name or event.timer)
            self._ring(event.timer, event.source)

    def opened(self, session: Ears) -> None:
        """A source opened: tell it of what was due while nobody was there."""
        if not session.silent:
            for timer in self._timers.untold():
                if timer.kind in RING_SECONDS:
                    self._ring(timer.id, session.name)

    def _ring(self, timer: str, source: str) -> None:
        if timer not in self._ringing and self._heard():
            task = asyncio.create_task(self._until_heard(timer, source), name=f"ring {timer}")
            self._ringing[timer] = task
            task.add_done_callback(lambda _: self._ringing.pop(timer))

    async def _until_heard(self, name: str, source: str) -> None:
        """Announce it where it was set; where that source goes away meanwhile, wherever somebody is."""
        while heard := self._heard():
            timer = next((timer for timer in self._timers.untold() if timer.id == name), None)
            if timer is None:
                return
            here = [session for session in heard if session.name == source] or heard[:1]
            chosen = heard if timer.everywhere else here
            if await self._tell(timer, chosen):
                await self._timers.told(name)
            elif all(self._sessions().get(session.name) is session for session in chosen):
                return  # no voice could say it: the next source that opens is told

    async def _tell(self, timer: Timer, sessions: Sequence[Ears]) -> bool:
        """Tell it at some sources; stopped at one of them it is silent at all. Whether somebody heard it."""
        late = -self._timers.left(timer)
        text = announcement(timer, self._timers.due(timer), self._timers.now(), rings=late < LATE_SECONDS[timer.kind])
        for session in sessions:
            self._timers.rings(timer, session.name)
        if late >= LATE_SECONDS[timer.kind]:
            return any(await asyncio.gather(*(session.announce(text) for session in sessions)))
        rings = [asyncio.create_task(session.announce(text, ring=RING_SECONDS[timer.kind])) for session in sessions]
        try:
            for ended in asyncio.as_completed(rings):
                if await ended:
                    return True
            return False
        finally:
            for ring in rings:
                ring.cancel()
            await asyncio.gather(*rings, return_exceptions=True)

    def _heard(self) -> list[Ears]:
        """Sources that have a loudspeaker."""
        return [session for session in self._sessions().values() if not session.silent]
