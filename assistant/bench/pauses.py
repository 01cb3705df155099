"""Recordings and the pauses in them, as an endpointer meets them: silence inside an utterance, or after its end.

Where speech stops and goes on is what the packaged voice activity detector says, inside and at the end alike. What a
judge hears is the sound up to such a place and then the recording's own floor, in both cases made by the same cut:
neither the length of the silence nor the splice tells which of the two it is.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from assistant.audio.files import read_sound
from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Frame, Pcm
from assistant.bench.sounds import floor_of
from assistant.vad.base import Vad

SHORTEST = 0.2
"""Seconds of a pause that counts: nobody decides earlier."""
SPOKEN = 0.2
"""Seconds of speech before a pause that counts."""
MARGIN = 0.5
"""Seconds of floor around a recording, so that the detector knows the room and sees the end."""
SPLICE = 160
"""Samples over which speech fades into the floor: 10 ms."""
CLEAN_DB = 40.0
"""Recordings with less between their speech and their background have no end that can be told."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence that begins at sample ``at``; ``seconds`` is infinite at the end of the utterance."""

    at: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Utterance:
    """One recording: somebody says one sentence, with pauses or without."""

    name: str
    speaker: str
    sound: Pcm
    pauses: tuple[Pause, ...]
    """Those inside, then the end."""

    def heard(self, pause: Pause, silence: float, generator: np.random.Generator) -> Pcm:
        """The sound up to a pause and ``silence`` seconds of the recording's floor."""
        samples = round(silence * SAMPLE_RATE)
        floor = floor_of(self.sound, samples + SPLICE, generator)
        fade = np.linspace(1.0, 0.0, SPLICE)
        tail = self.sound[pause.at : pause.at + SPLICE].astype(np.float64)
        tail = np.concatenate([tail, np.zeros(SPLICE - len(tail))])
        splice = tail * fade + floor[:SPLICE] * np.sqrt(1.0 - fade**2)
        return np.concatenate([self.sound[: pause.at], np.rint(splice).astype(np.int16), floor[SPLICE:]])


def utterances(paths: Iterable[Path], vad: Vad) -> Iterator[Utterance]:
    """The recordings that are clean enough and hold speech."""
    for path in paths:
        sound = read_sound(path)
        if clean(sound):
            found = utterance(path.stem, speaker_of(path), sound, vad)
            if found is not None:
                yield found


def utterance(name: str, speaker: str, sound: Pcm, vad: Vad) -> Utterance | None:
    """A recording with its pauses; None without speech."""
    segments = speech(sound, vad)
    if not segments:
        return None
    first, pauses = segments[0][0], []
    for (_, end), (start, _) in pairwise(segments):
        if end - first >= SPOKEN * SAMPLE_RATE and start - end >= SHORTEST * SAMPLE_RATE:
            pauses.append(Pause(end, (start - end) / SAMPLE_RATE))
    return Utterance(name, speaker, sound, (*pauses, Pause(segments[-1][1], math.inf)))


def speech(sound: Pcm, vad: Vad) -> list[tuple[int, int]]:
    """First and last sample of each stretch of speech, as the detector places them."""
    margin = floor_of(sound, round(MARGIN * SAMPLE_RATE) // FRAME_SAMPLES * FRAME_SAMPLES, np.random.default_rng(0))
    padded = np.concatenate([margin, sound, margin])
    stream, found, began = vad.stream(), [], 0
    for at in range(0, len(padded) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
        result = stream.feed(Frame(padded[at : at + FRAME_SAMPLES], at))
        if result.changed_at is not None and result.speech:
            began = result.changed_at
        elif result.changed_at is not None:
            found.append((began, result.changed_at))
    stream.close()
    inside = [(max(0, start - len(margin)), min(len(sound), end - len(margin))) for start, end in found]
    return [(start, end) for start, end in inside if end > start]


def clean(sound: Pcm) -> bool:
    """Whether the background lies ``CLEAN_DB`` below the loudest frame."""
    frames = sound[: len(sound) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
    if not len(frames):
        return False
    powers = np.mean(frames.astype(np.float64) ** 2, axis=1)
    return bool(np.percentile(powers, 8) * 10 ** (CLEAN_DB / 10) < powers.max())


def speaker_of(path: Path) -> str:
    """The number that the recording's file or folder begins with, else the folder's name."""
    for name in (path.parent.name, path.stem):
        number = re.match(r"\d+", name)
        if number:
            return number.group()
    return path.parent.name
