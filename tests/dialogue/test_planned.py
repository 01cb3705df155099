"""Orders for later."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.dialogue.planned import PLANNED, planned
from assistant.dialogue.several import several
from assistant.grammar.base import Match, Rule, View
from assistant.grammar.grammar import Grammar

ORDER = View()


@pytest.fixture(scope="module")
def grammar() -> Grammar:
    grammar = Grammar()
    lights = (Rule("home", "On", ("turn on the light",)), Rule("home", "Off", ("turn off the light",)))
    grammar.set_rules("home", lights)
    grammar.set_rules("routines", (
        Rule("routines", "Later", ("in {duration}", "at {time_of_day}", "[every] day at {time_of_day}"), PLANNED),
    ))
    return grammar


def found(grammar: Grammar, words: str) -> tuple[str, dict[str, Any]] | None:
    def meaning(text: str, view: View) -> Match | None:
        return next(iter(grammar.match(text, view)), None)

    def orders(text: str, view: View) -> list[Match]:
        whole = meaning(text, view)
        return [whole] if whole else list(several(text, view, meaning))

    match = planned(words, ORDER, orders, meaning)
    return (f"{match.skill}.{match.intent}", match.slots) if match else None


@pytest.mark.parametrize(("words", "order", "when"), [
    ("Turn on the light in ten minutes.", "Turn on the light", {"duration": 600}),
    ("in ten minutes, turn on the light", "turn on the light", {"duration": 600}),
    ("turn off the light at half past eight", "turn off the light", {"time_of_day": "08:30"}),
    ("every day at eight turn off the light", "turn off the light", {"time_of_day": "08:00"}),
    ("turn on the light and turn off the light in an hour", "turn on the light and turn off the light",
     {"duration": 3600}),
])
def test_an_order_and_its_time(grammar: Grammar, words: str, order: str, when: dict[str, Any]) -> None:
    assert found(grammar, words) == ("routines.Later", {"order": order, **when})


@pytest.mark.parametrize("words", [
    "turn on the light", "in ten minutes", "turn on the light in the kitchen", "sing a song in ten minutes", "", "in",
    "turn on the light in ten minutes in ten minutes",
])
def test_anything_else_is_none(grammar: Grammar, words: str) -> None:
    assert found(grammar, words) is None
