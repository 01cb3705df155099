"""Orders with an aside."""

from __future__ import annotations

import pytest

from assistant.bench.intent_links import Settled, skills_grammar
from assistant.dialogue.aside import beside_an_aside
from assistant.grammar.base import Match, View
from assistant.grammar.grammar import Grammar
from assistant.home.schema import Household
from assistant.paths import shipped_dir
from assistant.turns.views import ORDERS


@pytest.fixture(scope="module")
def grammar() -> Grammar:
    return skills_grammar(Settled(Household.load(shipped_dir() / "configs" / "home.yaml")))


def meaning(grammar: Grammar, words: str) -> tuple[str, dict[str, object]] | None:
    def of(text: str, view: View) -> Match | None:
        return next(iter(grammar.match(text, view)), None)

    match = beside_an_aside(words, ORDERS, of)
    return (f"{match.skill}.{match.intent}", match.slots) if match else None


@pytest.mark.parametrize(("words", "order"), [
    ("Switch off the bedside lamp, I'm going to sleep.", ("home.TurnOff", {"name": "bedside_lamp"})),
    ("coffee machine off please i've had enough", ("home.TurnOff", {"name": "coffee_machine"})),
    ("nobody's in the kitchen so turn the kitchen light off",
     ("home.TurnOff", {"area": "kitchen", "lights": "one"})),
    ("grandma's outside can you lock the front door", ("home.Lock", {"name": "front_door"})),
    ("close the living room blinds the sun is in my eyes", ("home.Close", {"area": "living room", "noun": "blind"})),
])
def test_the_order_counts(grammar: Grammar, words: str, order: tuple[str, dict[str, object]]) -> None:
    assert meaning(grammar, words) == order


@pytest.mark.parametrize(("words", "order"), [
    ("the kitchen light is on, turn it off", ("home.TurnOff", {"area": "kitchen", "lights": "one"})),
    ("the floor lamp is on so turn it off", ("home.TurnOff", {"name": "floor_lamp"})),
    ("the bedroom blinds are open, close them", ("home.Close", {"area": "bedroom", "noun": "blind"})),
    ("I left the floor lamp on, turn it off", ("home.TurnOff", {"name": "floor_lamp"})),
    ("turn it off please, the light in the kitchen is still on",
     ("home.TurnOff", {"lights": "one", "area": "kitchen"})),
    ("I left all the kitchen lights on, turn them off",
     ("home.TurnOff", {"all": True, "area": "kitchen", "lights": "many"})),
    ("it's light outside, turn it off", ("home.TurnOff", {"it": True})),
    ("the baby is asleep, turn it off", ("home.TurnOff", {"it": True})),
])
def test_what_the_aside_names_is_it(grammar: Grammar, words: str, order: tuple[str, dict[str, object]]) -> None:
    assert meaning(grammar, words) == order


@pytest.mark.parametrize("words", [
    "I don't want you to turn on the kitchen light", "turn on the kitchen light if it's dark",
    "turn on the kitchen light I wonder what happens", "I told him to please turn on the kitchen light",
    "lights off", "the kitchen light", "she likes it when you turn on the kitchen light",
    "turn on the kitchen light she said", "I'm tired",
])
def test_anything_else_is_none(grammar: Grammar, words: str) -> None:
    assert meaning(grammar, words) is None
