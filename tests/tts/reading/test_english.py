"""What people of a house say and hear, read aloud: a table of what is written and what is spoken."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.tts.reading.english import spoken
from assistant.tts.reading.say_as import say_as

TABLE = [line.split("\t") for line in Path(__file__).with_name("english.tsv").read_text("utf-8").splitlines()]


@pytest.mark.parametrize(("written", "said"), TABLE, ids=[written for written, _ in TABLE])
def test_it_is_read_as_a_person_reads_it(written: str, said: str) -> None:
    assert spoken(written) == said


def test_words_alone_stay_as_they_are() -> None:
    text = "Turned on the floor lamp, and closed the blinds in the living room."
    assert spoken(text) == text


@given(st.text(max_size=200))
def test_any_text_can_be_read_and_no_digit_of_ours_stays(text: str) -> None:
    assert not any(character in "0123456789" for character in spoken(text))


def test_the_household_has_its_own_words() -> None:
    lexicon = {"Saoirse": "SEER-sha", "B&B": "bed and breakfast", "42b": "forty-two bee"}
    assert spoken("saoirse's B&B is in 42b.", lexicon) == "SEER-sha's bed and breakfast is in forty-two bee."
    assert spoken("Saoirsella", lexicon) == "Saoirsella"


@pytest.mark.parametrize(("written", "said"), [
    ("12 \N{GREEK SMALL LETTER MU}g/m³ of dust", "twelve micrograms per cubic metre of dust"),
    ("5 \N{LATIN SMALL LETTER LONG S}", "five seconds"),
    ("5 m\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}n", None),
    ("\N{LATIN SMALL LETTER LONG S}un at 5", "Sunday at five"),
    ("9" * 400 + "th", "nine " * 399 + "nine"),
    ("1" * 5000 + "st", None),
])
def test_what_only_looks_like_a_unit_or_a_count_silences_no_answer(written: str, said: str | None) -> None:
    assert spoken(written) == said if said else spoken(written)


@pytest.mark.parametrize("text", ["the \N{LATIN SMALL LETTER LONG S}ofa", "the s\N{LATIN SMALL LETTER DOTLESS I}de"])
def test_letters_that_only_a_pattern_takes_for_others_silence_no_answer(text: str) -> None:
    assert spoken(text, {"sofa": "so far", "side": "sigh"})


def test_a_day_of_a_year_that_no_calendar_has_stays_as_it_is() -> None:
    text = "1/1/" + "9" * 40
    assert say_as(text, "date") == text


def test_hostile_text_is_read_in_time() -> None:
    for text in ("1" * 10_000, "1," * 5_000, "9:" * 5_000, "a@" * 5_000, "1-" * 5_000, "$" * 10_000, "St. " * 2_500):
        assert spoken(text)
