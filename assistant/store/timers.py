"""Timers: they ring where they were set, outlive a restart, and do not believe a wall clock that jumps.

A timer is a length of time. While the machine runs it is measured on the boot clock, which counts sleep and never
jumps. Only after a reboot does the wall clock decide, and whenever the wall clock is found to have jumped, the times at
which timers are due on it are written anew. A timer that rang stays until somebody has heard of it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from assistant.errors import AssistantError, SkillError, StoreError
from assistant.events import ComponentFailed, Event, TimerRang
from assistant.store.store import Row, Store

LOOK_SECONDS = 20.0
"""The clocks are compared so often while a timer runs: a machine that slept, or a wall clock that was set."""
SOON_SECONDS = 0.001
"""So little left is none: the event loop calls a little early, and in audio time the rest would never pass."""
JUMP_SECONDS = 2.0
"""A difference between the clocks beyond drift."""
LONGEST = 30 * 86_400.0
MOST = 100
"""Timers at once."""

log = logging.getLogger(__name__)


class Clocks:
    """The machine's clocks."""

    def wall(self) -> float:
        """Seconds since 1970; may jump."""
        return time.time()

    def boot(self) -> float:
        """Seconds since the machine was started, sleep included."""
        return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()

    def boot_id(self) -> str:
        """Changes with each start of the machine; empty if that cannot be known."""
        try:
            return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        except OSError:
            return ""


class LoopClocks(Clocks):
    """The event loop's own clock: audio time, and tests. Make it inside the loop."""

    def __init__(self) -> None:
        self._offset = time.time() - self.boot()

    def wall(self) -> float:
        return self._offset + self.boot()

    def boot(self) -> float:
        return asyncio.get_running_loop().time()

    def boot_id(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer that runs, or rang and nobody knows yet."""

    id: str
    name: str
    source: str
    seconds: float
    """Its whole length."""
    due_wall: float
    due_boot: float
    boot: str
    rang: bool = False


class Timers:
    """All timers of the house.

    Args:
        publish: takes TimerRang for each that is due.
    """

    def __init__(self, store: Store, publish: Callable[[Event], None], clocks: Clocks | None = None) -> None:
        self._store = store
        self._publish = publish
        self._clocks = clocks or Clocks()
        self._timers: dict[str, Timer] = {}
        self._handle: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._changing = asyncio.Lock()
        """Held while a timer is changed on disk: changes come one after another."""
        self._offset = self._clocks.wall() - self._clocks.boot()

    async def start(self) -> None:
        """Take up the timers of before; those that came due meanwhile ring now, with how late that is."""
        boot = self._clocks.boot_id()
        for row in await self._store.read("SELECT * FROM timers"):
            timer = _timer(row)
            if not boot or timer.boot != boot:
                left = timer.due_wall - self._clocks.wall()
                timer = replace(timer, due_boot=self._clocks.boot() + left, boot=boot)
                await self._save(timer)
            elif abs(timer.due_wall - timer.due_boot - self._offset) > JUMP_SECONDS:
                timer = replace(timer, due_wall=timer.due_boot + self._offset)
                await self._save(timer)
            self._timers[timer.id] = timer
        for timer in self._timers.values():
            if timer.rang:
                self._tell(timer)
        self._look()

    def close(self) -> None:
        """Stop; the timers stay in the store."""
        if self._handle is not None:
            self._handle.cancel()

    def all(self) -> list[Timer]:
        """Those that run, the next one due first."""
        return sorted((timer for timer in self._timers.values() if not timer.rang), key=lambda timer: timer.due_boot)

    def untold(self, source: str | None = None) -> list[Timer]:
        """Those that rang and were not acknowledged with ``told``."""
        return [timer for timer in self._timers.values() if timer.rang and source in (None, timer.source)]

    def left(self, timer: Timer) -> float:
        """Seconds until it is due; negative after that."""
        return timer.due_boot - self._clocks.boot()

    async def set(self, seconds: float, name: str = "", source: str = "") -> Timer:
        """Start a timer. When this returns it will ring, whatever happens to the process.

        Raises:
            SkillError: a length that makes no sense, or too many timers.
            StoreError: it cannot be kept.
        """
        if not 1 <= seconds <= LONGEST:
            raise SkillError("a timer lasts from one second to thirty days", where="timer")
        clocks = self._clocks
        timer = Timer(
            uuid4().hex[:8], name, source, seconds, clocks.wall() + seconds, clocks.boot() + seconds, clocks.boot_id()
        )
        async with self._changing:
            if len(self._timers) >= MOST:
                raise SkillError(f"{MOST} timers run already", where="timer")
            await self._save(timer)
            self._timers[timer.id] = timer
        self._look()
        return timer

    async def take_up(self, seconds: float, left: float, name: str = "", source: str = "") -> Timer:
        """Start a timer that has run for a while. Raises as ``set`` does.

        Args:
            seconds: its whole length.
            left: until it is due.
        """
        timer = await self.set(seconds, name, source)
        earlier = replace(timer, due_wall=timer.due_wall - seconds + left, due_boot=timer.due_boot - seconds + left)
        async with self._changing:
            await self._save(earlier)
            self._timers[timer.id] = earlier
        self._look()
        return earlier

    async def add(self, timer: str, seconds: float) -> Timer | None:
        """Make it longer, or shorter; None if it does not run."""
        async with self._changing:
            known = self._timers.get(timer)
            if known is None or known.rang:
                return None
            longer = self._timers[timer] = _moved(known, seconds)
            self._look()
            try:
                await self._save(longer)
            except StoreError:
                self._timers[timer] = _moved(self._timers[timer], -seconds)
                self._look()
                raise
            return longer

    async def cancel(self, timer: str) -> bool:
        """Whether it was there to be cancelled."""
        async with self._changing:
            known = self._timers.pop(timer, None)
            if known is None:
                return False
            try:
                await self._store.write("DELETE FROM timers WHERE id = ?", timer)
            except StoreError:
                self._timers[timer] = known
                raise
            finally:
                self._look()
            return True

    async def told(self, timer: str) -> None:
        """Somebody has heard that it rang: it may be forgotten."""
        if timer in self._timers and self._timers[timer].rang:
            await self.cancel(timer)

    def _look(self) -> None:
        """Ring what is due, notice a jump of the wall clock, and come back in time."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        for timer in self.all():
            if self.left(timer) <= SOON_SECONDS:
                self._ring(timer)
        waiting = self.all()
        if not waiting:
            return
        self._mind_jump(waiting)
        wait = max(0.0, min(LOOK_SECONDS, self.left(waiting[0])))
        self._handle = asyncio.get_running_loop().call_later(wait, self._look)

    def _ring(self, timer: Timer) -> None:
        rung = self._timers[timer.id] = replace(timer, rang=True)
        self._later(rung)
        self._tell(rung)

    def _tell(self, timer: Timer) -> None:
        late = max(0.0, -self.left(timer))
        self._publish(TimerRang(source=timer.source, timer=timer.id, name=timer.name, late=late))

    def _mind_jump(self, waiting: list[Timer]) -> None:
        offset = self._clocks.wall() - self._clocks.boot()
        if abs(offset - self._offset) <= JUMP_SECONDS:
            return
        log.warning("the wall clock jumped by %.0f s; timers go on", offset - self._offset)
        self._offset = offset
        for timer in waiting:
            moved = self._timers[timer.id] = replace(timer, due_wall=timer.due_boot + offset)
            self._later(moved)

    def _later(self, timer: Timer) -> None:
        """Save without waiting; a full disk is reported, and the timer goes on in memory."""
        task = asyncio.get_running_loop().create_task(self._try_save(timer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _try_save(self, timer: Timer) -> None:
        try:
            await self._update(timer)
        except AssistantError as error:
            self._publish(ComponentFailed(component="timers", error=str(error)))

    async def _update(self, timer: Timer) -> None:
        """Save a timer that may have been cancelled meanwhile."""
        await self._store.write(
            "UPDATE timers SET due_wall = ?, due_boot = ?, rang = ? WHERE id = ?",
            timer.due_wall, timer.due_boot, int(timer.rang), timer.id,
        )

    async def _save(self, timer: Timer) -> None:
        await self._store.write(
            "INSERT OR REPLACE INTO timers VALUES (?, ?, ?, ?, ?, ?, ?, ?)", timer.id, timer.name, timer.source,
            timer.seconds, timer.due_wall, timer.due_boot, timer.boot, int(timer.rang),
        )


def _moved(timer: Timer, seconds: float) -> Timer:
    return replace(
        timer, seconds=timer.seconds + seconds, due_wall=timer.due_wall + seconds, due_boot=timer.due_boot + seconds
    )


def _timer(row: Row) -> Timer:
    return Timer(row[0], row[1], row[2], row[3], row[4], row[5], row[6], bool(row[7]))
