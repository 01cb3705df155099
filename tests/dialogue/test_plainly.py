"""Plainer wordings."""

from __future__ import annotations

import pytest

from assistant.bench.intent_links import VIEW, Settled, skills_grammar
from assistant.dialogue.chain import Chain
from assistant.dialogue.plainly import MOST, plainer, unasked
from assistant.grammar.base import Match, View
from assistant.home.schema import Household
from assistant.paths import shipped_dir


@pytest.fixture(scope="module")
def chain() -> Chain:
    grammar = skills_grammar(Settled(Household.load(shipped_dir() / "configs" / "home.yaml")))

    def meaning(reading: str, heard: str, view: View) -> Match | None:
        return next(iter(grammar.match(reading, view)), None)

    return Chain([("grammar", meaning)])


def texts(words: str) -> list[str]:
    return [wording.text for wording in plainer(words)]


@pytest.mark.parametrize(("words", "plain"), [
    ("Hey, um, turn on the light then", "turn on the light"),
    ("would you mind closing the blinds", "close the blinds"),
    ("would you be so kind as to dim the lamp", "dim the lamp"),
    ("do you think you could stop the timer", "stop the timer"),
    ("I'd like the blinds closed", "close the blinds"),
    ("could we have an alarm at 7", "set an alarm at 7"),
    ("I need to be woken at six", "wake me at six"),
    ("I was wondering whether the door is locked", "is the door locked"),
    ("could you tell me how late it is", "how late is it"),
    ("do you know how many days there are until easter", "how many days are there until easter"),
    ("set two timers, no, set one timer", "set one timer"),
    ("chuck milk on the list", "put milk on the list"),
])
def test_what_stands_around_a_request_goes(words: str, plain: str) -> None:
    assert plain in texts(words)


@pytest.mark.parametrize("words", ["", "turn on the light", "what day is it", "stop", "the kitchen light"])
def test_plain_words_have_no_plainer_ones(words: str) -> None:
    assert texts(words) == []


def test_what_is_asked_is_no_filler() -> None:
    assert not [text for text in texts("do you know the time") if text.startswith("do the")]
    assert not [text for text in texts("don't you know what time it is") if text.startswith("don't what")]
    assert "what time is it" in texts("what time you know is it") and "stop" in texts("stop, you know")


def test_an_order_without_its_courtesy() -> None:
    assert unasked("could you turn the fan off please") == "turn the fan off"
    assert unasked("turn the fan off") == "turn the fan off"


def test_capitals_and_marks_of_what_is_left_stay() -> None:
    assert "add Ben & Jerry's to the list" in texts("Could you please add Ben & Jerry's to the list?")


def test_there_are_not_many() -> None:
    long = "so um could you please tell me if you can whether I'd like to know what you think I want " * 20
    assert len(texts(long)) <= 2 * MOST


@pytest.mark.parametrize(("words", "order"), [
    ("I'd love the bedroom blinds closed, thanks", ("home.Close", {"area": "bedroom", "noun": "blind"})),
    ("um could you maybe switch on the floor lamp then", ("home.TurnOn", {"name": "floor_lamp"})),
    ("would you mind locking the front door for me", ("home.Lock", {"name": "front_door"})),
    ("lock, no wait, lock the front door", ("home.Lock", {"name": "front_door"})),
    ("I'd like to know how many days there are until christmas", ("dates.Until", {"date": "christmas"})),
])
def test_the_chain_understands_them(chain: Chain, words: str, order: tuple[str, dict[str, object]]) -> None:
    (match,) = chain.orders(words, VIEW)
    assert (f"{match.skill}.{match.intent}", match.slots) == order


def test_a_later_order_is_kept_without_its_courtesy(chain: Chain) -> None:
    (match,) = chain.orders("could you please turn off the floor lamp in ten minutes", VIEW)
    assert match.slots == {"order": "turn off the floor lamp", "when": "in ten minutes"}


@pytest.mark.parametrize("words", [
    "I don't want the light turned on", "we don't want you to lock the front door",
    "I'd like to cancel my reservation at the restaurant", "could you tell me my bank's minimum payment",
    "I would like to know what you think of turning on lights", "there is no light on",
    "do you know whether people usually lock the front door",
])
def test_what_asks_for_nothing_of_it_has_no_meaning(chain: Chain, words: str) -> None:
    assert chain.orders(words, VIEW) == ()
