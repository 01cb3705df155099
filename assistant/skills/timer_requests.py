"""What skills ask of timers: to be set, told, changed, cancelled. Alarms and reminders are none of their business."""

from __future__ import annotations

from typing import Any

from assistant.skills.calls import SkillCall
from assistant.skills.effects import Change, quiet
from assistant.store.timer import Timer
from assistant.store.timers import Timers

LONGEST_NAME = 1000
"""Characters."""


class TimerRequests:
    """Answers what is asked of timers."""

    def __init__(self, timers: Timers) -> None:
        self._timers = timers

    async def set(self, call: SkillCall, args: dict[str, Any]) -> dict[str, Any]:
        """Start one."""
        seconds, name, source = float(args["seconds"]), name_of(args["name"]), call.order.source
        timers = self._timers

        async def work() -> Change:
            timer = await timers.set(seconds, name, source)
            return Change(timer, quiet(lambda: timers.cancel(timer.id)))

        return self._plain(await call.effects.run(("timers.set", seconds, name), ("timer", seconds, name), work))

    async def all(self, call: SkillCall, args: dict[str, Any]) -> list[dict[str, Any]]:
        """Those that run."""
        return [self._plain(timer) for timer in self._running()]

    async def cancel(self, call: SkillCall, args: dict[str, Any]) -> bool:
        """Whether it was there to be cancelled."""
        timers = self._timers
        running = next((timer for timer in self._running() if timer.id == args["timer"]), None)
        if running is None:
            return False

        async def work() -> Change:
            return Change(await timers.cancel(running.id), quiet(lambda: timers.put(running)))

        return bool(await call.effects.run(("timers.cancel", running.id), ("timer", running.id), work))

    async def add(self, call: SkillCall, args: dict[str, Any]) -> dict[str, Any] | None:
        """Make one longer or shorter."""
        timers, timer, seconds = self._timers, str(args["timer"]), float(args["seconds"])

        async def work() -> Change:
            return Change(await timers.add(timer, seconds), quiet(lambda: timers.add(timer, -seconds)))

        # Half an addition is not superseded by another one: each is taken back for itself.
        key = ("timers.add", timer, seconds)
        longer: Timer | None = await call.effects.run(key, key, work)
        return None if longer is None else self._plain(longer)

    def _running(self) -> list[Timer]:
        return [timer for timer in self._timers.all() if timer.kind == "timer"]

    def _plain(self, timer: Timer) -> dict[str, Any]:
        return {
            "id": timer.id, "seconds": timer.seconds, "left": max(0.0, self._timers.left(timer)),
            "name": timer.name, "source": timer.source,
        }


def name_of(value: Any) -> str:
    """A name that can be told.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(value, str) or len(value) > LONGEST_NAME:
        raise ValueError(f"a name of at most {LONGEST_NAME} characters is needed")
    return value
