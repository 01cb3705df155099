"""How a passage is said: faster, higher, louder than the voice speaks by itself, or in another language."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from assistant.audio.frames import Pcm
from assistant.audio.resample import Resampler
from assistant.tts.base import Speech, Synthesizer

RATES = (0.4, 2.5)
"""Slower and faster than that nobody understands."""
SEMITONES = 6.0
"""Up or down; beyond, the formants that move along make it a cartoon."""
LOUDEST_DB = 12.0
PACES = {"speed": (0.5, 2.0), "words_per_minute": (80, 450)}
"""What a voice's configuration may call its pace, and within which limits."""


@dataclass(frozen=True, slots=True)
class Manner:
    """Against the voice's own; nested ones add up."""

    rate: float = 1.0
    pitch: float = 0.0
    """Semitones."""
    volume: float = 0.0
    """dB."""
    language: str = ""
    """BCP 47; empty for the voice's own."""

    def with_(self, rate: float = 1.0, pitch: float = 0.0, volume: float = 0.0, language: str = "") -> Manner:
        """This one and another on top of it."""
        return Manner(
            float(np.clip(self.rate * rate, *RATES)), float(np.clip(self.pitch + pitch, -SEMITONES, SEMITONES)),
            min(self.volume + volume, LOUDEST_DB), language or self.language,
        )


def speak_so(voice: Synthesizer, text: str, manner: Manner) -> Iterator[Speech]:
    """What ``voice`` makes of a text, in a manner.

    A higher voice is a slower one that is played faster. One whose pace cannot be changed keeps its pitch, too.
    """
    factor = 2.0 ** (manner.pitch / 12)
    paced = at_pace(voice, manner.rate / factor)
    if paced is voice:
        factor = 1.0
    shift = _Shift(voice.rate, factor)
    gain = 10.0 ** (manner.volume / 20)
    for speech in paced.speak(text):
        pcm = shift.feed(speech.pcm, speech.clause_end)
        yield replace(speech, pcm=pcm if gain == 1.0 else _louder(pcm, gain))


def at_pace(voice: Synthesizer, pace: float) -> Synthesizer:
    """The voice at another pace; itself where that is its own, or it has none that can be changed."""
    config: Any = getattr(voice, "config", None)
    for name, limits in PACES.items():
        if pace != 1.0 and hasattr(config, name):
            own = getattr(config, name)
            other: Any = copy.copy(voice)
            other.config = replace(config, **{name: type(own)(np.clip(own * pace, *limits))})
            changed: Synthesizer = other
            return changed
    return voice


class _Shift:
    """Plays sound faster, clause by clause."""

    def __init__(self, rate: int, factor: float) -> None:
        self._from, self._to = round(rate * factor), rate
        self._stream: Resampler | None = None

    def feed(self, pcm: Pcm, ends: bool) -> Pcm:
        if self._from == self._to:
            return pcm
        self._stream = self._stream or Resampler(self._from, self._to)
        made = self._stream.feed(pcm, last=ends)
        if ends:
            self._stream = None
        return made


def _louder(pcm: Pcm, gain: float) -> Pcm:
    louder: Pcm = np.clip(pcm * gain, -32768, 32767).astype(np.int16)
    return louder
