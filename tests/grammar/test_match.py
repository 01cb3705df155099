"""What sentences mean."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.errors import GrammarError
from assistant.grammar.base import Phrase, Rule, Value, View, Wildcard
from assistant.grammar.grammar import Grammar

KITCHEN = View(area="kitchen")


def meaning(grammar: Grammar, text: str, view: View = KITCHEN) -> tuple[str, dict[str, Any]]:
    match = grammar.match(text, view)[0]
    return match.intent, match.slots


@pytest.mark.parametrize(
    ("text", "intent", "slots"),
    [
        ("Turn on the kitchen light.", "On", {"name": "kitchen_light"}),
        ("please switch on my bedroom lamp in the kitchen", "On", {"name": "bedroom_lamp", "area": "kitchen"}),
        ("Turn on, my bed-room lamp!", "On", {"name": "bedroom_lamp"}),
        ("turn on the lights", "Lights", {"area": "kitchen"}),
        ("Dim the kitchen light to 50%.", "Dim", {"name": "kitchen_light", "level": 50}),
        ("dim kitchen light to fifty percent", "Dim", {"name": "kitchen_light", "level": 50}),
        ("set the kitchen to 19, 5 degrees", "Warm", {"area": "kitchen", "temperature": 19.5}),
        ("set kitchen to -5", "Warm", {"area": "kitchen", "temperature": -5.0}),
        ("Set a 25-minute timer.", "Timer", {"duration": 1500}),
        ("set a timer for 1 hour named the big roast", "Timer", {"duration": 3600, "note": "the big roast"}),
        ("Wake me at 7.15 a.m.", "Wake", {"time_of_day": "07:15"}),
        ("volume minus ten", "Volume", {"level": -10, "what": "volume"}),
    ],
)
def test_meaning(home: Grammar, text: str, intent: str, slots: dict[str, Any]) -> None:
    assert meaning(home, text) == (intent, slots)


@pytest.mark.parametrize(
    "text",
    ["", "turn", "turn on the", "turn on the kitchen lights now", "dim the fan to 50", "dim kitchen light to 101",
     "volume seven", "yes", "turn onthe fan", "turn on the fa n"],
)  # fmt: skip
def test_no_meaning(home: Grammar, text: str) -> None:
    assert home.match(text, KITCHEN) == []
    assert not home.contains(text, KITCHEN)


def test_what_needs_an_area_needs_one(home: Grammar) -> None:
    assert home.match("turn on the lights", View()) == []


def test_a_shared_name_gives_all_devices_this_area_first(home: Grammar) -> None:
    for here, there in (("kitchen", "bedroom"), ("bedroom", "kitchen")):
        matches = home.match("turn on the fan", View(area=here))
        assert [match.slots["name"] for match in matches] == [f"{here}_fan", f"{there}_fan"]


def test_scopes_and_skills_select_rules(home: Grammar) -> None:
    assert meaning(home, "yes please", View(scopes=("yes_no",)))[0] == "Yes"
    assert home.match("turn on the fan", View(scopes=("yes_no",))) == []
    assert home.match("turn on the fan", View(skills=("other",))) == []
    assert home.match("turn on the fan", View(skills=("home",)))


def test_an_open_question_adds_its_answers(home: Grammar) -> None:
    view = View(scopes=("yes_no",), sentences=("[the] {area}", "volume {level}"), skills=("home",))
    match = home.match("The kitchen.", view)[0]
    assert (match.skill, match.intent, match.slots) == ("", "answer", {"area": "kitchen"})
    assert meaning(home, "volume five", view) == ("answer", {"level": 5})
    assert home.match("the kitchen", View(scopes=("yes_no",))) == []


def test_literal_text_beats_wildcards() -> None:
    grammar = Grammar()
    grammar.set_list("text", Wildcard(3))
    grammar.set_rules("notes", [Rule("notes", "Note", ("note {text}",)), Rule("notes", "Last", ("note the last one",))])
    assert [m.intent for m in grammar.match("note the last one")] == ["Last", "Note"]
    assert grammar.match("note a b c")[0].slots == {"text": "a b c"}
    assert grammar.match("note a b c d") == []
    assert grammar.match("note") == []


def test_a_wildcard_hands_back_at_every_word() -> None:
    grammar = Grammar()
    grammar.set_list("text", Wildcard())
    grammar.set_rules("r", [Rule("r", "Remind", ("remind me to {text} at {time_of_day}",))])
    match = grammar.match("remind me to be home at 8 at half past nine")[0]
    assert match.slots == {"text": "be home at 8", "time_of_day": "09:30"}


def test_excluded_context_and_lists_of_skills() -> None:
    grammar = Grammar()
    grammar.set_list("name", [Value("lamp", 1, {"domain": "light"}), Value("fan", 2, {"domain": "fan"})])
    grammar.set_list("name", [Value("teapot", 3)], "tea")
    grammar.set_rules("a", [Rule("a", "Not", ("stop {name}",), excludes={"domain": ["light"]})])
    grammar.set_rules("tea", [Rule("tea", "Boil", ("boil {name}",))])
    assert grammar.match("stop fan") and not grammar.match("stop lamp")
    assert grammar.match("boil teapot") and not grammar.match("boil fan")


def test_an_optional_name_must_be_said_where_its_context_is_required() -> None:
    grammar = Grammar()
    grammar.set_list("name", [Value("lamp", 1, {"domain": "light"})])
    grammar.set_rules("a", [Rule("a", "On", ("light [up] [{name}]",), requires={"domain": "light"})])
    assert grammar.match("light up lamp") and not grammar.match("light up") and not grammar.match("light")


@pytest.mark.parametrize(
    ("sentence", "message"),
    [
        ("turn (on|off", "'(' is never closed at column 6"),
        ("turn [on) it", "')' where ']' should close the '[' of column 6"),
        ("turn on]", "']' closes nothing at column 8"),
        ("turn <teh> it", "did you mean <the>?"),
        ("  ", "nothing is said"),
        ("turn () it", "'()' is empty"),
        ("go <loop>", "<loop> -> <pool> -> <loop>"),
        ("(a;b;c;d;e;f;g;h;i)", "a permutation of 9 parts"),
    ],
)
def test_a_wrong_template_is_explained(home: Grammar, sentence: str, message: str) -> None:
    before = home.version
    with pytest.raises(GrammarError) as caught:
        home.set_rules(
            "x",
            [Rule("x", "X", ("fine", sentence), where="x.yaml:7")],
            {"the": "the", "loop": "a <pool>", "pool": "b <loop>"},
        )
    assert message in str(caught.value) and "x.yaml:7" in str(caught.value)
    assert home.version == before and home.match("turn on the fan", KITCHEN)


def test_a_wrong_list_entry_leaves_the_grammar_as_it_was(home: Grammar) -> None:
    with pytest.raises(GrammarError, match=r"list \{name\}.*never closed"):
        home.set_list("name", [Value("good lamp", 1), Value("(bad lamp", 2)])
    assert home.match("turn on the fan", KITCHEN) and not home.match("turn on good lamp", KITCHEN)


def test_problems_names_unset_lists_and_open_beginnings(home: Grammar) -> None:
    assert home.problems() == []
    home.set_list("text", Wildcard())
    home.set_rules("x", [Rule("x", "X", ("play {song}",)), Rule("x", "Y", ("[a ]{text} b",), where="y.yaml:3")])
    unset, begins = home.problems()
    assert "{song}" in unset and begins.startswith("y.yaml:3")


def things() -> Grammar:
    grammar = Grammar()
    grammar.set_list("rest", Wildcard(), "s")
    grammar.set_list("one", Wildcard(1), "s")
    grammar.set_list("good", [Value("eggs", 1), Value("oat milk", 2)], "s")
    grammar.set_list("mine", Phrase(("(my|our) {rest}", "{one}'s {rest}")), "s")
    grammar.set_list("goods", Phrase(("{good}[ [and] {good}]",)), "s")
    sentences = ("what is {mine:what}", "buy {goods:what}", "buy {rest:what}")
    grammar.set_rules("s", [Rule("s", "Ask", sentences)])
    return grammar


def test_a_list_of_sentences_gives_the_words_said() -> None:
    grammar = things()
    said = {text: [match.slots for match in grammar.match(text)] for text in (
        "What is my shoe size?", "what is Lucy's shoe size", "what is the time", "what is my",
    )}
    assert list(said.values()) == [[{"what": "my shoe size"}], [{"what": "lucy's shoe size"}], [], []]
    assert grammar.match("what is my shoe size")[0].wildcards == 1  # what a phrase leaves open is open
    first, second = grammar.match("buy eggs and oat milk"), grammar.match("buy bread and oat milk")
    assert [match.wildcards for match in (*first, *second)] == [0, 1]
    assert first[0].slots == {"what": "eggs and oat milk"}


def test_a_list_of_sentences_follows_the_lists_within_and_is_copied() -> None:
    grammar = things()
    copy = Grammar.load(grammar.dump())
    edits = grammar.version
    grammar.set_list("good", [Value("plums", 3)], "s")
    for edit in grammar.edits_since(edits):
        copy.apply(edit)
    for one in (grammar, copy):
        assert [match.wildcards for match in one.match("buy plums")] == [0]
        assert one.contains("what is our bin day") and not one.contains("what is bin day")


def test_a_match_keeps_the_text_as_it_was_given() -> None:
    first, second = (things().match(text)[0] for text in ("Buy Bread, jam!", "buy bread jam"))
    assert (first.slots, first.written, second.written) == (second.slots, "Buy Bread, jam!", "buy bread jam")
