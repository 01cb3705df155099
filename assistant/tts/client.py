"""The agent's side of the voice: renders ahead, remembers, and goes on with another voice when one falls silent."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import numpy as np

from assistant.errors import AssistantError, WorkerError, WorkerTimeout
from assistant.tts.base import Speech
from assistant.tts.cache import SpeechCache
from assistant.tts.clauses import clean
from assistant.workers.worker import Worker

PATIENCE = 2.5
"""Seconds without the next piece before the fallback takes over. A piece takes 0.05 to 0.2 s, ten times that
on a busy machine."""
LAST_PATIENCE = 10.0
"""The same where there is nobody to take over."""
MAX_PREPARED = 8
"""Texts that may be rendered ahead at once."""

logger = logging.getLogger(__name__)


class Rendering:
    """A text on its way to sound; any number of listeners follow it from its beginning."""

    def __init__(self) -> None:
        self.pieces: list[Speech] = []
        self.done = False
        self.error: WorkerError | None = None
        self.listeners = 0
        self.task: asyncio.Task[None] | None = None
        self._grown = asyncio.Event()

    def add(self, piece: Speech) -> None:
        self.pieces.append(piece)
        self._wake()

    def finish(self, error: WorkerError | None = None) -> None:
        self.done, self.error = True, error
        self._wake()

    def _wake(self) -> None:
        self._grown.set()
        self._grown = asyncio.Event()

    async def listen(self) -> AsyncGenerator[Speech, None]:
        """The pieces as they come; raises what ended the rendering early."""
        heard = 0
        while True:
            while heard < len(self.pieces):
                heard += 1
                yield self.pieces[heard - 1]
            if self.done:
                if self.error is not None:
                    raise self.error
                return
            await self._grown.wait()


class SynthesizerClient:
    """Speaks through a worker that runs a SynthesizerService.

    Args:
        worker: the voice.
        fallback_worker: another one that takes over, in the middle of an answer if need be; it may be not started
            yet and is started when first needed.
        cache: of what was said; shared if given.
        patience: seconds without the next piece before the fallback takes over.
    """

    def __init__(
        self, worker: Worker, fallback_worker: Worker | None = None, *, cache: SpeechCache | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self.worker = worker
        self.fallback_worker = fallback_worker
        self.cache = cache or SpeechCache()
        self.fallbacks = 0
        """Answers that the fallback had to finish."""
        self._patience = patience
        self._rendering: dict[str, Rendering] = {}
        self._starting = asyncio.Lock()

    async def start(self) -> None:
        """Start the voice, however long it takes. One that cannot be started is replaced by the fallback.

        Raises:
            AssistantError: no voice can be started.
        """
        fallback = self.fallback_worker
        try:
            await self.worker.start(patient=True)
        except AssistantError as error:
            if fallback is None:
                raise
            logger.warning("the voice cannot be started, the %s speaks in its place: %s", fallback.spec.name, error)
            await fallback.start(patient=True)
            self.worker, self.fallback_worker = fallback, None

    async def speak(self, text: str) -> AsyncGenerator[Speech, None]:
        """The sound of ``text``, clause by clause, each at its own rate; the last one is marked.

        Closing the iterator stops the work, unless somebody else listens or it was asked for ahead.

        Raises:
            WorkerError: no voice could finish.
        """
        key = clean(text)
        kept = self.cache.get(key)
        if kept is not None:
            for piece in kept:
                yield piece
            return
        rendering = self._rendering.get(key) or self._begin(key)
        rendering.listeners += 1
        try:
            async with aclosing(rendering.listen()) as pieces:
                async for piece in pieces:
                    yield piece
        finally:
            rendering.listeners -= 1
            if not rendering.listeners and not rendering.done and rendering.task is not None:
                self._rendering.pop(key, None)
                rendering.task.cancel()

    def prepare(self, text: str) -> None:
        """Render a text ahead, in the background. Does nothing where it is kept already or too much is under way."""
        key = clean(text)
        if key not in self.cache and key not in self._rendering and len(self._rendering) < MAX_PREPARED:
            self._begin(key)

    async def close(self) -> None:
        """Stop all rendering. The workers are their owner's."""
        tasks = [rendering.task for rendering in self._rendering.values() if rendering.task is not None]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _begin(self, key: str) -> Rendering:
        rendering = Rendering()
        self._rendering[key] = rendering
        rendering.task = asyncio.create_task(self._render(key, rendering), name="render speech")
        return rendering

    async def _render(self, key: str, rendering: Rendering) -> None:
        try:
            failed = await self._by_voices(key, rendering)
            if not failed:
                self.cache.put(key, tuple(rendering.pieces))
            rendering.finish()
        except WorkerError as error:
            rendering.finish(error)
        except AssistantError as error:
            rendering.finish(WorkerError(str(error), where="tts"))
        except asyncio.CancelledError:
            rendering.finish(WorkerError("speech was stopped", where="tts"))
            raise
        finally:
            if self._rendering.get(key) is rendering:
                del self._rendering[key]

    async def _by_voices(self, key: str, rendering: Rendering) -> bool:
        """Render with the voice, the rest with the fallback; whether that was needed."""
        fallback = self.fallback_worker
        try:
            await self._by(self.worker, key, rendering, LAST_PATIENCE if fallback is None else self._patience)
        except AssistantError as error:
            if fallback is None:
                raise
            self.fallbacks += 1
            logger.warning("the voice failed after %d pieces, the fallback goes on: %s", len(rendering.pieces), error)
            await self._ensure_started(fallback)
            await self._by(fallback, key, rendering, LAST_PATIENCE)
            return True
        return False

    async def _by(self, worker: Worker, key: str, rendering: Rendering, patience: float) -> None:
        # A clause that broke off is said again from its beginning.
        whole = sum(piece.clause_end for piece in rendering.pieces)
        stream = worker.stream("speak", key, whole)
        async with aclosing(stream):
            while True:
                try:
                    async with asyncio.timeout(patience):
                        item = await anext(stream, None)
                except TimeoutError:
                    raise WorkerTimeout(
                        f"said nothing for {patience:g} s", where=f"worker {worker.spec.name}"
                    ) from None
                if item is None:
                    return
                rendering.add(_speech(item))

    async def _ensure_started(self, worker: Worker) -> None:
        async with self._starting:
            if not worker.started:
                await worker.start()


def _speech(item: dict[str, Any]) -> Speech:
    try:
        pcm = np.frombuffer(item["pcm"], "<i2").astype(np.int16, copy=False)
        return Speech(pcm, int(item["rate"]), str(item["text"]), bool(item["last"]), bool(item["clause_end"]))
    except (KeyError, TypeError, ValueError) as error:
        raise WorkerError(f"the voice sent something that is no sound: {error}", where="tts") from error
