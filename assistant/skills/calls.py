"""Orders under way as the agent knows them, and the two whom a skill's requests reach: the agent, and who speaks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from assistant.grammar.base import Match, View
from assistant.grammar.sentences import AnyList
from assistant.skills.effects import Effects, Unjournalled
from assistant.skills.loader import LoadedSkill
from assistant.skills.manifest import Manifest
from assistant.skills.messages import HandleRequest


class Asker(Protocol):
    """The turn, as far as questions are concerned."""

    @property
    def cancelled(self) -> bool:
        """Whether the latest question ended with "never mind"."""
        ...

    async def confirm(self, question: str) -> bool: ...

    async def ask(self, question: str, view: View, expects: str = "choice") -> Match | None: ...


@dataclass(slots=True)
class SkillCall:
    """An order under way, as the agent knows it. A skill cannot change it."""

    order: HandleRequest
    manifest: Manifest
    effects: Effects
    asker: Asker | None = None
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One question at a time."""
    written: list[str] = field(default_factory=list)
    """What was said before the answer where nobody listens but reads."""
    unasked: bool = False
    """Whether nobody ordered it: a schedule, a message."""
    lists: Mapping[str, AnyList] = field(default_factory=dict)
    """Those of the skill's sentences."""

    @property
    def skill(self) -> str:
        return self.order.skill


class SkillRequests(Protocol):
    """Answers what skills ask for."""

    async def request(self, call: SkillCall, name: str, args: dict[str, Any]) -> Any:
        """Raises AssistantError where it cannot be done or may not be."""
        ...

    def listen(self, call: SkillCall, kind: str, what: str, hear: Callable[[list[Any]], None]) -> Callable[[], None]:
        """Let a skill hear of messages (``mqtt``) or events (``event``); gives the function that ends it.

        Raises:
            SkillError: no grant covers it; ``where`` names the skill.
        """
        ...


def unasked_call(skill: LoadedSkill) -> SkillCall:
    """What a skill does without an order: nothing of it is undone, and there is nobody to be asked."""
    order, lists = HandleRequest(skill.name, ""), skill.sentences.lists
    return SkillCall(order, skill.manifest, Unjournalled(), unasked=True, lists=lists)
