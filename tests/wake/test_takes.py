"""Recordings of a wake phrase: the good ones are told from the others, and what the recogniser writes is learnt."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from assistant.asr.fold import fold
from assistant.audio.files import read_sound
from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.grammar.base import Rule
from assistant.grammar.grammar import Grammar
from assistant.skills.builtin import STOP_PHRASES
from assistant.testing.conformance.wake import spoken
from assistant.vad.silero import SileroVad
from assistant.wake.adapt import shaped, spellings
from assistant.wake.household import (
    NEGATIVES,
    RECORDINGS,
    forget_sounds,
    keep_sound,
    phrase_folder,
    read_spellings,
    sounds_of,
    write_spellings,
)
from assistant.wake.phrase import MoonshinePhraseScorer
from assistant.wake.takes import take, written


@cache
def scorer() -> MoonshinePhraseScorer:
    return MoonshinePhraseScorer()


@cache
def vad() -> SileroVad:
    return SileroVad()


def said(text: str) -> Pcm:
    return spoken(text, before=0.8, after=0.8)[0]


def loud(pcm: Pcm, gain: float) -> Pcm:
    return np.clip(pcm.astype(np.float64) * gain, -32768, 32767).astype(np.int16)


def test_a_good_recording_is_cut_to_the_phrase() -> None:
    pcm, begin, end = spoken("computer", before=0.8, after=0.8)
    found = take(pcm, "computer", scorer(), vad())
    assert found.fault == "" and fold(found.text) == "computer"
    assert end - begin < len(found.pcm) < end - begin + 0.8 * SAMPLE_RATE


@pytest.mark.parametrize(
    ("pcm", "why"),
    [
        (np.zeros(2 * SAMPLE_RATE, np.int16), "nobody speaks"), (np.zeros(0, np.int16), "nobody speaks"),
        (loud(said("computer"), 40), "clipped"), (loud(said("computer"), 0.02), "too quiet"),
        (said("computer tell me what the weather will be tomorrow in the mountains please"), "too long"),
        (said("good evening"), "other words: “Good evening"),
    ],
    ids=["silence", "nothing", "clipped", "quiet", "long", "others"],
)
def test_what_is_wrong_with_a_recording_is_said(pcm: Pcm, why: str) -> None:
    assert why in take(pcm, "computer", scorer(), vad()).fault


def test_a_click_is_too_short() -> None:
    pcm, begin, _ = spoken("computer", before=0.8, after=0.8)
    piece = np.zeros_like(pcm)
    piece[begin : begin + SAMPLE_RATE // 8] = pcm[begin : begin + SAMPLE_RATE // 8]
    assert any(why in take(piece, "computer", scorer(), vad()).fault for why in ("too short", "nobody", "other words"))


def test_the_recogniser_writes_what_it_hears() -> None:
    assert fold(written(scorer(), said("good evening"))) == "good evening"


@pytest.mark.parametrize(
    ("text", "phrase", "shape"),
    [("Hey, no-va.", "hey nova", "hey nova"), ("Hey no over!", "hey nova", "hey noover"), ("Nova", "hey nova", "nova"),
     ("come pewter", "computer", "comepewter"), ("", "computer", "")],
)
def test_spellings_have_no_more_words_than_the_phrase(text: str, phrase: str, shape: str) -> None:
    assert shaped(text, phrase) == shape


GRAMMAR = Grammar()
GRAMMAR.set_rules("home", [Rule("home", "Over", ("hey rover",))])


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["Hey Noah.", "hey noah", "Hey Nova"], ["hey noah"]),
        (["Hey Noah.", "Hey Nova"], []),  # once is chance
        (["Hey, no-va", "hey no va"], []),  # the same letters are free anyway
        (["turn on the light"] * 3, []),  # too far
        (["hey rover"] * 3, []),  # an order
        (["the"] * 3, []), ([], []),
    ],
)
def test_only_near_spellings_are_taken(texts: list[str], expected: list[str]) -> None:
    assert spellings("hey nova", texts, STOP_PHRASES, GRAMMAR) == expected


def test_no_spelling_comes_near_another_phrase() -> None:
    assert spellings("hey nova", ["hey noah"] * 3, ["hey joanna", *STOP_PHRASES]) == ["hey noah"]
    assert spellings("hey nova", ["hey noah"] * 3, ["hey noa"]) == []


def test_an_everyday_word_is_no_spelling() -> None:
    assert spellings("servis", ["service"] * 3, []) == []


def test_what_is_kept_is_listed_numbered_and_erased(own_folders: Path) -> None:
    pcm = said("computer")
    paths = [keep_sound("Hey, Nova!", RECORDINGS, pcm) for _ in range(2)] + [keep_sound("hey nova", NEGATIVES, pcm)]
    assert sounds_of("hey nova", RECORDINGS) == paths[:2]
    assert [path.name for path in paths] == ["001.flac", "002.flac", "001.flac"]
    assert paths[0].stat().st_mode & 0o777 == 0o600 and (read_sound(paths[0]) == pcm).all()
    paths[0].unlink()
    assert keep_sound("hey nova", RECORDINGS, pcm).name == "003.flac"
    write_spellings("hey nova", ["hey noah"])
    assert read_spellings("Hey Nova") == ("hey noah",)
    assert forget_sounds("hey nova") == 3
    assert read_spellings("hey nova") == () and not list(phrase_folder("hey nova").rglob("*.flac"))


@pytest.mark.parametrize("text", ["", "no json", "{}", '[1, "", "漢"]', '"text"'])
def test_damaged_spellings_are_none(own_folders: Path, text: str) -> None:
    write_spellings("hey nova", [])
    (phrase_folder("hey nova") / "spellings.json").write_text(text, "utf-8")
    assert read_spellings("hey nova") == ()
