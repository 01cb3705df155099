"""Notes what comes from outside during a turn: the world at its beginning, what skills are given and answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from assistant.dialogue.conversation import Conversation
from assistant.errors import AssistantError
from assistant.events import TurnStarted
from assistant.home.schema import Household
from assistant.home.vocabulary import Named
from assistant.recorder.record import Before, Order, Outside, Request, TimerBefore, pack, plain
from assistant.skills.calls import Asker, SkillCall, SkillRequests
from assistant.skills.effects import Effects
from assistant.skills.messages import Answer, HandleRequest
from assistant.store.timers import Timers

MOST_TURNS = 64
"""Turns that are noted at once: more than can be open."""
MOST_NOTED = 100
"""Orders, and requests of skills, that are noted of one turn."""
LARGEST_RESULT = 60_000
"""Characters of what a skill was given that are noted."""
UNNOTED = frozenset(("devices", "connected", "prepare", "ask", "confirm", "timers.list"))
"""Requests whose results stand in the record already, or that have none."""

Handle = Callable[[HandleRequest, Effects, Asker], Awaitable[Answer]]


class HomeView(Named, Protocol):
    """What is noted of the home."""

    @property
    def connected(self) -> bool: ...


class SourceView(Protocol):
    """What is noted of a source."""

    @property
    def kind(self) -> str: ...

    @property
    def area(self) -> str: ...

    @property
    def silent(self) -> bool: ...

    @property
    def volume(self) -> int: ...

    @property
    def conversation(self) -> Conversation: ...


@dataclass(slots=True)
class _Noted:
    before: Before
    home: Household | None
    orders: list[Order] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)


class OutsideNotes:
    """A witness of turns, see ``assistant.trace``.

    Args:
        source: the source of that name, if it is open.
        clock: local time.
    """

    def __init__(
        self, home: Callable[[], HomeView], timers: Timers, source: Callable[[str], SourceView | None],
        clock: Callable[[], datetime],
    ) -> None:
        self._home = home
        self._timers = timers
        self._source = source
        self._clock = clock
        self._turns: dict[str, _Noted] = {}

    def began(self, event: TurnStarted) -> None:
        """Note the world as it is; devices are copies that nobody changes."""
        source = self._source(event.source)
        if source is None or len(self._turns) >= MOST_TURNS:
            return
        home, timers = self._home(), self._timers
        now = asyncio.get_running_loop().time()
        conversation = replace(source.conversation, at=max(0.0, now - source.conversation.at))
        before = Before(
            kind=source.kind, area=source.area, silent=source.silent, now=self._clock().isoformat(),
            volume=source.volume, connected=home.connected, conversation=plain(asdict(conversation)),
            timers=tuple(
                TimerBefore(name=one.name, source=one.source, seconds=one.seconds, left=timers.left(one))
                for one in timers.all() if one.kind == "timer"
            ),
        )
        household = Household.model_construct(
            floors=tuple(home.floors.values()), areas=tuple(home.areas.values()), devices=tuple(home.devices.values()),
            groups=tuple(home.groups.values()),
        )
        self._turns[event.turn] = _Noted(before, household)

    def went_on(self, turn: str) -> None:
        """Nothing that is not noted by itself."""

    async def ended(self, turn: str) -> dict[str, Any]:
        """What belongs into the turn's record."""
        noted = self._turns.pop(turn, None)
        return {} if noted is None else await asyncio.to_thread(_written, noted)

    async def forget(self, turn: str) -> None:
        """Nothing is kept elsewhere."""

    # What skills are given and answer.

    def handling(self, handle: Handle, recall: Callable[[HandleRequest], HandleRequest]) -> Handle:
        """``handle``, overheard; ``recall`` adds what the skill remembers of the conversation."""

        async def overheard(order: HandleRequest, effects: Effects, asker: Asker) -> Answer:
            answer: Answer | None = None
            order = recall(order)
            try:
                answer = await handle(order, effects, asker)
                return answer
            finally:
                self._note_order(order, answer)

        return overheard

    def _note_order(self, order: HandleRequest, answer: Answer | None) -> None:
        noted = self._turns.get(order.turn)
        if noted is not None and len(noted.orders) < MOST_NOTED:
            memory = order.conversation.get("memory", {})
            noted.orders.append(Order(
                skill=order.skill, intent=order.intent, slots=plain(order.slots), person=order.person,
                memory=plain(memory), answer=plain(answer.to_dict()) if answer is not None else None,
            ))

    def note_request(self, call: SkillCall, name: str, args: dict[str, Any], result: Any, seconds: float) -> None:
        """A skill was given something."""
        noted = self._turns.get(call.order.turn)
        if noted is None or name in UNNOTED or len(noted.requests) >= MOST_NOTED:
            return
        if len(repr(result)) + len(repr(args)) <= LARGEST_RESULT:
            noted.requests.append(
                Request(skill=call.skill, name=name, args=plain(args), result=plain(result), seconds=round(seconds, 4))
            )


def _written(noted: _Noted) -> dict[str, Any]:
    before = noted.before
    if noted.home is not None:
        before = before.model_copy(update={"home": pack(noted.home)})
    outside = Outside(before=before, orders=tuple(noted.orders), requests=tuple(noted.requests))
    return {"outside": outside.model_dump(mode="json", exclude_defaults=True)}


class Overheard:
    """Answers what skills ask for by ``requests``, and notes it."""

    def __init__(self, requests: SkillRequests, notes: OutsideNotes) -> None:
        self._requests = requests
        self._notes = notes

    async def request(self, call: SkillCall, name: str, args: dict[str, Any]) -> Any:
        """See ``SkillRequests``."""
        now = asyncio.get_running_loop().time
        began = now()
        try:
            result = await self._requests.request(call, name, args)
        except AssistantError as error:
            self._notes.note_request(call, name, args, {"error": str(error)}, now() - began)
            raise
        self._notes.note_request(call, name, args, result, now() - began)
        return result

    def listen(self, call: SkillCall, kind: str, what: str, hear: Callable[[list[Any]], None]) -> Callable[[], None]:
        """See ``SkillRequests``."""
        return self._requests.listen(call, kind, what, hear)
