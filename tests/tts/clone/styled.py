"""A voice that reads its style as Kokoro does, and needs no network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assistant.tts.base import Speech
from assistant.tts.espeak import Espeak
from assistant.tts.kokoro import read_style, style_file


@dataclass(frozen=True, slots=True)
class StyledConfig:
    style: str = ""


class Styled:
    def __init__(self, config: StyledConfig) -> None:
        self._style = read_style(style_file(config.style))
        self._voice = Espeak()
        self.rate = self._voice.rate

    def speak(self, text: str) -> Iterator[Speech]:
        return self._voice.speak(text)
