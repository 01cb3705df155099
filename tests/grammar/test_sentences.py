"""Sentence files."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import GrammarError
from assistant.grammar.base import Range, View, Wildcard
from assistant.grammar.grammar import Grammar
from assistant.grammar.sentences import load_sentences_yaml

COFFEE = """\
language: en
intents:
  OrderCoffee:
    data:
      - sentences:
          - "(make me|i want) [a] [{size}] {coffeeDrink}"
          - "<start> coffee now"
        slots: {kind: coffee}
      - sentences: ["make it {shade}"]
        scope: follow_up
        lists: {shade: {values: [dark, light]}}
        requires_context: {area: {slot: true}}
lists:
  size: {values: [small, {in: "(large|big)", out: large, context: {hot: true}}]}
  coffeeDrink: {values: [latte, iced mocha]}
  strength: {range: {from: 0, to: 10, step: 2, fractions: halves, multiplier: 10}}
  note: {wildcard: true}
expansion_rules:
  start: "(make|brew)"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "sentences.yaml"
    path.write_text(text, "utf-8")
    return path


def test_a_file_becomes_rules_lists_and_expansions(tmp_path: Path) -> None:
    path = write(tmp_path, COFFEE)
    found = load_sentences_yaml(path, "coffee")
    assert found.lists["strength"] == Range(0, 10, 2, "halves", 10)
    assert found.lists["note"] == Wildcard()
    assert found.rules[0].where == f"{path}:6" and found.rules[1].scope == "follow_up"
    grammar = Grammar()
    grammar.set_sentences("coffee", found)
    match = grammar.match("I want a big iced mocha")[0]
    assert match.slots == {"size": "large", "coffeeDrink": "iced mocha", "kind": "coffee"}
    assert type(match.slots["coffeeDrink"]) is str
    assert grammar.match("brew coffee now")[0].slots == {"kind": "coffee"}
    view = View(scopes=("follow_up",), area="kitchen")
    assert grammar.match("make it dark", view)[0].slots == {"shade": "dark", "area": "kitchen"}


def test_setting_sentences_again_forgets_old_lists(tmp_path: Path) -> None:
    grammar = Grammar()
    grammar.set_sentences("coffee", load_sentences_yaml(write(tmp_path, COFFEE), "coffee"))
    shorter = COFFEE.replace("[{size}] ", "").replace("  size:", "  other:")
    grammar.set_sentences("coffee", load_sentences_yaml(write(tmp_path, shorter), "coffee"))
    assert grammar.match("i want latte") and not grammar.match("i want small latte")


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("<start> coffee now", "<stat> coffee", 7, "did you mean <start>?"),
        ("<start> coffee now", "brew (coffee", 7, "never closed at column 6"),
        ("{coffeeDrink}", "{coffeDrink}", 6, "did you mean {coffeeDrink}?"),
        ("slots:", "slotz:", 8, "did you mean 'slots'?"),
        ("iced mocha", "iced (mocha", 15, "never closed"),
        ("(make|brew)", "(make|brew", 19, "never closed"),
        ("from: 0, ", "", 16, "needs numbers 'from' and 'to'"),
        ("{wildcard: true}", "{wild: true}", 17, "needs values, said, range or wildcard"),
        ("[latte, iced mocha]", "[latte, off]", 15, "write it in quotes"),
        ('["make it {shade}"]', "[]", 3, "a block without sentences"),
        ("  OrderCoffee:", "  OrderCoffee: [", 5, "is not YAML"),
    ],
)
def test_faults_name_file_line_and_remedy(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    assert old in COFFEE
    path = write(tmp_path, COFFEE.replace(old, new))
    with pytest.raises(GrammarError) as caught:
        load_sentences_yaml(path, "coffee")
    assert str(caught.value).startswith(f"{path}:{line}: ") and message in str(caught.value)


def test_a_missing_or_odd_file_is_explained(tmp_path: Path) -> None:
    with pytest.raises(GrammarError, match="cannot be read"):
        load_sentences_yaml(tmp_path / "none.yaml", "x")
    with pytest.raises(GrammarError, match="must be a mapping, not list"):
        load_sentences_yaml(write(tmp_path, "- a\n"), "x")
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(GrammarError, match="not UTF-8"):
        load_sentences_yaml(path, "x")
