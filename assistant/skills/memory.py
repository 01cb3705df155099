"""What a skill asked to remember about a source's conversation, given back with that source's next order."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from assistant.skills.messages import Answer, HandleRequest

SECONDS = 120.0
"""As long as "it" means something."""
MOST = 200
"""Sources and skills remembered."""


class Memories:
    """By source and skill."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], tuple[float, Mapping[str, Any]]] = OrderedDict()

    def recall(self, order: HandleRequest, now: float) -> HandleRequest:
        """The order, with what its skill remembers."""
        at, memory = self._kept.get((order.source, order.skill), (now, {}))
        if not memory or now - at > SECONDS:
            return order
        return replace(order, conversation={**order.conversation, "memory": memory})

    def keep(self, order: HandleRequest, answer: Answer, now: float) -> None:
        """Remember what an answer asks for; nothing new leaves the old as it is."""
        key = (order.source, order.skill)
        if answer.forget:
            self._kept.pop(key, None)
        if not answer.remember:
            return
        self._kept[key] = (now, dict(answer.remember))
        self._kept.move_to_end(key)
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)
