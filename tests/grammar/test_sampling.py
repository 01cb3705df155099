"""Sentences drawn from the grammar are sentences of it."""

from __future__ import annotations

from assistant.grammar.base import Rule, View, Vocabulary, Wildcard
from assistant.grammar.grammar import Grammar


def test_an_open_slot_of_few_words_says_few() -> None:
    grammar = Grammar()
    grammar.set_list("whose", Wildcard(2), "x")
    grammar.set_rules("x", [Rule("x", "Where", ("where is {whose}'s (bag|coat|hat|key|phone)",))])
    drawn = list(grammar.sentences(seed=1))
    assert len(drawn) > 5 and all(grammar.contains(sentence) for sentence in drawn)
    assert all(grammar.contains(sentence) for sentence in grammar.sentences())


def test_drawing_goes_on_while_the_grammar_is_walked_and_edited(home: Grammar, moonshine: Vocabulary) -> None:
    view = View(area="kitchen")
    drawn = home.sentences(view, 60, seed=5)
    first = next(drawn)
    constraint = home.constraint(moonshine, view)
    assert constraint.advance(constraint.start, first) is not None
    home.network.compact()
    rest = list(drawn)
    assert len(rest) > 40 and all(home.contains(sentence, view) for sentence in rest)


def test_a_rule_whose_lists_are_all_empty_says_nothing(moonshine: Vocabulary) -> None:
    grammar = Grammar()
    grammar.set_list("thing", (), "x")
    rules = {"it": "[the] <inner> please", "inner": "{thing}"}
    grammar.set_rules("x", [Rule("x", "Do", ("(take|bring) <it>", "stop"))], rules)
    assert list(grammar.sentences()) == ["stop"] == list(grammar.sentences(seed=1))
    constraint = grammar.constraint(moonshine)
    assert constraint.advance(constraint.start, "take the") is None
