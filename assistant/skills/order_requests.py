"""Orders that a skill gives: as if they had been said, with the rights of whoever gave the skill its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from assistant.errors import SkillError
from assistant.grammar.base import Match, View
from assistant.skills.calls import Asker, SkillCall
from assistant.skills.effects import Effects
from assistant.skills.messages import Answer, HandleRequest, joined

LONGEST_ORDER = 300
"""Characters."""


class Handle(Protocol):
    """See ``SkillSet.handle``."""

    def __call__(
        self, order: HandleRequest, effects: Effects | None = None, asker: Asker | None = None
    ) -> Awaitable[Answer]: ...


@dataclass(frozen=True, slots=True)
class OrderPort:
    """What carries orders out."""

    meanings: Callable[[str, View], Sequence[Match]]
    """The orders in a text: none, one, or several in one sentence."""
    handle: Handle


class OrderRequests:
    """Answers what skills ask for in the way of orders."""

    def __init__(self, port: OrderPort) -> None:
        self._port = port

    async def understand(self, call: SkillCall, args: dict[str, Any]) -> list[dict[str, Any]]:
        """The orders in a text, as ``skill``, ``intent``, ``slots`` and ``text``; empty: it is none."""
        return [
            {"skill": match.skill, "intent": match.intent, "slots": match.slots, "text": match.text}
            for match in self._meanings(call, args)
        ]

    async def order(self, call: SkillCall, args: dict[str, Any]) -> dict[str, Any]:
        """Carry the orders in a text out, one after the other; what came of them.

        Raises:
            SkillError: it is no order, or one for a skill that is giving it.
        """
        matches, giving = self._meanings(call, args), (*call.order.given_by, call.skill)
        if not matches:
            raise SkillError(f"{args['text']!r} is no order", where=f"skill {call.skill}")
        for match in matches:
            if match.skill in giving:
                raise SkillError(f"{args['text']!r} leads back to the skill {match.skill}", where=f"skill {call.skill}")
        orders = [
            replace(
                call.order, skill=match.skill, intent=match.intent, slots=match.slots, text=match.text,
                conversation={}, given_by=giving, written=match.written, meant=match.meant,
            )
            for match in matches
        ]
        return joined([await self._port.handle(order, call.effects, call.asker) for order in orders]).to_dict()

    def _meanings(self, call: SkillCall, args: dict[str, Any]) -> Sequence[Match]:
        text = args["text"]
        if not isinstance(text, str) or len(text) > LONGEST_ORDER:
            raise SkillError(f"an order is a text of at most {LONGEST_ORDER} characters", where=f"skill {call.skill}")
        return self._port.meanings(text, View(area=call.order.area))
