"""Lists of sentences, whose value is what was said."""

from __future__ import annotations

import pytest

from assistant.errors import GrammarError
from assistant.grammar.base import Phrase, Range, Rule, Value, View
from assistant.grammar.grammar import Grammar
from assistant.grammar.sentences import parse_sentences_yaml

FILE = """
intents:
  Work:
    data:
      - sentences: ["what is {sum} [please]"]
lists:
  n: {range: {from: 0, to: 100}}
  sum: {sentences: ["{n} <op> {n}", "{n} <op> {n} <op> {n}", "[the] root of {n}"]}
expansion_rules:
  op: "(plus|times)"
"""


def grammar_of(text: str) -> Grammar:
    grammar = Grammar()
    grammar.set_sentences("sums", parse_sentences_yaml(text, "sums", "sums.yaml"))
    return grammar


@pytest.mark.parametrize(
    ("said", "value"),
    [("what is seven times 8 please", "seven times 8"), ("What is 1 plus 2 plus three?", "1 plus 2 plus three"),
     ("what is the root of 9", "the root of 9")],
)
def test_the_value_is_what_was_said(said: str, value: str) -> None:
    (match,) = grammar_of(FILE).match(said)
    assert match.slots == {"sum": value} and match.wildcards == 0


@pytest.mark.parametrize("said", ["what is seven", "what is seven over 8", "what is 1 plus plus 2"])
def test_nothing_else_is_heard(said: str) -> None:
    assert grammar_of(FILE).match(said) == []


def test_copies_hear_the_same() -> None:
    grammar = grammar_of(FILE)
    copy = Grammar.load(grammar.dump())
    followed = Grammar()
    for edit in grammar.edits_since(0):
        followed.apply(edit)
    for said in grammar.sentences(View(), 50, seed=1):
        assert copy.match(said) == followed.match(said) == grammar.match(said) != []


def test_it_follows_a_list_that_changes() -> None:
    grammar = Grammar()
    grammar.set_list("name", [Value("lamp", 1)])
    grammar.set_list("word", Phrase(("{name}", "the {name}")), "spelling")
    grammar.set_rules("spelling", [Rule("spelling", "Spell", ("spell {word}",))])
    assert grammar.match("spell the lamp")[0].slots == {"word": "the lamp"} and not grammar.match("spell oven")
    grammar.set_list("name", [Value("oven", 2)])
    assert grammar.match("spell oven")[0].slots == {"word": "oven"} and not grammar.match("spell lamp")


def test_a_phrase_may_hold_phrases_but_not_itself() -> None:
    grammar = Grammar()
    grammar.set_list("n", Range(0, 9), "s")
    grammar.set_list("term", Phrase(("{n}", "minus {n}")), "s")
    grammar.set_list("sum", Phrase(("{term} plus {term}",)), "s")
    grammar.set_rules("s", [Rule("s", "I", ("{sum}",))])
    assert grammar.match("minus 1 plus two")[0].slots == {"sum": "minus 1 plus two"}
    with pytest.raises(GrammarError, match="in a circle"):
        grammar.set_list("term", Phrase(("{sum}",)), "s")
    assert grammar.match("1 plus 2"), "the grammar is unchanged"


@pytest.mark.parametrize(
    ("sentence", "what"),
    [("{nn} plus", "there is no list {nn}"), ("{n} <opp>", "there is no expansion rule <opp>"), ("{n} (a|b", "(")],
)
def test_faults_name_their_line(sentence: str, what: str) -> None:
    with pytest.raises(GrammarError) as caught:
        grammar_of(FILE.replace("[the] root of {n}", sentence))
    assert what in str(caught.value) and "sums.yaml:8" in str(caught.value)


def test_sentences_that_hold_open_words_are_as_open_as_these() -> None:
    grammar = Grammar()
    fact = 'lists: {fact: {sentences: ["the {anything}"]}}'
    for name, text in (
        ("memory", f'{{intents: {{Forget: {{data: [{{sentences: ["forget {{fact}}"]}}]}}}}, {fact}}}'),
        ("reminders", '{intents: {Cancel: {data: [{sentences: ["forget the reminder to {anything:what}"]}]}}}'),
    ):
        grammar.set_sentences(name, parse_sentences_yaml(text, name, name))
    first, second = grammar.match("forget the reminder to feed the cat")
    assert (first.skill, first.slots) == ("reminders", {"what": "feed the cat"})
    assert (second.skill, second.wildcards) == ("memory", 1)
