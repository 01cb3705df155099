"""A turn as the language model's link sees it, and the grammar of a small home."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from assistant.grammar.base import Match, Range, Rule, Value, View
from assistant.grammar.grammar import Grammar
from assistant.skills.messages import Answer

RULES = (
    Rule("lamps", "TurnOn", ("[please] (turn|switch) on [the] {name}",), requires={"domain": "light"}),
    Rule("lamps", "TurnOn", ("(turn|switch) on the lights in [the] {area}",)),
    Rule("lamps", "TurnOn", ("turn it on",), slots={"it": True}),
    Rule("lamps", "Dim", ("dim [the] {name} to {level} percent",)),
    Rule("lamps", "Again", ("and [the] {name}",), "follow_up"),
    Rule("doors", "Unlock", ("unlock [the] {name}",), requires={"domain": "lock"}),
    Rule("timers", "Set", ("set a timer for {duration} [called {label}]",)),
)
NAMES = (
    Value("floor lamp", "lamp_1", {"domain": "light", "area": "den"}),
    Value("reading light", "lamp_2", {"domain": "light", "area": "den"}),
    Value("light", "lamp_2", {"domain": "light", "area": "den", "within": "den"}),
    Value("front door", "door_1", {"domain": "lock"}),
)


def small_grammar() -> Grammar:
    """Two lamps, a door and timers."""
    grammar = Grammar()
    grammar.set_list("name", NAMES)
    grammar.set_list("area", [Value("den", "den"), Value("(bed room|bedroom)", "bedroom")])
    grammar.set_list("level", Range(0, 100), "lamps")
    grammar.set_list("label", [Value("tea", "tea"), Value("eggs", "eggs")], "timers")
    for skill in dict.fromkeys(rule.skill for rule in RULES):
        grammar.set_rules(skill, [rule for rule in RULES if rule.skill == skill])
    return grammar


class Floor:
    """Notes what is said and ordered.

    Args:
        obey: answers orders.
        says_yes: to every question.
    """

    def __init__(
        self, obey: Callable[[Match], Answer] = lambda match: Answer("Done."),
        exchanges: Sequence[tuple[str, str]] = (), says_yes: bool = False,
    ) -> None:
        self.view = View(area="den")
        self.exchanges = exchanges
        self.said: list[str] = []
        self.spoke = asyncio.Event()
        self.orders: list[Match] = []
        self.asked: list[str] = []
        self.waited = 0
        """Times that the end of the order was waited for."""
        self.forbidden: dict[str, str] = {}
        """Tools that the speaker may not have used, and why."""
        self._obey = obey
        self._says_yes = says_yes

    def say(self, sentence: str) -> None:
        self.said.append(sentence)
        self.spoke.set()

    def pause(self) -> None:
        self.said.append("...")

    async def order(self, match: Match) -> Answer:
        self.orders.append(match)
        return self._obey(match)

    async def final(self) -> None:
        self.waited += 1

    async def refused(self, tool: str) -> str:
        return self.forbidden.get(tool, "")

    async def confirm(self, question: str) -> bool:
        self.asked.append(question)
        return self._says_yes
