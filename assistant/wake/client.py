"""The phrase scorer as the agent sees it: a queue of one per source, the newest wins."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistant.audio.frames import Pcm
from assistant.wake.base import WakeHit
from assistant.workers.worker import Worker

IN_FLIGHT = 1
"""Pieces in the worker at a time: what waits there could not be replaced by a newer one."""
CONFIGURE_SECONDS = 30.0
"""A scorer that is built anew loads its model."""


@dataclass(slots=True)
class _Waiting:
    pcm: bytes
    sample: int
    phrases: list[str]
    below: float
    before: int
    result: asyncio.Future[list[WakeHit]]


class PhraseClient:
    """Asks the worker in turns, a source at a time.

    Args:
        worker: runs ``assistant.wake.service:PhraseService``.
    """

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self.replaced = 0
        """Pieces given up because a newer one of the same source came."""
        self._waiting: dict[str, _Waiting] = {}
        self._running: set[asyncio.Task[None]] = set()

    async def score(
        self, source: str, pcm: Pcm, sample: int, phrases: Sequence[str], below: float = 0.0, before: int = 0
    ) -> list[WakeHit]:
        """Phrases with which the sound begins, surest first; empty too if a newer piece of the source came meanwhile.

        Args:
            source: whose sound it is.
            pcm: int16[n], 16 kHz mono, at most 3 s after ``before``.
            sample: index of its first sample.
            phrases: what to listen for.
            below: also give those whose score lies so far below the threshold.
            before: samples of it that came before what may begin with a phrase.

        Raises:
            WorkerLost, WorkerTimeout: the worker is down.
        """
        older = self._waiting.pop(source, None)
        if older is not None and not older.result.done():
            self.replaced += 1
            older.result.set_result([])
        result: asyncio.Future[list[WakeHit]] = asyncio.get_running_loop().create_future()
        self._waiting[source] = _Waiting(pcm.astype("<i2").tobytes(), sample, list(phrases), below, before, result)
        self._pump()
        return await result

    async def configure(self, options: dict[str, Any]) -> None:
        """Score with other settings from now on, also after a restart.

        Raises:
            WorkerLost, WorkerTimeout: the worker is down; it will come back so.
        """
        self.worker.spec = replace(self.worker.spec, config={**self.worker.spec.config, "config": options})
        await self.worker.call("configure", options, timeout=CONFIGURE_SECONDS)

    def _pump(self) -> None:
        while self._waiting and len(self._running) < IN_FLIGHT:
            source = next(iter(self._waiting))
            waiting = self._waiting.pop(source)
            if waiting.result.done():
                continue
            task = asyncio.create_task(self._run(waiting), name=f"phrases of {source}")
            self._running.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._pump()

    async def _run(self, waiting: _Waiting) -> None:
        try:
            found = await self.worker.call(
                "score", waiting.pcm, waiting.sample, waiting.phrases, waiting.below, waiting.before
            )
            hits = [WakeHit(**hit) for hit in found]
        except BaseException as error:
            if not waiting.result.done():
                if isinstance(error, asyncio.CancelledError):
                    waiting.result.cancel()
                else:
                    waiting.result.set_exception(error)
            if isinstance(error, asyncio.CancelledError):
                raise
            return
        if not waiting.result.done():
            waiting.result.set_result(hits)
