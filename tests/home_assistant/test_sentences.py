"""What people say in four languages means what Home Assistant's words for it are."""

from __future__ import annotations

import pytest

from assistant.bench.intent_links import Settled
from assistant.bench.intent_score import plain
from assistant.dialogue.tongues import TONGUES
from assistant.grammar.base import View
from assistant.grammar.grammar import Grammar
from assistant.home.schema import Device, Household
from assistant.home.vocabulary import vocabulary
from assistant.home_assistant.package import language_of, languages
from assistant.home_assistant.sentences import SKILL, WRITTEN, home_assistant_sentences, without_skipped
from assistant.home_assistant.translate import in_home_assistants_words
from tests.home_assistant.households import Said, grammar, home, meanings, said


@pytest.mark.parametrize("language", ["en", "de", "es", "fr"])
def test_what_people_say(language: str) -> None:
    sentences = said(language)
    assert len(sentences) >= (120 if language == "en" else 25)
    wrong = [f"{one.text}: {found}" for one in sentences if (found := _found(language, one)) != _expected(one)]
    assert not wrong, "\n".join(wrong)


def _found(language: str, one: Said) -> tuple[str, object]:
    found = meanings(language, one.text, one.area)
    if not found:
        return "", {}
    intent, slots = in_home_assistants_words(found[0], home(language).devices)
    return intent, plain(slots)


def _expected(one: Said) -> tuple[str, object]:
    return one.intent, plain(one.slots)


def test_of_two_devices_of_one_name_the_room_decides() -> None:
    for text, area, device in (
        ("turn on the reading lamp in the bedroom", "", "lamp_bedroom"),
        ("turn on the reading lamp in the living room", "bedroom", "lamp_living"),
        ("turn on the reading lamp", "living room", "lamp_living"),
        ("turn on the reading lamp", "bedroom", "lamp_bedroom"),
    ):
        assert meanings("en", text, area)[0].slots["name"] == device, (text, area)


def test_a_room_is_required_where_nobody_says_one() -> None:
    view = View(area="kitchen")
    assert grammar("en").contains("turn on the lights here", view)
    assert not grammar("en").contains("turn on the lights here", View())


def test_what_is_required_of_a_device_is_required_while_listening() -> None:
    known = grammar("en").contains
    assert known("unlock the front door") and not known("unlock the floor lamp")
    assert known("is the garage door open") and not known("is the front door open")


def test_bare_names_and_open_sentences_are_only_written() -> None:
    for text in ("coffee machine", "turn off the lights in 5 minutes"):
        assert grammar("en").contains(text, View(("order", WRITTEN))), text
        assert not grammar("en").contains(text), text


def test_politeness_is_heard_around_a_sentence() -> None:
    assert grammar("en").contains("could you turn on the floor lamp please")
    assert grammar("de").contains("schalte die Kaffeemaschine ein bitte")
    assert without_skipped("turn on please the floor lamp") == "turn on the floor lamp"
    assert without_skipped("displeased", "en") == "displeased"


def test_numbers_are_words_of_the_language() -> None:
    (one, *_) = meanings("de", "dimme die Deckenlampe auf einundzwanzig Prozent")
    assert one.slots["brightness"] == 21
    (one, *_) = meanings("fr", "règle la température du salon à 19,5 degrés")
    assert one.slots["temperature"] == 19.5


def test_a_home_without_floors_or_rooms() -> None:
    lamp = Device(name="Lämpchen #3 (alt)", kind="light")
    made = Grammar()
    for name, values in vocabulary(Settled(Household(devices=(lamp,)))).items():
        made.set_list(name, values)
    made.set_sentences(SKILL, home_assistant_sentences("en"))
    assert made.match("turn on lämpchen 3 alt")[0].slots == {"name": lamp.id}
    assert not made.match("turn on the lights in the kitchen") and not made.match("turn on the upstairs lights")


def test_languages_are_found_by_their_region_or_without() -> None:
    assert len(languages()) == 65
    assert [language_of(one) for one in ("de", "de-CH", "de-AT", "xx")] == ["de", "de-CH", "de", ""]


@pytest.mark.parametrize("language", TONGUES)
def test_what_is_suggested_in_a_language_is_understood(language: str) -> None:
    suggested = TONGUES[language].suggestions(home(language).devices.values())
    assert len(suggested) >= 3 and all(map(grammar(language).contains, suggested)), suggested
    without = TONGUES[language].suggestions([])
    assert without and not any("{" in text or text.endswith(" ") for text in without)
