"""Whisper through faster-whisper, with the real tiny.en."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from assistant.asr.base import Recognizer
from assistant.asr.faster_whisper import LOCK, FasterWhisper, FasterWhisperConfig
from assistant.audio.frames import Pcm
from assistant.errors import BackendError, ModelError
from assistant.grammar.base import Value
from assistant.grammar.grammar import Grammar
from assistant.testing.conformance.asr import AsrConformance, feed, spoken
from assistant.testing.voices import say


@cache
def recognizer(grammar: Grammar | None) -> FasterWhisper:
    return FasterWhisper(FasterWhisperConfig(), grammar=grammar)


class TestFasterWhisper(AsrConformance):
    def make(self, grammar: Grammar | None = None) -> Recognizer:
        return recognizer(grammar)

    def spoken(self, text: str) -> Pcm:
        """A little slower: else Whisper hears a kitchen mic."""
        return spoken(text, speed=0.9)


def test_a_folder_without_a_model_is_named_with_what_it_lacks(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match=r"model\.bin, tokenizer\.json are missing"):
        FasterWhisper(FasterWhisperConfig(model=str(tmp_path)))


def test_a_damaged_model_is_said_to_be(tmp_path: Path) -> None:
    for name in LOCK:
        (tmp_path / name).write_text("{}")
    with pytest.raises(ModelError, match="cannot be loaded"):
        FasterWhisper(FasterWhisperConfig(model=str(tmp_path)))


@pytest.mark.parametrize(
    ("settings", "says"),
    [({"compute_type": "int3"}, "one of .*int8"),
     ({"language": "de"}, "knows English only")],
)
def test_impossible_settings_are_named(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(BackendError, match=says):
        FasterWhisper(FasterWhisperConfig(**settings))


def dictated(text: str, *people: str) -> str:
    """What is written where the household knows these people."""
    grammar = Grammar()
    grammar.set_list("person", [Value(name, name) for name in people])
    stream = FasterWhisper(FasterWhisperConfig(threads=1), grammar).stream()
    feed(stream, say(text))
    return stream.decode().free_text


PEOPLE = ("Sasu Ripatti", "Angela Winbush", "Juhani Virtanen", "Оля", "John")


def test_a_name_of_the_household_is_spelled_as_it_is() -> None:
    said = "please call Sasu Ripatti tomorrow morning"
    assert "Sasu Ripatti" not in dictated(said) and "Sasu Ripatti" in dictated(said, *PEOPLE)


def test_names_do_not_touch_other_speech() -> None:
    for said in ("lynda loves australia", "the quokka of Rottnest nibbled my pretzel"):
        assert dictated(said, *PEOPLE) == dictated(said)
