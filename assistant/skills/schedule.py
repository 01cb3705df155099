"""What a skill does of its own accord: at intervals, at a time of day, at messages and events. It ends with the skill.

.. code-block:: python

    class Garden(Skill):
        @every(minutes=10)
        async def look(self, ctx: Context) -> None: ...

        @daily("07:30")
        async def greet(self, ctx: Context) -> None: ...

        @on_mqtt("garden/+/moisture")
        async def measured(self, ctx: Context, topic: str, payload: str) -> None: ...

        @on_event("DeviceChanged")
        async def changed(self, ctx: Context, event: dict[str, Any]) -> None: ...
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, TypeVar

Method = TypeVar("Method", bound=Callable[..., Any])
LEAST_SECONDS = 1.0
"""Between two rounds: more often is a loop, not a schedule."""
MOST_TASKS = 100
"""Pieces of work that a skill may have under way; one more is a leak."""
AGAIN_FIRST, AGAIN_MOST = 1.0, 300.0
"""Seconds of extra rest after a round that raised; doubled each time."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """When a method is called."""

    kind: str
    """``every``, ``daily``, ``mqtt`` or ``event``."""
    what: str = ""
    """Time of day, topic filter or type of event."""
    seconds: float = 0.0


def every(*, seconds: float = 0, minutes: float = 0, hours: float = 0) -> Callable[[Method], Method]:
    """Call a method again and again, with a rest between; first after one rest."""
    rest = seconds + 60 * minutes + 3600 * hours
    if rest < LEAST_SECONDS:
        raise ValueError(f"every() needs at least {LEAST_SECONDS:g} s")
    return _mark(Trigger("every", seconds=rest))


def daily(at: str) -> Callable[[Method], Method]:
    """Call a method each day at a local time, 'HH:MM'."""
    time.fromisoformat(at)
    return _mark(Trigger("daily", at))


def on_mqtt(topic: str) -> Callable[[Method], Method]:
    """Call a method with topic and payload of each message under a topic filter; needs a grant that covers it."""
    return _mark(Trigger("mqtt", topic))


def on_event(kind: str) -> Callable[[Method], Method]:
    """Call a method with each event of a type, as plain data; needs the grant ``events:TYPE``."""
    return _mark(Trigger("event", kind))


def _mark(trigger: Trigger) -> Callable[[Method], Method]:
    def mark(method: Method) -> Method:
        method.__dict__["triggers"] = (*getattr(method, "triggers", ()), trigger)
        return method

    return mark


def triggers(skill: object) -> Iterator[tuple[str, Trigger]]:
    """Names of a skill's methods that are called unasked, and when."""
    for name in dir(type(skill)):
        for trigger in getattr(getattr(type(skill), name), "triggers", ()):
            yield name, trigger


class Work:
    """A skill's pieces of work under way.

    Args:
        failed: told of each that raised.
    """

    def __init__(self, failed: Callable[[BaseException], None]) -> None:
        self._failed = failed
        self._tasks: set[asyncio.Task[Any]] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Let something run until it ends or the skill does.

        Raises:
            RuntimeError: too much is under way already.
        """
        if len(self._tasks) >= MOST_TASKS:
            work.close()
            raise RuntimeError(f"{MOST_TASKS} pieces of work are under way already: is one of them never done?")
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def cancel(self) -> None:
        """End all of it."""
        for task in self._tasks:
            task.cancel()

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._failed(error)


async def repeat(
    trigger: Trigger, round: Callable[[], Coroutine[Any, Any, None]], failed: Callable[[BaseException], None],
    clock: Callable[[], datetime],
) -> None:
    """Call ``round`` as a trigger says, for ever; after a round that raised, later."""
    extra = 0.0
    while True:
        await asyncio.sleep(extra + (trigger.seconds or seconds_until(trigger.what, clock())))
        try:
            await round()
            extra = 0.0
        except Exception as error:
            failed(error)
            extra = min(AGAIN_MOST, extra * 2 or AGAIN_FIRST)


def seconds_until(at: str, now: datetime) -> float:
    """From a moment to the next local time of day 'HH:MM', across changes of the clocks."""
    wanted = datetime.combine(now.date(), time.fromisoformat(at))
    if wanted <= now.replace(tzinfo=None):
        wanted += timedelta(days=1)
    return max(LEAST_SECONDS, (wanted.astimezone() - now).total_seconds())
