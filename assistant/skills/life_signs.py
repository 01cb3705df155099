"""Looks after one skill process: whether its loop goes round, and whether its tasks or its memory grow without end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any

from assistant.errors import AssistantError, WorkerError
from assistant.skills.worker_port import WorkerLike

ANSWER_SECONDS = 0.8
"""An order that comes while another is at work waits so long for a sign of life; then it is answered in its stead."""
BEAT_SECONDS = 1.0
"""Interval of life signs while an order is handled."""
BEAT_TIMEOUT = 2.0
"""A loop that shows none for so long is blocked: one skill must not keep the others of its process waiting."""
WATCH_SECONDS = 5.0
"""The process is looked at so often: its memory, its tasks."""
MOST_TASKS = 300
"""Tasks in the process beyond which they leak."""
SHIPPED_MB, FOREIGN_MB = 600, 300
"""Memory (PSS, MiB) from which a process has grown without end; it may allocate somewhat more."""


class LifeSigns:
    """Life signs of one process. The worker kills it where one is late.

    Args:
        name: of the process.
        most_mb: memory beyond which it is told that it grows.
        orders: whether orders are under way, and whether one of them waits for nothing from us.
        grown: told why a process has grown without end.
    """

    def __init__(
        self, worker: WorkerLike, name: str, most_mb: float, orders: Callable[[], tuple[bool, bool]],
        grown: Callable[[str], None],
    ) -> None:
        self._worker = worker
        self._name = name
        self._most_mb = most_mb
        self._orders = orders
        self._grown = grown
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting = 0
        self._beating: asyncio.Task[None] | None = None

    @property
    def asked(self) -> bool:
        """Whether a life sign is waited for."""
        return self._waiting > 0

    def close(self) -> None:
        """Look no more."""
        for task in [*self._tasks, *([self._beating] if self._beating is not None else [])]:
            task.cancel()

    def watch(self) -> None:
        """Look at the process now and then, from here on."""
        self._go_on(self._watch(), f"watch over {self._name}")

    def order(self) -> None:
        """Look at it more often while orders are under way."""
        if self._beating is None or self._beating.done():
            self._beating = asyncio.create_task(self._beat(), name="life signs of skills")

    async def alive(self) -> bool:
        """Whether the process shows a sign of life soon enough for somebody who waits for an answer."""
        if self._worker.pid is None:
            return True
        probe = asyncio.ensure_future(self._sign())
        self._go_on(_quietly(probe), "a life sign")
        await asyncio.wait({probe}, timeout=ANSWER_SECONDS)
        return probe.done()

    async def _sign(self) -> int:
        """Ask for a life sign: the number of tasks in the process."""
        self._waiting += 1
        try:
            return int(await self._worker.call("beat", timeout=BEAT_TIMEOUT))
        finally:
            self._waiting -= 1

    async def _beat(self) -> None:
        while self._orders()[0]:
            await asyncio.sleep(BEAT_SECONDS)
            if self._orders()[1]:
                with suppress(WorkerError):
                    await self._sign()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            with suppress(WorkerError):
                self._judge(await self._sign(), self._worker.pss_mb())

    def _judge(self, tasks: int, memory: float) -> None:
        if memory > self._most_mb:
            self._grown(f"has {memory:.0f} MB of memory")
        elif tasks > MOST_TASKS:
            self._grown(f"has {tasks} tasks")

    def _go_on(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _quietly(work: Awaitable[Any]) -> None:
    with suppress(AssistantError):
        await work
