"""What waits to be sent to one tab, most urgent first: answers and playback messages, then sound, then events."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

EVENTS_WAITING = 32
"""Events kept here; a slower tab makes its observer wait, which drops the oldest and says so."""


class Outbox:
    """One writer's queues. ``run`` is the only one to write to the socket."""

    def __init__(self) -> None:
        self._urgent: deque[str] = deque()
        self._sound: deque[bytes] = deque()
        self._events: deque[str] = deque()
        self._filled = asyncio.Event()
        self._room = asyncio.Event()

    @property
    def sound_waiting(self) -> int:
        """Frames of sound not sent yet."""
        return len(self._sound)

    def urgent(self, message: str) -> None:
        """Send before everything else."""
        self._urgent.append(message)
        self._filled.set()

    def sound(self, message: bytes) -> None:
        """Send a frame of sound."""
        self._sound.append(message)
        self._filled.set()

    def drop_sound(self) -> None:
        """Forget the sound that is not sent yet."""
        self._sound.clear()

    async def event(self, message: str) -> None:
        """Send when nothing else waits; returns when there is room for the next."""
        self._events.append(message)
        self._filled.set()
        while len(self._events) >= EVENTS_WAITING:
            self._room.clear()
            await self._room.wait()

    async def run(
        self, send_text: Callable[[str], Awaitable[None]], send_bytes: Callable[[bytes], Awaitable[None]]
    ) -> None:
        """Write for ever, one message at a time."""
        while True:
            if self._urgent:
                await send_text(self._urgent.popleft())
            elif self._sound:
                await send_bytes(self._sound.popleft())
            elif self._events:
                await send_text(self._events.popleft())
                self._room.set()
            else:
                self._filled.clear()
                await self._filled.wait()
