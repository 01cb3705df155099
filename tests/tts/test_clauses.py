"""Where a text is cut, and what of it is spoken."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.tts.clauses import LONG_SENTENCE, LONGEST_OPENING, MAX_TEXT, clauses, clean, phrase_ahead


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Turned on the kitchen light.", ["Turned on the kitchen light."]),
        ("It was already off. Anything else?", ["It was already off.", "Anything else?"]),
        ("Dr. Smith arrives at 7:30 p.m. today.", ["Dr. Smith arrives at 7:30 p.m. today."]),
        ("It is 7 p.m. The light is on.", ["It is 7 p.m.", "The light is on."]),
        ("It is 19.5 degrees, i.e. warm. Good.", ["It is 19.5 degrees, i.e. warm.", "Good."]),
        ("J. R. called. So did I. Yes.", ["J. R. called.", "So did I.", "Yes."]),
        ('He said "stop!" Then it stopped.', ['He said "stop!"', "Then it stopped."]),
        ("Wait... what?", ["Wait... what?"]),
        ("one\ntwo", ["one", "two"]),
        ("Version 2.0 is out", ["Version 2.0 is out"]),
        ("", []), ("...", []), ("😀 🎉", []), (" \t\n ", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert clauses(text) == expected


def test_only_a_long_opening_gives_its_first_clause_ahead() -> None:
    long = "The light in the kitchen is on, and the one in the bedroom, which you asked about, is off."
    assert clauses(long)[0] == "The light in the kitchen is on,"
    assert len(clauses(long)) == 2
    assert clauses(f"Yes. {long}") == ["Yes.", long]
    assert clauses("No, the lamp in the long corridor upstairs did not answer") != ["No,"]


def test_a_long_opening_without_a_mark_is_cut_before_a_phrase() -> None:
    long = "The lamp in the hall on the second floor is on since the last person who walked past it yesterday left."
    first, second = clauses(long)
    assert first == "The lamp in the hall on the second floor is on since the last person"
    assert f"{first} {second}" == long and len(first) <= LONGEST_OPENING
    assert phrase_ahead("especially as no more time is occupied,", 20) == [
        "especially", "as no more time is occupied,"]
    assert phrase_ahead("unbelievable mountainous wonders", 20) == ["unbelievable", "mountainous wonders"]
    assert phrase_ahead("x" * 40, 20) == ["x" * 40] and phrase_ahead("short", 20) == ["short"]


def test_unspeakable_characters_go() -> None:
    assert clean("A\x00 lamp\u200b 💡 is\u00a0on\r\n\n  now 👍🏽 at 21°C") == "A lamp is on\nnow at 21°C"


def test_a_long_text_is_cut_and_bounded() -> None:
    pieces = clauses("a word or two, " * 5_000)
    assert max(map(len, pieces)) <= LONG_SENTENCE
    assert sum(map(len, pieces)) <= MAX_TEXT
    assert max(map(len, clauses("x" * 1_000))) <= LONG_SENTENCE


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400))
def test_no_letter_is_lost_or_said_twice(text: str) -> None:
    def letters(words: str) -> str:
        return "".join(character for character in words if character.isalnum())

    assert letters("".join(clauses(text))) == letters(clean(text))
    assert all(0 < len(piece) <= LONG_SENTENCE + 1 for piece in clauses(text))
