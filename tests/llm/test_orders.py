"""The skills as tools: what the model is told of them."""

from __future__ import annotations

import json

from assistant.grammar.base import Value, View
from assistant.grammar.phrasing import Phrasing
from assistant.llm.orders import MOST_NAMED, Orders
from tests.llm.floor import small_grammar


def test_a_tool_names_what_may_be_named() -> None:
    lamps, doors, timers = Orders(Phrasing(small_grammar())).tools
    assert lamps.parameters["required"] == ["intent"]
    assert lamps.parameters["properties"] == {
        "intent": {"type": "string", "enum": ["TurnOn", "Dim"]},
        "name": {"type": "string", "enum": ["floor lamp", "reading light", "front door"]},
        "area": {"type": "string", "enum": ["den", "bed room"]},
        "level": {"type": "string", "description": "a number from 0 to 100"},
        "it": {"type": "string", "enum": ["true"]},
    }
    assert "“turn it on” (it=true)" in lamps.description and "Again" not in lamps.description
    assert doors.parameters["properties"]["name"]["enum"] == ["front door"], "of the kind that its sentences require"
    duration = timers.parameters["properties"]["duration"]["description"]
    assert duration.startswith("as one says it, such as: ") and timers.plain()["function"]["name"] == "timers"
    assert len(json.dumps([tool.plain() for tool in (lamps, doors, timers)])) < 3000


def test_a_new_device_is_named_and_a_crowd_is_not() -> None:
    grammar = small_grammar()
    orders = Orders(Phrasing(grammar))
    assert len(orders.tools) == 3
    grammar.set_list("name", [Value("new lamp", "lamp_9", {"domain": "light"}), Value("x" * 80, "lamp_10")])
    assert orders.tools[0].parameters["properties"]["name"]["enum"] == ["new lamp"]
    assert orders.meant("lamps", '{"intent": "TurnOn", "name": "New Lamp"}', View()).slots == {"name": "lamp_9"}
    grammar.set_list("name", [Value(f"lamp {number}", f"lamp_{number}") for number in range(MOST_NAMED + 1)])
    assert "such as lamp 0, lamp 1" in orders.tools[0].parameters["properties"]["name"]["description"]


def test_only_the_skills_that_are_wanted() -> None:
    assert [tool.name for tool in Orders(Phrasing(small_grammar()), ["timers"]).tools] == ["timers"]
    assert not Orders(Phrasing(small_grammar()), []).tools
