"""What is wrong in names, lists and templates is said, and the rest of the grammar goes on."""

from __future__ import annotations

import logging
import time

import pytest

from assistant.errors import GrammarError
from assistant.grammar.base import Rule, Value, View, Vocabulary
from assistant.grammar.grammar import Grammar
from assistant.grammar.hearing import LONGEST

KITCHEN = View(area="kitchen")
LIGHT = Value("kitchen light", "kitchen_light", {"domain": "light"})


@pytest.fixture(scope="module")
def english(moonshine: Vocabulary) -> Vocabulary:
    """The pieces that the backend writes with: those in ASCII."""
    return Vocabulary(tuple(piece if piece.isascii() else "" for piece in moonshine.pieces), moonshine.eos)


@pytest.mark.parametrize("view", [View(), View(scopes=()), View(skills=("none",)), View(scopes=("yes_no",))])
def test_a_grammar_without_sentences_allows_nothing(moonshine: Vocabulary, view: View) -> None:
    grammar = Grammar()
    constraint = grammar.constraint(moonshine, view)
    assert not len(constraint.allowed(constraint.start)[0])
    assert not constraint.is_final(constraint.start) and not constraint.can_go_on(constraint.start)
    assert constraint.advance(constraint.start, "turn on the light") is None
    assert constraint.advance(constraint.start, "") == constraint.start
    assert grammar.match("turn on the light", view) == [] and grammar.match("", view) == []
    assert list(grammar.sentences(view, seed=1)) == [] == list(grammar.sentences(view)) and grammar.problems() == []
    copy = Grammar.load(grammar.dump())
    copy.set_rules("x", [Rule("x", "X", ("hello",), scope=(view.scopes or ("order",))[0])])
    assert copy.version == 1 and grammar.edits_since(0) == []


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("лампа на кухне", "does not write '\u0430', '\u0435', '\u043a'"),
        ("客厅灯", "does not write"),
        ("💡", "holds no word"),
        ("", "holds no word"),
        (" - ?! ...", "holds no word"),
        ("lamp " * 100, f"longer than {LONGEST} characters"),
    ],
)
def test_a_name_that_cannot_be_heard_is_told_once_and_the_others_are(
    home: Grammar, english: Vocabulary, caplog: pytest.LogCaptureFixture, said: str, reason: str
) -> None:
    with caplog.at_level(logging.WARNING):
        for extra in ("one", "two"):
            home.set_list("name", [LIGHT, Value(said, "odd_device", {"domain": "light"}), Value(extra, extra)])
            constraint = home.constraint(english, KITCHEN)
            after = constraint.advance(constraint.start, "turn on the kitchen light")
            assert after is not None and constraint.is_final(after)
    (warning,) = caplog.messages
    assert warning.startswith("list {name}: '") and "(odd_device)" in warning and reason in warning
    assert home.match("turn on the kitchen light", KITCHEN)[0].slots == {"name": "kitchen_light"}
    assert [match.slots for match in home.match(f"turn on {said}", KITCHEN)] == (
        [{"name": "odd_device"}] if any(character.isalnum() for character in said) else []
    )


def test_names_with_accents_and_pictures_are_heard(
    home: Grammar, english: Vocabulary, caplog: pytest.LogCaptureFixture
) -> None:
    home.set_list("name", [Value("Küche Décor 💡", 1), Value("Smørrebrød", 2), Value("Straße", 3)])
    constraint = home.constraint(english, KITCHEN)
    for said, value in {"kuche decor": 1, "Küche décor": 1, "smorrebrod": 2, "Strasse": 3}.items():
        after = constraint.advance(constraint.start, f"turn on {said}")
        assert after is not None and constraint.is_final(after)
        assert home.match(f"turn on {said}", KITCHEN)[0].slots == {"name": value}
    assert caplog.messages == []


def test_two_endless_names_that_begin_alike(home: Grammar, english: Vocabulary) -> None:
    names = ["ab " * 3000 + end for end in ("one", "two")]
    home.set_list("name", [Value(name, name[-3:]) for name in names])
    assert [home.match(f"turn on {name}", KITCHEN)[0].slots["name"] for name in names] == ["one", "two"]
    assert home.constraint(english, KITCHEN).advance(0, f"turn on {names[1]}") is not None


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ("(bad lamp", "'(' is never closed at column 1"),
        ("bad lamp]", "']' closes nothing at column 9"),
        ("big {name}", "lists refer to each other in a circle: {name} -> {name}"),
        ("{area} {ring}", "in a circle: {name} -> {ring} -> {name}"),
        ("<nothing> lamp", "there is no expansion rule <nothing>"),
    ],
)
def test_a_list_with_a_wrong_entry_is_refused_and_the_old_one_stays(home: Grammar, entry: str, says: str) -> None:
    home.set_list("name", [LIGHT])
    home.set_list("ring", [Value("ring [of] {name}", "ring")])
    version = home.version
    with pytest.raises(GrammarError) as caught:
        home.set_list("name", [LIGHT, Value(entry, 2)])
    assert says in str(caught.value) and str(caught.value).startswith("list {")
    assert home.version == version and home.match("turn on the kitchen light", KITCHEN)
    home.set_list("name", [LIGHT, Value("desk lamp", 3)])
    assert home.match("turn on the desk lamp", KITCHEN)


def test_a_list_may_hold_another_list(home: Grammar) -> None:
    home.set_list("name", [Value("{area} (lamp|light)", "some lamp", {"domain": "light"})])
    assert home.match("turn on the bedroom lamp", KITCHEN)[0].slots == {"name": "some lamp"}
    home.set_list("area", [Value("attic", "attic")])
    assert home.match("turn on the attic lamp", KITCHEN) and not home.match("turn on the bedroom lamp", KITCHEN)


def test_open_slots_in_a_row_keep_nobody_waiting(home: Grammar) -> None:
    sentences = (" ".join(f"{{anything:part_{number}}}" for number in range(8)),)
    began = time.process_time()
    home.match("and on " * 20, View(("stop",), sentences=sentences))
    assert time.process_time() - began < 5, "the ways to read them multiply"
