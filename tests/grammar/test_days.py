"""A grammar in use for days: what it remembers is capped, and what it accepts stays the same."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from assistant.grammar import constraint as constraint_module
from assistant.grammar import grammar as grammar_module
from assistant.grammar.base import Value, View, Vocabulary
from assistant.grammar.grammar import Grammar

KITCHEN = View(area="kitchen")
MOST_WALKED, MOST_STATES, MASK_BYTES = 2_000, 400, 2**18
DAYS = 40


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grammar_module, "MOST_WALKED", MOST_WALKED)
    monkeypatch.setattr(grammar_module, "MOST_STATES", MOST_STATES)
    monkeypatch.setattr(constraint_module, "MASK_BYTES", MASK_BYTES)


def live(grammar: Grammar, vocabulary: Vocabulary, seed: int) -> Iterator[int]:
    """A day of orders, questions and new devices; yields how many nodes there are."""
    rng = random.Random(seed)
    grammar.set_list("name", [Value("kitchen light", "kitchen_light", {"domain": "light"}),
                              *(Value(f"lamp {rng.randrange(10**6)}", number) for number in range(5))])
    for order in grammar.sentences(KITCHEN, 8, seed=seed):
        for view in (KITCHEN, View(scopes=("yes_no",), sentences=(f"the {rng.randrange(10**6)} one",))):
            constraint = grammar.constraint(vocabulary, view)
            state: int | None = constraint.start
            for word in order.split():
                if state is not None:
                    constraint.allowed(state)
                    state = constraint.advance(state, f" {word}")
            grammar.match(order, view)
            yield len(grammar.network.nodes)


def test_nodes_states_masks_and_edits_are_capped(home: Grammar, letters: Vocabulary) -> None:
    home.constraint(letters, KITCHEN)
    first = len(home.network.nodes)
    most = 0
    for day in range(DAYS):
        most = max(most, *live(home, letters, day))
        assert len(home.walker) <= 2 * MOST_STATES
        masks = home._masks[id(letters)]
        assert masks._bytes <= MASK_BYTES and len(masks._masks) < 2 * MOST_STATES
        assert len(home.network._entries) < 400
    assert first < most < first + 3 * MOST_WALKED, "they come and go"
    assert len(home.edits_since(home.version - 1)) == 1 and len(home._matches) <= grammar_module.MOST_MATCHES


def test_the_grammar_is_the_same_after_its_nodes_were_copied(home: Grammar, letters: Vocabulary) -> None:
    before = home.constraint(letters, KITCHEN)
    expected = {order: home.match(order, KITCHEN) for order in home.sentences(KITCHEN, 60, seed=3)}
    nodes = home.network.nodes
    names = [Value("kitchen light", "kitchen_light", {"domain": "light"}), Value("fan", "fan", {"domain": "fan"})]
    for day in range(DAYS):
        list(live(home, letters, day))
    assert home.network.nodes is not nodes
    fresh = Grammar.load(home.dump())
    for grammar in (home, fresh):
        grammar.set_list("name", names)
    for seed in range(5):
        for order in fresh.sentences(KITCHEN, 60, seed=seed):
            assert home.match(order, KITCHEN) == fresh.match(order, KITCHEN)
    for order in expected:
        after = before.advance(before.start, order)
        assert after is not None and before.is_final(after), "a constraint already given out lives on"


def test_edits_that_hold_much_are_kept_no_longer_than_they_must(home: Grammar) -> None:
    copy = Grammar.load(home.dump())
    for number in range(30):
        home.set_list("name", [Value(f"lamp {number} {entry}", entry) for entry in range(1000)])
    assert len(home.edits_since(home.version - 10)) == 10
    (whole,) = home.edits_since(copy.version)
    copy.apply(whole)
    assert copy.match("turn on lamp 29 7", KITCHEN)[0].slots == {"name": 7}
