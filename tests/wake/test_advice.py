"""What speaks against a wake phrase is said, with the reason; good phrases are left alone."""

from __future__ import annotations

import pytest

from assistant.asr.constrained.pieces import Pieces
from assistant.grammar.base import Rule
from assistant.grammar.grammar import Grammar
from assistant.wake.advice import advice, advise, recogniser_pieces
from assistant.wake.calls import Call
from assistant.wake.frequency import hourly, rank
from assistant.wake.pronunciation import Word, distance, pronounced
from assistant.wake.sayable import unsayable

GOOD = ("hey nova", "okay jarvis", "alexa", "hello orchid", "hey computer")


@pytest.fixture(scope="module")
def pieces() -> Pieces:
    return recogniser_pieces()


@pytest.fixture(scope="module")
def grammar() -> Grammar:
    made = Grammar()
    made.set_rules("home", [Rule("home", "Off", ("turn off the lights",)), Rule("home", "Night", ("good night",))])
    return made


@pytest.mark.parametrize(
    ("phrase", "why"),
    [("", "cannot write"), ("?!", "cannot write"), ("новая", "cannot write 'н'"), ("hey brrr", "'brrr': it has no"),
     ("hey nova", ""), ("r2", ""), ("rhythm", ""), ("hey o'neil", "")],
)
def test_what_cannot_be_said_is_told(phrase: str, why: str) -> None:
    assert why in unsayable(phrase) and bool(unsayable(phrase)) is bool(why)


def test_how_phrases_sound() -> None:
    words = {word.text: word for word in pronounced(["nova", "go", "jarvis", "hey computer", "hey noah"])}
    assert {text: word.syllables for text, word in words.items()} == {
        "nova": 2, "go": 1, "jarvis": 2, "hey computer": 4, "hey noah": 3,
    }
    assert distance(words["nova"].sounds, words["nova"].sounds) == 0
    assert distance(words["nova"].sounds, words["jarvis"].sounds) > 2


def test_frequent_words_are_known_as_such() -> None:
    assert rank("the") == 1 and rank("computer") < rank("nova") < rank("zzyzx")
    assert hourly("music") > hourly("computer") > 0.3 > hourly("nova") > hourly("hey nova") > 0
    assert hourly("") == 0


@pytest.mark.parametrize("phrase", GOOD)
def test_nothing_speaks_against_a_good_phrase(phrase: str, grammar: Grammar) -> None:
    assert advise(Call(phrase), [Call("marvin")], grammar) == []


@pytest.mark.parametrize(
    ("phrase", "reason"),
    [
        ("go", "it is short (2 sounds"), ("stop it", "sounds like “stop”"), ("cat", "it is short (3 sounds"),
        ("strange", "one syllable"),
        ("computer", "everyday word: in talk it is said about once in"), ("music", "times in an hour"),
        ("hey noah", "sounds like “hey nova”"), ("good night", "to the skill home already"),
        ("turn off", "orders begin with it"), ("hey qxyjzkvw", "from 6 pieces"),
    ],
)
def test_the_reason_is_said(phrase: str, reason: str, grammar: Grammar) -> None:
    assert any(reason in told for told in advise(Call(phrase), [Call("hey nova")], grammar))


def test_a_phrase_for_silence_may_sound_like_one(grammar: Grammar) -> None:
    against = advise(Call("stop it"), [], grammar)
    assert any("stop" in told for told in against)
    assert advise(Call("stop it", "stop"), [], grammar) == []


def test_pieces_are_no_matter_of_a_detector_of_its_own(pieces: Pieces) -> None:
    phrase = Word("zbigniewczyk", "zbignjevtchik")
    assert any("pieces" in told for told in advice(phrase, (), None, pieces))
    assert advice(phrase, ()) == []
