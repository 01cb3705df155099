"""The asyncio side of a worker: one name, one process at a time, restarted whenever it dies."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextvars import ContextVar
from typing import Any

from assistant.errors import AssistantError, WorkerError, WorkerLost
from assistant.events.base import Event
from assistant.events.system import WorkerDied, WorkerReady
from assistant.workers.link import Counters, Link, OnRequest
from assistant.workers.process import GOODBYE_SECONDS, Process
from assistant.workers.spec import WorkerSpec

RESTART_FACTOR = 4.0
"""A restart that takes so many times as long as the slowest start so far has gone wrong."""

logger = logging.getLogger(__name__)

_restoring: ContextVar[Worker | None] = ContextVar("_restoring", default=None)
"""Set in the ``on_restart`` callback, which may use a worker that is not ready for others yet."""


class Worker:
    """Supervises one process that runs a service.

    Args:
        spec: what to run.
        on_event: takes WorkerReady and WorkerDied.
        on_restart: ``async def``; re-sends what a fresh process has to know, before anybody else may call it.
        on_request: ``async def on_request(name, *args)``; answers ``service.parent.request(name, *args)``. While a
            call waits for such an answer its deadline stands still, and runs anew afterwards.
    """

    def __init__(
        self,
        spec: WorkerSpec,
        on_event: Callable[[Event], None] | None = None,
        *,
        on_restart: Callable[[], Awaitable[None]] | None = None,
        on_request: OnRequest | None = None,
    ) -> None:
        self.spec = spec
        self.on_event = on_event
        self.on_restart = on_restart
        self.on_request = on_request
        self.counters = Counters()
        self.restarts = 0
        self._link: Link | None = None
        self._ready = asyncio.Event()
        self._supervisor: asyncio.Task[None] | None = None
        self._closing = False
        self._slowest_start = 0.0

    @property
    def ready(self) -> bool:
        """Whether it takes calls now."""
        return self._ready.is_set()

    @property
    def started(self) -> bool:
        """Whether it was started and not closed; its process may be down for the moment."""
        return self._supervisor is not None

    @property
    def pid(self) -> int | None:
        """Of the process, or None between two."""
        return self._link.process.pid if self._link else None

    @property
    def busy(self) -> int:
        """Calls and streams in flight."""
        return len(self._link.calls) if self._link else 0

    def pss_mb(self) -> float:
        """Proportional set size of the process in MiB; 0 while there is none."""
        return self._link.process.pss_mb() if self._link else 0.0

    async def start(self, *, patient: bool = False) -> None:
        """Start the process and wait until it is ready.

        Args:
            patient: one that takes longer than the spec's ``start_timeout`` is waited for as long as it lives, which
                the log says.

        Raises:
            AssistantError: the service's own, if it could not be built; WorkerError if the process ended or was late.
        """
        if self._supervisor is not None:
            raise WorkerError("is started already", where=f"worker {self.spec.name}")
        self._closing = False
        link = await self._spawn(None if patient else self.spec.start_timeout)
        self._supervisor = asyncio.create_task(self._supervise(link), name=f"worker {self.spec.name}")
        await asyncio.sleep(0)

    async def close(self) -> None:
        """End the process; what is in flight fails with WorkerLost."""
        self._closing = True
        self._ready.clear()
        supervisor, self._supervisor = self._supervisor, None
        if supervisor is None:
            return
        if self._link is not None:
            self._link.send(["bye"])
            await asyncio.wait([supervisor], timeout=GOODBYE_SECONDS)
        if self._link is not None:
            self._link.kill("was closed")
            await asyncio.wait([supervisor], timeout=GOODBYE_SECONDS)
        supervisor.cancel()
        await asyncio.wait([supervisor])

    def kill(self, reason: str) -> None:
        """Kill the process and all that it started; the next one begins after the usual rest."""
        if self._link is not None:
            self._link.kill(reason)

    async def wait_ready(self) -> None:
        """Wait until it takes calls."""
        await self._ready.wait()

    async def call(self, method: str, *args: Any, timeout: float | None = None) -> Any:  # noqa: ASYNC109
        """Run a method of the service and return its result.

        Args:
            timeout: seconds; None for the spec's ``call_timeout``. A process that makes no progress by then is killed.

        Raises:
            WorkerLost: there is no process, or it died.
            WorkerTimeout: the deadline passed.
            AssistantError: what the service raised.
        """
        link = self._usable()
        self.counters.calls += 1
        call = link.open("call", method, args, self.spec.call_timeout if timeout is None else timeout)
        try:
            kind, value = await call.replies.get()
        finally:
            link.cancel(call)
        if kind == "error":
            raise value
        return value

    def send(self, method: str, *args: Any) -> None:
        """Run a method without waiting for it, in order with the calls.

        Never blocks and never raises for a worker that is down or does not read: the message is dropped and counted.
        """
        try:
            sent = self._usable().send(["send", method, list(args)])
        except WorkerLost:
            sent = False
        self.counters.sends += 1
        if sent:
            return
        self.counters.dropped += 1
        if self.counters.dropped & (self.counters.dropped - 1) == 0:
            count = self.counters.dropped
            logger.warning("worker %s: %d messages dropped, the latest %s", self.spec.name, count, method)

    async def stream(
        self, method: str, *args: Any, timeout: float | None = None  # noqa: ASYNC109
    ) -> AsyncGenerator[Any, None]:
        """The items of a generator method; closing the stream stops the work between items.

        Raises as ``call`` does; ``timeout`` is for each item.
        """
        link = self._usable()
        self.counters.calls += 1
        call = link.open("stream", method, args, self.spec.call_timeout if timeout is None else timeout)
        try:
            while True:
                kind, value = await call.replies.get()
                if kind == "error":
                    raise value
                if kind != "item":
                    return
                link.taken(call)
                yield value
        finally:
            link.cancel(call)

    def _usable(self) -> Link:
        link = self._link
        if link is None or link.reason or not (self._ready.is_set() or _restoring.get() is self):
            raise WorkerLost("is not running", where=f"worker {self.spec.name}")
        return link

    async def _spawn(self, limit: float | None) -> Link:
        began = asyncio.get_running_loop().time()
        process = await Process.spawn(self.spec)
        link = Link(self.spec, process, self.counters, self._requested if self.on_request else None, self._ready.clear)
        try:
            await link.greet(limit)
        except BaseException:
            process.kill()
            await process.ended()
            raise
        self._link = link
        seconds = asyncio.get_running_loop().time() - began
        self._slowest_start = max(self._slowest_start, seconds)
        self._publish(WorkerReady(worker=self.spec.name, pid=process.pid, seconds=seconds))
        return link

    async def _supervise(self, link: Link | None) -> None:
        backoff = self.spec.backoff
        clock = asyncio.get_running_loop().time
        while True:
            began = clock()
            reason = await self._live(link) if link else await self._revive()
            if self._closing:
                return
            if clock() - began > self.spec.settled_after:
                backoff = self.spec.backoff
            if reason:
                logger.warning("worker %s %s; restarting in %.1f s", self.spec.name, reason, backoff)
                self._publish(WorkerDied(worker=self.spec.name, reason=reason, restarts=self.restarts))
                await asyncio.sleep(backoff)
                backoff = min(backoff * 2, self.spec.backoff_max)
                self.restarts += 1
            link = self._link

    async def _live(self, link: Link) -> str:
        """See a process through to its end; returns why it ended."""
        running = asyncio.create_task(link.run())
        try:
            if self.restarts and self.on_restart is not None:
                await self._restore(self.on_restart, link)
            if not link.reason:
                self._ready.set()
            return await running
        except asyncio.CancelledError:
            link.kill("was closed")
            running.cancel()
            raise
        finally:
            self._ready.clear()
            self._link = None

    async def _revive(self) -> str:
        """Start a new process; returns why that failed, if it did."""
        try:
            await self._spawn(max(self.spec.start_timeout, RESTART_FACTOR * self._slowest_start))
        except AssistantError as error:
            return str(error)
        return ""

    async def _restore(self, on_restart: Callable[[], Awaitable[None]], link: Link) -> None:
        token = _restoring.set(self)
        try:
            await on_restart()
        except AssistantError as error:
            link.kill(f"could not be given its state back: {error}")
        except Exception:
            logger.exception("on_restart of worker %s", self.spec.name)
            link.kill("could not be given its state back")
        finally:
            _restoring.reset(token)

    async def _requested(self, name: str, *args: Any) -> Any:
        if self.on_request is None:
            raise WorkerError("nobody answers requests here", where=name)
        return await self.on_request(name, *args)

    def _publish(self, event: Event) -> None:
        if self.on_event is not None:
            self.on_event(event)
