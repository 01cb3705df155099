"""An event loop whose clock stands still until it is moved: audio time for files, virtual time for tests."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

QUIET_ROUNDS = 3
"""Passes over the loop without work after which everything has settled: a callback may schedule one more."""
POLL_SECONDS = 0.0005
"""Real pause while another process works."""
PATIENCE_SECONDS = 60.0
"""Real seconds after which a stage that never acknowledges is an error rather than a wait."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose ``time()`` advances only by ``advance``."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 1000.0
        self._abroad = 0

    def time(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        """Move the clock; timers that fall due run in the next passes."""
        self._now += seconds

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:  # type: ignore[override]
        """As any loop does, and counted."""
        work = super().run_in_executor(executor, func, *args)
        self._abroad += 1
        work.add_done_callback(self._back)
        return work

    @property
    def threads_busy(self) -> bool:
        """Whether work that was given to a thread is under way."""
        return self._abroad > 0

    def _back(self, work: Any) -> None:
        self._abroad -= 1

    def next_timer(self) -> float | None:
        """When the next timer is due; None if none runs."""
        scheduled: Any = self._scheduled  # type: ignore[attr-defined]
        return min((timer._when for timer in scheduled if not timer._cancelled), default=None)

    def work_waiting(self) -> bool:
        """Whether callbacks or due timers are waiting to run."""
        ready: Any = self._ready  # type: ignore[attr-defined]
        scheduled: Any = self._scheduled  # type: ignore[attr-defined]
        return bool(ready) or any(not timer._cancelled and timer._when <= self._now for timer in scheduled[:1])


def virtual_loop() -> VirtualLoop:
    """The running loop.

    Raises:
        RuntimeError: the running loop keeps real time.
    """
    loop = asyncio.get_running_loop()
    if not isinstance(loop, VirtualLoop):
        raise RuntimeError("audio time needs a VirtualLoop: run with run_virtual()")
    return loop


async def settle(busy: Callable[[], bool] = lambda: False) -> None:
    """Return when nothing is left to do at this instant: no callback waits and nobody outside is ``busy``.

    Raises:
        TimeoutError: a stage stayed busy for a minute of real time.
    """
    loop = virtual_loop()
    quiet, deadline = 0, time.monotonic() + PATIENCE_SECONDS
    while quiet < QUIET_ROUNDS:
        await asyncio.sleep(0)
        if busy():
            quiet = 0
            time.sleep(POLL_SECONDS)  # noqa: ASYNC251 - the loop's own clock stands still
            if time.monotonic() > deadline:
                raise TimeoutError(f"a stage did not finish within {PATIENCE_SECONDS:.0f} s")
        else:
            quiet = 0 if loop.work_waiting() else quiet + 1


async def pass_time(seconds: float, step: float = 0.02, busy: Callable[[], bool] = lambda: False) -> None:
    """Let virtual time go by in steps, everything settling after each."""
    loop = virtual_loop()
    for _ in range(max(1, round(seconds / step))):
        loop.advance(step)
        await settle(busy)


async def hasten(work: Coroutine[Any, Any, T], busy: Callable[[], bool] = lambda: False) -> T:
    """Run something to its end; whenever nothing else is left to do, time leaps to the next timer.

    Raises:
        TimeoutError: it waits for something that nothing will bring.
    """
    loop, task = virtual_loop(), asyncio.ensure_future(work)
    try:
        while not task.done():
            await settle(busy)
            due = loop.next_timer()
            if task.done():
                break
            if due is None:
                raise TimeoutError("it waits for something that nothing will bring")
            loop.advance(max(0.0, due - loop.time()))
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    return task.result()


def run_virtual(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on a ``VirtualLoop``."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)
