"""Trained understanding as the agent sees it: a link of the fallback chain that lives in a worker."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Any

from assistant.dialogue.chain import Found
from assistant.errors import AssistantError, GrammarError
from assistant.grammar.base import View
from assistant.grammar.edits import view_to
from assistant.grammar.grammar import Grammar
from assistant.nlu.skills import Meant, meant_from
from assistant.workers.worker import Worker

log = logging.getLogger(__name__)

NAME = "trained"
"""Of the link."""
FIRST_SECONDS = 8.0
"""Ears, voice and devices come up first."""
QUIET_SECONDS = 2.0
"""Skills and devices come in bursts: it learns when nothing has changed for so long."""
WEIGH_SECONDS = 60.0
"""Whoever asks why waits so long for a lesson under way."""
LESSON_SECONDS = 300.0
"""Deadline of one lesson: a large home on a small computer, while everything else comes first."""


class UnderstandingClient:
    """Keeps the worker's copy of the grammar up to date and has it learn what is new, in the background.

    Args:
        worker: runs ``assistant.nlu.service:UnderstandingService``.
        grammar: the agent's grammar.
        first_seconds: wait before the start.
    """

    def __init__(self, worker: Worker, grammar: Grammar, first_seconds: float = FIRST_SECONDS) -> None:
        self.worker = worker
        self._grammar = grammar
        self._first_seconds = first_seconds
        self._sent = -1
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.learned = asyncio.Event()
        """Set while what it knows is of the grammar as it is."""
        worker.on_restart = self._restore

    def start(self) -> None:
        """Start the worker and the first lesson in a while, without waiting for either."""
        if self._task is None:
            self._task = asyncio.create_task(self._live(), name="understanding")

    async def close(self) -> None:
        """End the worker."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.worker.close()

    def grammar_changed(self) -> None:
        """The grammar was edited."""
        self.learned.clear()
        self._changed.set()

    async def guess(self, words: str, view: View) -> Found | None:
        """Link of the fallback chain. Raises as ``understand`` does."""
        meant = await self.understand(words, view)
        return None if meant is None else Found(meant.match, NAME, meant.sure, meant.certainty)

    async def understand(self, text: str, view: View) -> Meant | None:
        """What a sentence means; None: nothing that the skills do, or nothing was learned yet.

        Raises:
            WorkerLost, WorkerTimeout: the worker is down.
        """
        if not self.worker.ready:
            return None
        await self._sync()
        return meant_from(await self.worker.call("understand", text, view_to(view)))

    async def weigh(self, words: str) -> dict[str, Any]:
        """What it makes of words, see ``Weigher``; it is waited for while it learns. Empty: it has learned nothing.

        Raises:
            WorkerLost, WorkerTimeout: the worker is down.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(WEIGH_SECONDS):
                await self.learned.wait()
        if not self.worker.ready:
            return {}
        return dict(await self.worker.call("weigh", words))

    async def _live(self) -> None:
        await asyncio.sleep(self._first_seconds)
        try:
            await self.worker.start()
        except AssistantError as error:
            log.warning("sentences are understood as the skills have them, and no others: %s", error)
            return
        while True:
            self._changed.clear()
            await self._learn()
            await self._changed.wait()
            while self._changed.is_set():
                self._changed.clear()
                await asyncio.sleep(QUIET_SECONDS)

    async def _learn(self) -> None:
        try:
            await self.worker.wait_ready()
            await self._sync()
            seconds = await self.worker.call("learn", timeout=LESSON_SECONDS)
        except AssistantError as error:
            log.warning("what is new in the skills' sentences was not learned: %s", error)
            return
        if not self._changed.is_set():
            self.learned.set()
        log.info("learned the skills' sentences in %.1f s", seconds)

    async def _sync(self) -> None:
        """Send what changed in the grammar since the last time."""
        if self._sent == self._grammar.version:
            return
        try:
            edits = [self._grammar.dump()] if self._sent < 0 else self._grammar.edits_since(self._sent)
            for edit in edits:
                self._sent = await self.worker.call("set_grammar" if edit["op"] == "load" else "edit_grammar", edit)
        except GrammarError:
            self._sent = await self.worker.call("set_grammar", self._grammar.dump())

    async def _restore(self) -> None:
        """A fresh process knows nothing."""
        self._sent = -1
        await self._sync()
        self.grammar_changed()
