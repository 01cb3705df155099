"""The packaged Whisper tiny.en, converted to transformers' format: real speech under the grammar."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from assistant.asr.base import Recognizer
from assistant.asr.faster_whisper import PACKAGED, whisper_folder
from assistant.asr.transformers.config import TransformersConfig
from assistant.asr.transformers.recognizer import TransformersRecognizer
from assistant.grammar.grammar import Grammar
from assistant.testing.conformance.asr import AsrConformance
from training.asr.ct2_to_hf import convert


class TestWhisper(AsrConformance):
    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def model(cls, tmp_path_factory: pytest.TempPathFactory) -> None:
        cls.folder = tmp_path_factory.mktemp("tiny.en")
        convert(whisper_folder(PACKAGED), cls.folder)

    folder: Path

    def make(self, grammar: Grammar | None = None) -> Recognizer:
        return recognizer(self.folder, grammar)


@cache
def recognizer(folder: Path, grammar: Grammar | None) -> TransformersRecognizer:
    return TransformersRecognizer(TransformersConfig(str(folder), device="cpu"), grammar=grammar)
