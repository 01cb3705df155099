"""Sees now and then that what is kept of turns is neither too old nor too much, however seldom anybody speaks."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress

from assistant.errors import StoreError
from assistant.recorder.sounds import Sounds
from assistant.store.turns import Turns

EVERY_SECONDS = 3600.0

log = logging.getLogger(__name__)


class LimitKeeper:
    """Looks at the start, and every hour. ``start`` it; ``close`` ends it."""

    def __init__(self, turns: Turns, sounds: Sounds, *others: Sounds) -> None:
        """``others``: sounds that belong to no turns."""
        self._turns = turns
        self._sounds = sounds
        self._others = others
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._live(), name="limits of what is recorded")

    async def close(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def look(self) -> None:
        """Let go of what is too old or too much, and of sound whose turn is gone."""
        for sounds in self._others:
            await asyncio.to_thread(sounds.trim)
        try:
            await self._turns.trim(time.time())
            turns = await self._turns.ids()
        except StoreError as error:
            log.warning("the record of turns cannot be looked through: %s", error)
            return
        await asyncio.to_thread(self._sounds.trim, turns)

    async def _live(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(EVERY_SECONDS)
