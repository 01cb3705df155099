"""Copies of the grammar in workers."""

from __future__ import annotations

import json

import pytest

from assistant.errors import GrammarError
from assistant.grammar.base import Rule, Value, View, Vocabulary
from assistant.grammar.edits import view_from, view_to
from assistant.grammar.grammar import MOST_EDITS, Grammar

KITCHEN = View(area="kitchen")


def same(one: Grammar, other: Grammar) -> bool:
    return one.dump() == other.dump() and list(one.sentences(KITCHEN, 80, seed=1)) == list(
        other.sentences(KITCHEN, 80, seed=1)
    )


def test_a_dump_is_plain_data_and_loads(home: Grammar) -> None:
    copy = Grammar.load(json.loads(json.dumps(home.dump())))
    assert copy.version == home.version and same(copy, home)
    assert copy.match("turn on the fan", KITCHEN) == home.match("turn on the fan", KITCHEN)


def test_a_copy_follows_edit_by_edit(home: Grammar) -> None:
    copy = Grammar.load(home.dump())
    version = home.version
    home.set_list("name", [Value("(tea|coffee) maker", "maker")])
    home.set_rules("x", [Rule("x", "X", ("hello",))])
    home.remove_skill("home")
    edits = json.loads(json.dumps(home.edits_since(version)))
    assert [edit["op"] for edit in edits] == ["list", "rules", "remove"]
    for edit in edits:
        copy.apply(edit)
    assert same(copy, home) and copy.match("hello") and not copy.match("turn on the tea maker")


def test_a_copy_far_behind_gets_everything(home: Grammar) -> None:
    copy = Grammar.load(home.dump())
    for number in range(MOST_EDITS + 1):
        home.set_list("area", [Value(f"room {number}", number)])
    edits = home.edits_since(copy.version)
    assert len(edits) == 1
    copy.apply(edits[0])
    assert same(copy, home)


def test_a_missing_edit_is_noticed(home: Grammar) -> None:
    copy = Grammar.load(home.dump())
    home.set_list("area", [])
    home.set_list("area", [Value("attic", "attic")])
    with pytest.raises(GrammarError, match="does not follow version"):
        copy.apply(home.edits_since(copy.version)[1])


def test_removing_a_skill_forgets_its_lists_and_sentences(home: Grammar) -> None:
    home.remove_skill("home")
    home.remove_skill("unheard of")
    assert not home.match("turn on the fan") and list(home.sentences()) == []
    assert all(entry["skill"] == "" for entry in home.dump()["lists"])


def test_views_travel() -> None:
    for view in (View(), View(("yes_no",), "kitchen", ("a [b]",), ("x",)), View(skills=())):
        assert view_from(json.loads(json.dumps(view_to(view)))) == view


def test_setting_the_same_again_changes_nothing(home: Grammar) -> None:
    version, data = home.version, home.dump()
    for entry in data["lists"]:
        if entry["kind"] == "values":
            home.set_list(entry["name"], [Value(*value) for value in entry["values"]], entry["skill"])
    assert home.version == version


def test_many_edits_in_a_row_cost_little_until_used(home: Grammar) -> None:
    for count in range(1, 60):
        home.set_list("name", [Value(f"lamp {number}", number, {"domain": "light"}) for number in range(count)])
    assert home.match("turn on lamp 58", KITCHEN)[0].slots == {"name": 58}
    assert not home.match("turn on the fan", KITCHEN)


def test_a_list_that_referred_to_an_empty_one_is_heard_once_it_does_not(moonshine: Vocabulary) -> None:
    grammar = Grammar()
    grammar.set_list("inner", (), "x")
    grammar.set_list("thing", [Value("[the] {inner}", 1)], "x")
    grammar.set_rules("x", [Rule("x", "Do", ("take <it>", "stop"))], {"it": "{thing} please"})
    constraint = grammar.constraint(moonshine)
    assert constraint.advance(constraint.start, "take the lamp please") is None
    grammar.set_list("thing", [Value("the lamp", 1)], "x")
    constraint = grammar.constraint(moonshine)
    after = constraint.advance(constraint.start, "take the lamp please")
    assert after is not None and constraint.is_final(after)
    assert grammar.match("take the lamp please")[0].intent == "Do"
    grammar.set_list("thing", [Value("[the] {inner}", 1)], "x")
    constraint = grammar.constraint(moonshine)
    assert constraint.advance(constraint.start, "take the lamp please") is None
    grammar.network.compact()
    assert list(grammar.sentences()) == ["stop"]
