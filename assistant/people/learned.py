"""What is learned of a voice after its enrolment, where that is allowed: from turns of whom it was certain. It can be
undone, whole, without touching what was enrolled."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

import numpy as np

from assistant.errors import AssistantError
from assistant.people.change import Heard
from assistant.people.claim import ODDS
from assistant.people.register import NUMBERS, Register

log = logging.getLogger(__name__)

SHORTEST = 2.0
"""Seconds of an utterance: shorter ones say little about a voice."""
MOST = 20
"""Utterances of one person; the oldest go first."""


class Learner:
    """Learns from turns.

    Args:
        embedder: name of what hears them.
        learned: told when there is more.
    """

    def __init__(self, register: Register, embedder: Callable[[], str], learned: Callable[[], Awaitable[None]]) -> None:
        self._register = register
        self._embedder = embedder
        self._learned = learned
        self._writing: set[asyncio.Task[None]] = set()

    def heard(self, person: str, heard: Heard, seconds: float) -> None:
        """An utterance was taken for a person's. Only by itself it counts: what a conversation adds up to, a phrase, or
        who else is not there are no reason to believe in a voice more than it says."""
        sure = heard.scores.get(person, 0.0) >= ODDS["certain"]
        if heard.embedding is None or heard.second or heard.unchecked or seconds < SHORTEST or not sure:
            return
        plain = np.ascontiguousarray(heard.embedding, NUMBERS).tobytes()
        task = asyncio.create_task(self._keep(person, plain, seconds), name=f"learn {person}")
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def close(self) -> None:
        """Finish what is being written."""
        await asyncio.gather(*self._writing)

    async def _keep(self, name: str, plain: bytes, seconds: float) -> None:
        try:
            person = await self._register.find(name)
            await self._register.learn(person, self._embedder(), plain, seconds, MOST, time.time())
            await self._learned()
        except AssistantError as error:
            log.warning("nothing was learned of the voice of %s: %s", name, error)
