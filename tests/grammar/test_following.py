"""How far the grammar follows what it does not understand, and what is near it."""

from __future__ import annotations

import pytest

from assistant.grammar.base import Rule, Value, View
from assistant.grammar.following import ANYTHING, NUMBER, follow, near
from assistant.grammar.grammar import Grammar

VIEW = View()


@pytest.fixture(scope="module")
def grammar() -> Grammar:
    grammar = Grammar()
    grammar.set_list("area", [Value(room, room) for room in ("kitchen", "bedroom", "living room")])
    grammar.set_rules("home", (
        Rule("home", "On", ("(turn|switch) on the light [in the {area}] [please]",)),
        Rule("home", "Timer", ("set a timer for {number} minutes",)),
        Rule("home", "Note", ("note that {anything}",)),
    ))
    return grammar


def test_what_was_expected_after_the_longest_beginning(grammar: Grammar) -> None:
    found = follow(grammar, "Turn on the light in the kitchn, please", VIEW)
    assert (found.words, found.rest) == ("turn on the light in the", "kitchn please")
    assert found.expected[0] == "kitchen" and set(found.expected) == {"kitchen", "bedroom", "living"}
    assert found.choices == 3


def test_a_sentence_that_is_not_finished(grammar: Grammar) -> None:
    found = follow(grammar, "turn on the", VIEW)
    assert (found.words, found.rest, found.expected) == ("turn on the", "", ("light",))


def test_numbers_and_open_slots_are_one_choice(grammar: Grammar) -> None:
    assert NUMBER in follow(grammar, "set a timer for some", VIEW, most=1000).expected
    assert not any(word[0].isdigit() for word in follow(grammar, "set a timer for some", VIEW, most=1000).expected)
    assert follow(grammar, "note that", VIEW).expected == (ANYTHING,)


def test_nothing_of_it_is_known(grammar: Grammar) -> None:
    found = follow(grammar, "frobnicate", VIEW)
    assert (found.words, found.rest) == ("", "frobnicate") and set(found.expected) == {"turn", "switch", "set", "note"}
    assert follow(grammar, "", VIEW).rest == ""


@pytest.mark.parametrize(("said", "meant"), [
    ("turn on the light in the kitchn", "turn on the light in the kitchen"),
    ("turn the light on in the bedroom", "turn on the light in the bedroom"),
    ("turn on light please", "turn on the light please"),
    ("oh turn on the light", "turn on the light"),
    ("set the timer for 5 minutes", "set a timer for 5 minutes"),
])
def test_what_is_near(grammar: Grammar, said: str, meant: str) -> None:
    assert meant in near(grammar, said, VIEW)


def test_what_is_far_is_not_near(grammar: Grammar) -> None:
    assert near(grammar, "who won the cup final yesterday evening", VIEW) == []
