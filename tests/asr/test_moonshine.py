"""Moonshine against the conformance suite, on real recordings, and on bad days."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from copy import copy
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soundfile

from assistant.asr.constrained.views import slowed
from assistant.asr.fold import fold
from assistant.asr.moonshine.files import DECODER, LOCK, model_files
from assistant.asr.moonshine.model import Encoded, MoonshineModel
from assistant.asr.moonshine.recognizer import MoonshineConfig, MoonshineRecognizer
from assistant.audio.frames import SAMPLE_RATE, Floats, Pcm
from assistant.errors import ModelError
from assistant.grammar.base import Rule, View
from assistant.grammar.grammar import Grammar
from assistant.testing.conformance.asr import FIRST_SAMPLE, ORDER, AsrConformance, feed, grammar, spoken, words
from assistant.wake.phrase import MoonshinePhraseScorer, PhraseConfig

COFFEE = (
    "<carrier> [a|an] [<size>] [<roast>] [<shots>] <drink> "
    "[with (<milk>|<sugar>|<milk> and <sugar>|<sugar> and <milk>)]"
)
WORDS = {
    "carrier": "(brew|can i get|can i have|i want|get me|give me|i'd like|make me|may i have)",
    "size": "(small|medium|large|(eight|8|twelve|12|sixteen|16|twenty|20) ounce)",
    "roast": "(light|medium|dark) roast",
    "shots": "(single|double|triple) shot",
    "drink": "(americano|cappuccino|[drip|house|iced|ice] coffee|espresso|[iced|ice] mocha|latte)",
    "some": "[a bit of|a little bit of|some|a lot of|lots of]",
    "milk": "<some> ([skim|whole|almond|soy] milk|cream)",
    "sugar": "<some> ([brown] sugar|sweetener)",
}
CLIPS = 6


@cache
def recognizer(threads: int = 1) -> MoonshineRecognizer:
    return MoonshineRecognizer(MoonshineConfig(threads=threads))


def with_grammar(grammar: Grammar | None) -> MoonshineRecognizer:
    """One model for all tests."""
    made = copy(recognizer())
    made.grammar = grammar
    return made


class TestMoonshine(AsrConformance):
    def make(self, grammar: Grammar | None = None) -> MoonshineRecognizer:
        return with_grammar(grammar)


def coffee() -> Grammar:
    made = Grammar()
    made.set_rules("coffee", [Rule("coffee", "OrderCoffee", (COFFEE,))], WORDS)
    return made


def human_orders(data: Path) -> list[tuple[Pcm, dict[str, str]]]:
    """The shortest recordings, with the slots that were said."""
    folder = data / "commands" / "coffee"
    labels = json.loads((folder / "labels.json").read_text())
    paths = sorted((folder / "audio" / name for name in labels), key=lambda path: path.stat().st_size)[:CLIPS]
    return [(soundfile.read(path, dtype="int16")[0], labels[path.name]["slots"]) for path in paths]


def test_people_ordering_coffee_are_understood(data: Path) -> None:
    made = with_grammar(coffee())
    for pcm, slots in human_orders(data):
        stream = made.stream(View())
        feed(stream, pcm)
        best = stream.decode().best
        assert best is not None and best.confidence > 0.6
        text = fold(best.text).replace("ice ", "iced ")
        assert all(fold(value) in text for value in slots.values() if "ounce" not in value)


def test_a_second_decode_verifies_the_first_in_few_steps() -> None:
    stream = with_grammar(grammar()).stream(View())
    pcm = spoken(ORDER)
    feed(stream, pcm[:-1600])
    first = stream.decode()
    feed(stream, pcm[-1600:], FIRST_SAMPLE + len(pcm) - 1600)
    calls: list[int] = []
    read = MoonshineModel.read

    def counted(*args: object) -> object:
        calls.append(1)
        return read(*args)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MoonshineModel, "read", counted)
        second = stream.decode()
    assert words(first) == words(second) == ORDER
    assert len(calls) <= 6


def test_two_minutes_of_talk_are_read_in_windows(data: Path) -> None:
    paths = sorted((data / "speech" / "librispeech_clips").iterdir())[:10]
    pcm = np.concatenate([soundfile.read(path, dtype="int16")[0] for path in paths])[: 120 * SAMPLE_RATE]
    stream = with_grammar(grammar()).stream(View())
    stream.feed(pcm, 0)
    hypothesis = stream.decode()
    assert len(hypothesis.free_text.split()) > 150
    assert hypothesis.best is None or hypothesis.best.confidence < 0.3
    assert hypothesis.end == len(pcm)
    assert stream.decode(5 * SAMPLE_RATE).end == 5 * SAMPLE_RATE


def test_an_order_with_a_long_pause_is_one_sentence_across_windows() -> None:
    first, rest = spoken("turn on the light", after=0.0), spoken("in the bedroom")
    silence = np.zeros(14 * SAMPLE_RATE, np.int16)
    stream = with_grammar(grammar()).stream(View())
    feed(stream, np.concatenate([first, silence, rest]))
    assert words(stream.decode()) == "turn on the light in the bedroom"


def test_a_model_that_is_missing_or_damaged_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        MoonshineModel(tmp_path)
    for name, path in model_files().items():
        shutil.copy(path, tmp_path / name)
    assert set(model_files(tmp_path)) == set(LOCK)
    with (tmp_path / DECODER).open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"damage")
    with pytest.raises(ModelError, match="damaged"):
        MoonshineModel(tmp_path)


@pytest.mark.parametrize("build", [
    lambda folder: MoonshineRecognizer(MoonshineConfig(folder=folder)),
    lambda folder: MoonshinePhraseScorer(PhraseConfig(folder=folder)),
])
def test_a_folder_may_begin_with_a_tilde(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, build: Callable[[str], object]
) -> None:
    """No model lies there: the message shows where it was looked for."""
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(ModelError, match=str(tmp_path / "models")):
        build("~/models")


def test_editing_the_grammar_leaves_open_streams_alone() -> None:
    own = Grammar.load(grammar().dump())
    made = with_grammar(own)
    before = made.stream(View())
    own.set_rules("home", [Rule("home", "Close", ("close the blinds",))])
    after = made.stream(View())
    for stream in (before, after):
        feed(stream, spoken(ORDER))
    assert words(before.decode()) == ORDER and before.decode().grammar_version == own.version - 1
    assert words(after.decode()) != ORDER and after.decode().grammar_version == own.version


def test_sound_that_is_read_again_carefully_is_encoded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    encode, lengths = MoonshineModel.encode, []

    def counted(model: MoonshineModel, sound: Floats) -> Encoded:
        lengths.append(len(sound))
        return encode(model, sound)

    monkeypatch.setattr(MoonshineModel, "encode", counted)
    stream, pcm = with_grammar(grammar()).stream(View()), spoken(ORDER)
    feed(stream, pcm)
    assert words(stream.decode()) == words(stream.decode(careful=True)) == ORDER
    assert lengths == [len(pcm)]
    assert words(stream.decode(FIRST_SAMPLE + len(pcm) - 800, careful=True)) == ORDER
    assert lengths == [len(pcm), len(pcm) - 800], "that is another sound"


def test_what_is_not_certain_is_looked_at_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    encode, lengths = MoonshineModel.encode, []

    def counted(model: MoonshineModel, sound: Floats) -> Encoded:
        lengths.append(len(sound))
        return encode(model, sound)

    monkeypatch.setattr(MoonshineModel, "encode", counted)
    stream, pcm = with_grammar(grammar()).stream(View()), spoken("some good news for Rod today")
    feed(stream, pcm)
    quick, careful = stream.decode(), stream.decode(careful=True)
    assert lengths == [len(pcm), len(slowed(pcm.astype(np.float32)))]
    assert careful.free_text == quick.free_text and (careful.start, careful.end) == (quick.start, quick.end)
    last = stream.words(quick.free_text)[-1].end
    assert last is not None and last <= careful.end


def test_a_text_that_is_always_at_hand_is_believed_only_where_the_free_text_has_it_too() -> None:
    made = Grammar()
    made.set_rules("talk", [Rule("talk", "Thanks", ("thank you very much",))])
    stream = with_grammar(made).stream(View())
    feed(stream, spoken("thank you very much"))
    said = stream.decode().best
    assert said is not None and said.confidence > 0.85
    other = with_grammar(made).stream(View())
    feed(other, spoken("some good news for Rod today"))
    for careful in (False, True):
        best = other.decode(careful=careful).best
        assert best is None or best.confidence <= 0.25
