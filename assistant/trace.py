"""Keeps a record of every turn: what was said and done, and how long each stage took.

Events and times are kept here; what else is (the world around, the sound) is added by witnesses.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol

from assistant.bus import Bus, Observer
from assistant.errors import StoreError
from assistant.events import (
    Answered,
    Event,
    FinalHeard,
    NotUnderstood,
    PartialHeard,
    SpeakerHeard,
    StageTimed,
    TurnEnded,
    TurnStarted,
    Understood,
    WakeScored,
    encode,
)
from assistant.store.turns import TurnRecord, Turns

log = logging.getLogger(__name__)

LEFT_OUT = (PartialHeard, WakeScored)
"""Too many and of no use afterwards."""
MOST_EVENTS = 300
"""Of one turn; a turn that never ends must not fill the memory."""
CLOSE_SECONDS = 2.0
"""For the records of turns that ended as the assistant stops."""
END = Event()
"""Nothing more is observed."""


@dataclass(slots=True)
class _Open:
    began: float
    """Wall clock."""
    at: float
    """Loop's clock at its beginning."""
    text: str = ""
    answer: str = ""
    person: str = ""
    stages: dict[str, float] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)


class Witness(Protocol):
    """Keeps something of a turn that is in none of its events. All calls come from the event loop."""

    def began(self, event: TurnStarted) -> None:
        """A turn began."""
        ...

    def went_on(self, turn: str) -> None:
        """Something happened in it."""
        ...

    async def ended(self, turn: str) -> dict[str, Any]:
        """It is over; what is to be added to its trace. Never raises for a full disk."""
        ...

    async def forget(self, turn: str) -> None:
        """Its record could not be kept."""
        ...


class Trace:
    """Observes the bus and writes a turn down when it ends. ``async with Trace(bus, turns)``."""

    def __init__(self, bus: Bus, turns: Turns, witnesses: Sequence[Witness] = ()) -> None:
        self._bus = bus
        self._turns = turns
        self._witnesses = tuple(witnesses)
        self._open: dict[str, _Open] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._events: Observer | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Trace:
        self._events = self._bus.observer("trace")
        self._task = asyncio.create_task(self._observe(self._events), name="trace")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._task is not None and self._events is not None
        self._events.close()
        self._events.push(END)
        await asyncio.wait((self._task,), timeout=CLOSE_SECONDS)
        left = [self._task, *self._closing]
        await asyncio.wait(left, timeout=CLOSE_SECONDS)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _observe(self, events: Observer) -> None:
        async for event in events:
            if event is END:
                return
            if event.turn and not isinstance(event, LEFT_OUT):
                self._note(event)
            if isinstance(event, TurnEnded):
                self._end(event)

    def _note(self, event: Event) -> None:
        if isinstance(event, TurnStarted):
            self._open[event.turn] = _Open(time.time(), event.at)
            for witness in self._witnesses:
                witness.began(event)
        turn = self._open.get(event.turn)
        if turn is None:
            return
        match event:
            case FinalHeard() if not turn.text:
                turn.text = event.text
            case Understood() | NotUnderstood() if event.text:
                turn.text = event.text
            case Answered():
                turn.answer = event.text
            case SpeakerHeard() if event.llr > 0:
                turn.person = event.person
            case StageTimed():
                turn.stages[event.stage] = round(event.seconds, 4)
        if len(turn.events) < MOST_EVENTS:
            turn.events.append({**encode(event), "at": round(event.at - turn.at, 4)})
        for witness in self._witnesses:
            witness.went_on(event.turn)

    def _end(self, event: TurnEnded) -> None:
        """Write it down without waiting: the next turn may begin meanwhile."""
        turn = self._open.pop(event.turn, None)
        if turn is not None:
            task = asyncio.create_task(self._close(event, turn), name=f"record of turn {event.turn}")
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    async def _close(self, event: TurnEnded, turn: _Open) -> None:
        trace: dict[str, Any] = {"reason": event.reason, "stages": turn.stages, "events": turn.events}
        for witness in self._witnesses:
            trace |= await witness.ended(event.turn)
        record = TurnRecord(
            event.turn, event.source, turn.began, event.outcome, turn.text, turn.answer, trace, turn.person
        )
        try:
            await self._turns.add(record)
        except StoreError as error:
            log.warning("a turn could not be recorded: %s", error)
            for witness in self._witnesses:
                await witness.forget(event.turn)
