"""Several orders in one sentence."""

from __future__ import annotations

import pytest

from assistant.dialogue.several import several
from assistant.grammar.base import Match, View
from assistant.grammar.grammar import Grammar
from assistant.paths import shipped_dir
from assistant.skills import builtin
from assistant.turns.views import FOLLOW_UPS, ORDERS


@pytest.fixture(scope="module")
def grammar() -> Grammar:
    from assistant.bench.intent_links import Settled, skills_grammar
    from assistant.home.schema import Household

    found = skills_grammar(Settled(Household.load(shipped_dir() / "configs" / "home.yaml")))
    found.set_rules(builtin.SKILL, builtin.RULES)
    return found


def meanings(grammar: Grammar, words: str, view: View = ORDERS) -> list[str]:
    def meaning(text: str, view: View) -> Match | None:
        return next(iter(grammar.match(text, view)), None)

    return [f"{match.skill}.{match.intent}" for match in several(words, view, meaning)]


@pytest.mark.parametrize(("words", "orders"), [
    ("Turn on the kitchen light and close the blinds.", ["home.TurnOn", "home.Close"]),
    ("Close the blinds, then turn on the floor lamp.", ["home.Close", "home.TurnOn"]),
    ("What time is it, and set a timer for five minutes", ["clock.Time", "timers.SetTimer"]),
    ("Turn off the kitchen light. Set a timer for ten minutes. And close the living room blinds, please.",
     ["home.TurnOff", "timers.SetTimer", "home.Close"]),
    ("turn the floor lamp on and the bedside lamp off", ["home.TurnOn", "home.TurnOff"]),
    ("turn on the floor lamp and make it blue", ["home.TurnOn", "home.SetColour"]),
    ("turn on the lights in the kitchen and also in the bedroom", ["home.TurnOn", "home.Again"]),
])
def test_orders_that_are_joined_are_several(grammar: Grammar, words: str, orders: list[str]) -> None:
    assert meanings(grammar, words) == orders


@pytest.mark.parametrize("words", [
    "turn on the kitchen light", "and then", "", "turn on the kitchen light and tell me a story",
    "turn on the kitchen light and", "what time is it and the bedroom too",
    "turn on the kitchen light and stop",
    "bread and butter and jam and milk and eggs and tea and salt and rice and oil",
    "the bedroom too and turn on the kitchen light",
])
def test_other_sentences_are_not(grammar: Grammar, words: str) -> None:
    assert meanings(grammar, words) == []


def test_what_follows_an_answer_may_begin_with_what_leans_on_it(grammar: Grammar) -> None:
    words = "the bedroom too and turn on the kitchen light"
    assert meanings(grammar, words, FOLLOW_UPS) == ["home.Again", "home.TurnOn"]


def test_no_sentence_costs_much(grammar: Grammar) -> None:
    asked = 0

    def meaning(text: str, view: View) -> Match | None:
        nonlocal asked
        asked += 1
        return None if " and " in text else Match("s", "I", {}, text)

    assert several(" and ".join(["again"] * 60), ORDERS, meaning) == ()
    assert asked < 1000


