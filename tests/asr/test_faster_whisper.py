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
from assistant.grammar.grammar import Grammar
from assistant.testing.conformance.asr import AsrConformance, spoken


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
