"""What of a text stands in open slots."""

from __future__ import annotations

import pytest

from assistant.asr.moonshine.opened import Opened
from assistant.grammar.base import Rule, TokenConstraint, Value, View, Vocabulary, Wildcard
from assistant.grammar.grammar import Grammar

PIECES = ("", " turn", " off", " the", " bed", "side", "st", " lamp", " alarm", " red", ".")


@pytest.fixture(scope="module")
def constraint() -> TokenConstraint:
    grammar = Grammar()
    grammar.set_list("name", [Value("bedside lamp", "lamp")])
    grammar.set_list("thing", Wildcard(4))
    grammar.set_rules("s", [
        Rule("s", "Off", ("turn off the {name}",)), Rule("s", "Cancel", ("turn off the {thing} alarm",)),
    ])
    return grammar.constraint(Vocabulary(PIECES, 0), View())


@pytest.mark.parametrize(("written", "open_tokens"), [
    (" turn off the", 0),
    (" turn off the bed side lamp", 0),
    (" turn off the bed side lamp .", 0),
    (" turn off the red", 1),
    (" turn off the red lamp", 2),
    (" turn off the red lamp alarm", 2),
    (" turn off the bed", 0),
    (" turn off the bed st alarm", 2),
    (" turn off the bed side lamp red alarm", 4),
])
def test_words_of_a_list_are_no_open_ones_unless_others_follow(
    constraint: TokenConstraint, written: str, open_tokens: int
) -> None:
    opened, state = Opened(), constraint.start
    for word in written.split():
        token = PIECES.index(word if word in PIECES else f" {word}")
        opened, after = opened.after(constraint, state, token), constraint.after(state, token)
        assert after is not None
        state = after
    assert opened.tokens == open_tokens
