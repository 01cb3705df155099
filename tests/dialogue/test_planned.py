"""Orders for later."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant.bench.intent_links import Settled, skills_grammar
from assistant.dialogue.chain import Chain
from assistant.dialogue.plainly import asks
from assistant.dialogue.planned import PLANNED, planned
from assistant.dialogue.several import several
from assistant.grammar.base import Match, Rule, View
from assistant.grammar.grammar import Grammar
from assistant.home.schema import Household
from assistant.paths import shipped_dir
from assistant.turns.views import ORDERS

ORDER = View()
SENTENCES = Path(__file__).parents[1] / "understanding" / "first"
MANY = 300
"""Questions there."""


@pytest.fixture(scope="module")
def grammar() -> Grammar:
    grammar = Grammar()
    lights = (Rule("home", "On", ("turn on the light",)), Rule("home", "Off", ("turn off the light",)))
    grammar.set_rules("home", lights)
    grammar.set_rules("routines", (
        Rule("routines", "Later", ("in {duration}", "at {time_of_day}", "[every] day at {time_of_day}"), PLANNED),
    ))
    return grammar


def found(grammar: Grammar, words: str) -> tuple[str, dict[str, Any]] | None:
    def meaning(text: str, view: View) -> Match | None:
        return next(iter(grammar.match(text, view)), None)

    def orders(text: str, view: View) -> list[Match]:
        whole = meaning(text, view)
        return [whole] if whole else list(several(text, view, meaning))

    match = planned(words, ORDER, orders, meaning)
    return (f"{match.skill}.{match.intent}", match.slots) if match else None


@pytest.mark.parametrize(("words", "order", "when"), [
    ("Turn on the light in ten minutes.", "Turn on the light", {"duration": 600}),
    ("in ten minutes, turn on the light", "turn on the light", {"duration": 600}),
    ("turn off the light at half past eight", "turn off the light", {"time_of_day": "08:30"}),
    ("every day at eight turn off the light", "turn off the light", {"time_of_day": "08:00"}),
    ("turn on the light and turn off the light in an hour", "turn on the light and turn off the light",
     {"duration": 3600}),
])
def test_an_order_and_its_time(grammar: Grammar, words: str, order: str, when: dict[str, Any]) -> None:
    assert found(grammar, words) == ("routines.Later", {"order": order, **when})


@pytest.mark.parametrize("words", [
    "turn on the light", "in ten minutes", "turn on the light in the kitchen", "sing a song in ten minutes", "", "in",
    "turn on the light in ten minutes in ten minutes",
])
def test_anything_else_is_none(grammar: Grammar, words: str) -> None:
    assert found(grammar, words) is None


@pytest.fixture(scope="module")
def house() -> Chain:
    """The shipped skills in the household that ships."""
    grammar = skills_grammar(Settled(Household.load(shipped_dir() / "configs" / "home.yaml")))
    return Chain([("grammar", lambda reading, heard, view: next(iter(grammar.match(reading, view)), None))])


def meanings(house: Chain, words: str) -> list[tuple[str, dict[str, Any]]]:
    return [(f"{match.skill}.{match.intent}", match.slots) for match in house.orders(words, ORDERS)]


@pytest.mark.parametrize(("words", "order", "when"), [
    ("close the blinds at ten", "close the blinds", "at ten"),
    ("open the bedroom blinds at seven", "open the bedroom blinds", "at seven"),
    ("lower the blinds in the bedroom at six", "lower the blinds in the bedroom", "at six"),
    ("turn on the fan at ten", "turn on the fan", "at ten"),
    ("turn the bedroom fan on at ten", "turn the bedroom fan on", "at ten"),
    ("could you turn off the light at ten", "turn off the light", "at ten"),
    ("do you mind closing the blinds at ten", "close the blinds", "at ten"),
    ("tell me the weather every morning at seven", "tell me the weather", "every morning at seven"),
    ("at ten do the good night routine", "do the good night routine", "at ten"),
])
def test_an_order_that_is_whole_without_its_time_is_for_later(
    house: Chain, words: str, order: str, when: str
) -> None:
    assert meanings(house, words) == [("routines.Later", {"order": order, "when": when})]


@pytest.mark.parametrize(("words", "meaning"), [
    ("set the blinds to ten", ("home.SetPosition", {"noun": "blind", "position": 10})),
    ("set the blinds at ten", ("home.SetPosition", {"noun": "blind", "position": 10})),
    ("close the blinds to ten", ("home.SetPosition", {"noun": "blind", "position": 10})),
    ("close the blinds at ten percent", ("home.SetPosition", {"noun": "blind", "position": 10})),
    ("open the bedroom blinds at half", ("home.SetPosition", {"area": "bedroom", "noun": "blind", "position": 50})),
    ("turn on the fan at fifty percent", ("home.SetFanSpeed", {"noun": "fan", "percentage": 50})),
    ("turn on the fan at full speed", ("home.SetFanSpeed", {"noun": "fan", "percentage": 100})),
    ("set the fan to fifty", ("home.SetFanSpeed", {"noun": "fan", "percentage": 50})),
])
def test_how_far_is_no_time(house: Chain, words: str, meaning: tuple[str, dict[str, Any]]) -> None:
    assert meanings(house, words) == [meaning]


@pytest.mark.parametrize("words", [
    "is the kitchen light on at ten", "what time is it in ten minutes", "how many alarms do I have at seven",
    "did I lock the front door today", "are the lights on tonight", "who is singing at ten",
    "tomorrow at five what is the weather", "should I close the blinds at ten",
    "do you know whether the front door is locked at ten", "have you got the time at ten",
    "do you know what 13 times 7 is at ten", "okay so do you have the forecast for tomorrow at ten",
    "what's on the shopping list tomorrow at five", "turn off the kitchen light and is the front door locked at ten",
])
def test_a_question_is_not_for_later(house: Chain, words: str) -> None:
    assert "routines.Later" not in [name for name, _ in meanings(house, words)]


@pytest.mark.parametrize(("words", "name"), [
    ("what is the weather tomorrow at five", "weather.Forecast"),
    ("what alarms do I have tomorrow", "alarms.ListAlarms"),
])
def test_a_question_has_a_time_of_its_own(house: Chain, words: str, name: str) -> None:
    assert [found for found, _ in meanings(house, words)] == [name]


def test_no_question_of_those_that_people_would_ask_is_for_later(house: Chain) -> None:
    said = [
        line.split("\t")[0] for file in sorted(SENTENCES.glob("*.tsv")) for line in file.read_text("utf-8").splitlines()
    ]
    asked = [words for words in said if asks(words)]
    assert len(asked) > MANY
    assert not [words for words in asked if "routines.Later" in dict(meanings(house, words))]


@pytest.mark.parametrize(("words", "order"), [
    ("play jazz at ten", "play jazz"),
    ("play some jazz in the kitchen in ten minutes", "play some jazz in the kitchen"),
    ("play jazz every day at seven", "play jazz"),
])
def test_a_time_at_the_end_of_an_open_slot_says_when(house: Chain, words: str, order: str) -> None:
    (found,) = meanings(house, words)
    assert found[0] == "routines.Later" and found[1]["order"] == order


@pytest.mark.parametrize(("words", "what"), [
    ("play tomorrow", "tomorrow"), ("play jazz at the opera", "jazz at the opera"),
    ("play monday monday", "monday monday"),
])
def test_what_may_be_a_name_is_no_time(house: Chain, words: str, what: str) -> None:
    (found,) = meanings(house, words)
    assert found[0] == "media.Play" and found[1]["what"] == what


def test_a_note_keeps_its_time(house: Chain) -> None:
    (found,) = meanings(house, "take a note that lunch is at ten")
    assert found[0] == "notes.Take" and str(found[1]["text"]).endswith("at ten")


def test_a_story_is_not_cut_into_orders(house: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each cut of it is matched, and cut again: that would take minutes."""
    asked: list[str] = []
    link = house.links[0][1]

    def noted(reading: str, heard: str, view: View) -> Match | None:
        asked.append(reading)
        return link(reading, heard, view)

    monkeypatch.setattr(house, "links", (("grammar", noted),))
    assert len(house.orders("turn on the fan and close the blinds", ORDERS)) == 2
    asked.clear()
    assert house.orders("turn on the fan at ten and so " * 200 + "close the blinds", ORDERS) == ()
    assert len(asked) < 10
