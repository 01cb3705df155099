"""Timers: what is due after a while or at a moment. They ring where they were set and outlive a restart.

Some are a length of time: while the machine runs it is measured on the boot clock, which counts sleep and never jumps.
Only after a reboot does the wall clock decide, and whenever the wall clock is found to have jumped, the times at which
they are due on it are written anew. Others are due when local clocks show a time, whatever becomes of the wall clock
and of the machine's zone meanwhile. One that rang stays until somebody has heard of it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from assistant.errors import AssistantError, SkillError, StoreError
from assistant.events import ComponentFailed, Event, TimerRang, TimerSilenced
from assistant.localtime import local, wall_of
from assistant.store.clocks import Clocks
from assistant.store.heard import Heard
from assistant.store.recurrence import check_rule
from assistant.store.store import Store
from assistant.store.timer import AGAIN, Purpose, Timer, made, moved, parted, without
from assistant.store.timer_table import TimerTable

LOOK_SECONDS = 20.0
"""The clocks are compared so often while a timer runs: a machine that slept, a wall clock or a zone that was set."""
SOON_SECONDS = 0.001
"""So little left is none: the event loop calls a little early, and in audio time the rest would never pass."""
JUMP_SECONDS = 2.0
"""A difference between the clocks beyond drift."""
LONGEST = 30 * 86_400.0
MOST = 100
"""Timers at once."""
SHORTLY = 600.0
"""Seconds for which one that was heard can still be put off."""
JUST = 15.0
"""Seconds for which one whose ringing the present order has ended counts as ringing."""

log = logging.getLogger(__name__)


class Timers:
    """All timers of the house.

    Args:
        publish: takes TimerRang for each that is due.
    """

    def __init__(self, store: Store, publish: Callable[[Event], None], clocks: Clocks | None = None) -> None:
        self._table = TimerTable(store)
        self._publish = publish
        self._clocks = clocks or Clocks()
        self._timers: dict[str, Timer] = {}
        self._handle: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._changing = asyncio.Lock()
        """Held while a timer is changed on disk: changes come one after another."""
        self._offset = self._clocks.wall() - self._clocks.boot()
        self._heard = Heard()

    async def start(self) -> None:
        """Take up the timers of before; those that came due meanwhile ring now, with how late that is."""
        boot = self._clocks.boot_id()
        for timer in await self._table.read():
            if timer.at is None and (not boot or timer.boot != boot):
                left = timer.due_wall - self._clocks.wall()
                timer = replace(timer, due_boot=self._clocks.boot() + left, boot=boot)
                await self._table.save(timer)
            elif timer.at is None and abs(timer.due_wall - timer.due_boot - self._offset) > JUMP_SECONDS:
                timer = replace(timer, due_wall=timer.due_boot + self._offset)
                await self._table.save(timer)
            self._timers[timer.id] = timer
        for timer in self._timers.values():
            if timer.rang:
                self._tell(timer, again=True)
        self._look()

    def close(self) -> None:
        """Stop; the timers stay in the store."""
        if self._handle is not None:
            self._handle.cancel()

    def all(self) -> list[Timer]:
        """Those that run, the next one due first."""
        return sorted((timer for timer in self._timers.values() if not timer.rang), key=self.left)

    def untold(self, source: str | None = None) -> list[Timer]:
        """Those that rang and were not acknowledged with ``told``."""
        return [timer for timer in self._timers.values() if timer.rang and source in (None, timer.source)]

    def left(self, timer: Timer) -> float:
        """Seconds until it is due; negative after that."""
        if timer.at is not None:
            return wall_of(timer.at) - self._clocks.wall()
        return timer.due_boot - self._clocks.boot()

    def due(self, timer: Timer) -> datetime:
        """Local time, without a zone, at which it is due."""
        return timer.at or local(self._clocks.wall() + self.left(timer))

    def now(self) -> datetime:
        """Local time, without a zone."""
        return local(self._clocks.wall())

    # Setting and changing.

    async def set(self, seconds: float, name: str = "", source: str = "") -> Timer:
        """Start a timer. When this returns it will ring, whatever happens to the process.

        Raises:
            SkillError: a length that makes no sense, or too many timers.
            StoreError: it cannot be kept.
        """
        return await self.set_after(seconds, Purpose(name=name, source=source))

    async def set_after(self, seconds: float, purpose: Purpose, rule: str = "") -> Timer:
        """Start what is due after a while. Raises as ``set``.

        Args:
            rule: ``AGAIN`` to begin anew each time, or empty.
        """
        if not 1 <= seconds <= LONGEST:
            raise SkillError("a timer lasts from one second to thirty days", where="timer")
        if rule not in ("", AGAIN):
            raise SkillError(f"a length repeats by {AGAIN!r}, not {rule!r}", where="timer")
        clocks = self._clocks
        return await self._add(
            made(purpose, seconds, clocks.wall() + seconds, clocks.boot() + seconds, clocks.boot_id(), rule=rule)
        )

    async def set_at(self, at: datetime, purpose: Purpose, rule: str = "") -> Timer:
        """Keep what is due when local clocks show a time. Raises as ``set``.

        Args:
            at: without a zone; to come, and of the rule.
            rule: how it repeats, see ``recurrence``; or empty.
        """
        if rule:
            check_rule(rule)
        timer = made(purpose, at=at.replace(tzinfo=None, fold=0), rule=rule)
        if self.left(timer) <= -LOOK_SECONDS:
            raise SkillError(f"{at:%Y-%m-%d %H:%M} is over", where=purpose.kind)
        return await self._add(timer)

    async def _add(self, timer: Timer) -> Timer:
        if len(self._timers) >= MOST:
            raise SkillError(f"{MOST} timers run already", where="timer")
        await self.put(timer)
        return timer

    async def put(self, timer: Timer) -> None:
        """Keep a timer as it is: one that was cancelled, or is changed.

        Raises:
            StoreError: it cannot be kept.
        """
        async with self._changing:
            await self._table.save(timer)
            self._timers[timer.id] = timer
        self._look()

    async def take_up(self, seconds: float, left: float, name: str = "", source: str = "") -> Timer:
        """Start a timer that has run for a while. Raises as ``set`` does.

        Args:
            seconds: its whole length.
            left: until it is due.
        """
        timer = await self.set(seconds, name, source)
        earlier = replace(timer, due_wall=timer.due_wall - seconds + left, due_boot=timer.due_boot - seconds + left)
        await self.put(earlier)
        return earlier

    async def add(self, timer: str, seconds: float) -> Timer | None:
        """Make it longer, or shorter; None if it does not run."""
        async with self._changing:
            known = self._timers.get(timer)
            if known is None or known.rang:
                return None
            longer = self._timers[timer] = moved(known, seconds)
            self._look()
            try:
                await self._table.save(longer)
            except StoreError:
                self._timers[timer] = moved(self._timers[timer], -seconds)
                self._look()
                raise
            return longer

    async def leave_out(self, timer: str, day: date) -> Timer | None:
        """Let one that repeats not ring on a day; None if it does not run or rings no more after that."""
        known = self._timers.get(timer)
        changed = without(known, day, self.now()) if known is not None and not known.rang else None
        if changed is not None:
            await self.put(changed)
        return changed

    async def cancel(self, timer: str) -> bool:
        """Whether it was there to be cancelled."""
        async with self._changing:
            known = self._timers.pop(timer, None)
            if known is None:
                return False
            try:
                await self._table.delete(timer)
            except StoreError:
                self._timers[timer] = known
                raise
            finally:
                self._look()
            return True

    # Ringing, and what people do about it.

    def rings(self, timer: Timer, source: str) -> None:
        """It is being told at a source."""
        self._heard.note(timer, source, self._clocks.boot())

    async def told(self, timer: str) -> None:
        """Somebody has heard that it rang: it may be forgotten."""
        known = self._timers.get(timer)
        if known is None or not known.rang:
            return
        self._heard.note_again(timer, self._clocks.boot())
        await self.cancel(timer)

    async def snooze(self, seconds: float, source: str) -> Timer | None:
        """Put off what rings, or was heard shortly before: at a source, else anywhere; None if nothing did.

        Raises as ``set``.
        """
        heard = self._heard.latest(source, self._clocks.boot() - SHORTLY, self._timers)
        if heard is None:
            return None
        later = await self.set_after(seconds, heard.purpose)
        await self._silence(heard)
        return later

    async def silence(self, source: str) -> Timer | None:
        """End what rings, or did until the order at hand: at a source, else anywhere; None if nothing did."""
        heard = self._heard.latest(source, self._clocks.boot() - JUST, self._timers)
        if heard is not None:
            await self._silence(heard)
        return heard

    async def _silence(self, timer: Timer) -> None:
        self._heard.forget(timer.id)
        self._publish(TimerSilenced(timer=timer.id))
        await self.told(timer.id)

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
        rung = replace(timer, rang=True)
        if timer.rule:
            rung, following = parted(timer, -self.left(timer), self.now())
            self._later(self._table.save(rung))  # first, so that one that is due is not lost between the two
            if following is None:
                del self._timers[timer.id]
                self._later(self._table.delete(timer.id))
            else:
                self._timers[timer.id] = following
                self._later(self._table.update(following))
        else:
            self._later(self._table.update(rung))
        self._timers[rung.id] = rung
        self._tell(rung)

    def _tell(self, timer: Timer, *, again: bool = False) -> None:
        late = max(0.0, -self.left(timer))
        self._publish(TimerRang(
            source=timer.source, timer=timer.id, name=timer.name, late=late, kind=timer.kind, again=again,
        ))

    def _mind_jump(self, waiting: list[Timer]) -> None:
        offset = self._clocks.wall() - self._clocks.boot()
        if abs(offset - self._offset) <= JUMP_SECONDS:
            return
        log.warning("the wall clock jumped by %.0f s; timers go on", offset - self._offset)
        self._offset = offset
        for timer in waiting:
            if timer.at is None:
                later = self._timers[timer.id] = replace(timer, due_wall=timer.due_boot + offset)
                self._later(self._table.update(later))

    def _later(self, work: Coroutine[Any, Any, Any]) -> None:
        """Save without waiting; a full disk is reported, and the timer goes on in memory."""
        task = asyncio.get_running_loop().create_task(self._try(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _try(self, work: Coroutine[Any, Any, Any]) -> None:
        try:
            await work
        except AssistantError as error:
            self._publish(ComponentFailed(component="timers", error=str(error)))
