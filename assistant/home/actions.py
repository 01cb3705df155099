"""What was asked of devices and is not proved yet: each action waits for the state that says it was done."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from assistant.errors import HomeError
from assistant.home.kinds.entity import Entity, Message, Plan, differing
from assistant.home.realtime import ring

Status = Literal["done", "already", "no_answer", "unreachable", "unavailable", "refused"]

ANSWER_SECONDS = 2.0
"""Real seconds a device has to say that it did as told; battery devices and busy radio meshes need one."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an action."""

    status: Status
    device: str
    """Identifier."""
    state: Mapping[str, Any] = field(default_factory=dict)
    """The device's state now."""
    before: Mapping[str, Any] = field(default_factory=dict)
    """Its state before: what ``Home.restore`` takes."""
    seconds: float = 0.0
    """Real time from the order to this outcome."""
    detail: str = ""
    """Why, in words fit to be spoken; ``unconfirmed`` where the device never says, ``moving`` while it still moves."""

    @property
    def ok(self) -> bool:
        """Whether the device is as it was asked to be, or on its way."""
        return self.status in ("done", "already")


@dataclass(eq=False, slots=True)
class Pending:
    """One action on its way."""

    want: Mapping[str, Any]
    proof: frozenset[str]
    """Keys of ``want`` that the device must report."""
    begun: Mapping[str, Any]
    answer: asyncio.Future[tuple[Status, str]]
    before: Mapping[str, Any]
    news: frozenset[str] = frozenset()
    """Keys of which one must change, where no state is known that would be the proof."""

    def conflicts(self, want: Mapping[str, Any]) -> bool:
        """Whether a later action wants something else of the same device."""
        return bool(differing({key: value for key, value in self.want.items() if key in want}, want))

    def look(self, state: Mapping[str, Any]) -> None:
        """Finish if the state is the proof."""
        if self.answer.done():
            return
        if self.news:
            if differing({key: self.before.get(key) for key in self.news}, state):
                self.answer.set_result(("done", ""))
        elif not differing({key: self.want[key] for key in self.proof}, state):
            self.answer.set_result(("done", ""))
        elif self.begun and (not differing(self.begun, state) or self._nearer(state)):
            self.answer.set_result(("done", "moving"))

    def _nearer(self, state: Mapping[str, Any]) -> bool:
        """Whether a blind that only tells its position is on its way."""
        goal, then, now = (where.get("position") for where in (self.want, self.before, state))
        return goal is not None and then is not None and now is not None and abs(goal - now) < abs(goal - then)

    def give_up(self, status: Status, detail: str) -> None:
        if not self.answer.done():
            self.answer.set_result((status, detail))


class Actions:
    """All actions under way, by device. The latest order to a device wins over one that it contradicts."""

    def __init__(self, publish: Callable[[Message], Awaitable[None]], seconds: float = ANSWER_SECONDS) -> None:
        self._publish = publish
        self._seconds = seconds
        self._pending: dict[str, list[Pending]] = {}

    @property
    def busy(self) -> int:
        """Actions that wait for their device."""
        return sum(map(len, self._pending.values()))

    def expected(self, device: str, state: Mapping[str, Any]) -> dict[str, Any]:
        """The state as it will be when all that is under way is done."""
        expected = dict(state)
        for pending in self._pending.get(device, ()):
            expected.update(pending.want)
        return expected

    async def carry_out(
        self, device: str, entity: Entity, plan: Plan, state: Callable[[], Mapping[str, Any]]
    ) -> tuple[Status, str]:
        """Send what a plan says and wait for its proof; gives the status and its detail."""
        rivals = [pending for pending in self._pending.get(device, ()) if pending.conflicts(plan.want)]
        changes = set(plan.want) if rivals else differing(plan.want, state())
        if not changes and plan.news is None:
            return "already", ""
        for rival in rivals:
            rival.give_up("no_answer", "superseded")
        proof = frozenset(changes & entity.confirms)
        answer: asyncio.Future[tuple[Status, str]] = asyncio.get_running_loop().create_future()
        news = (plan.news or frozenset()) & entity.confirms
        pending = Pending(plan.want, proof, plan.begun, answer, dict(state()), news)
        self._pending.setdefault(device, []).append(pending)
        try:
            for message in plan.messages:
                await self._publish(message)
            if not proof and not news:
                return "done", "unconfirmed"
            return await self._answer(pending, state)
        except HomeError as error:
            return "unreachable", error.what
        finally:
            self._pending[device].remove(pending)
            if not self._pending[device]:
                del self._pending[device]

    async def _answer(self, pending: Pending, state: Callable[[], Mapping[str, Any]]) -> tuple[Status, str]:
        def late() -> None:
            pending.look(state())  # an order that was contradicted on its way may have left things as they are wanted
            pending.give_up("no_answer", "it does not answer")

        cancel = ring(self._seconds, late)
        try:
            return await pending.answer
        finally:
            cancel()

    def changed(self, device: str, state: Mapping[str, Any]) -> None:
        """A device told its state."""
        for pending in self._pending.get(device, ()):
            pending.look(state)

    def gone(self, device: str, reason: str) -> None:
        """A device said that it is not there any more."""
        for pending in self._pending.get(device, ()):
            pending.give_up("unavailable", reason)

    def lost(self, reason: str) -> None:
        """The broker went away."""
        for waiting in self._pending.values():
            for pending in waiting:
                pending.give_up("unreachable", reason)


def since(start: float) -> float:
    """Real seconds since ``start``, of ``time.perf_counter``."""
    return time.perf_counter() - start
