"""The examples as the network hears them: eight seconds each, people and pauses somewhere in a room, computed once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Floats, Pcm
from assistant.bench.speech_frames import OTHER
from assistant.errors import ModelError
from assistant.vad.trained.graph import STEPS
from assistant.wake.trained.features import BANDS, features

from ..wake.acoustics import Acoustics
from .material import Recording

ANSWERS = 400
"""Of 20 ms, in an example."""
FRAMES = ANSWERS + 1
"""The features' first window ends in the second frame: that one has the first answer."""
SILENT_SHARE = 0.15
"""Of the examples nobody speaks in so many."""
FIRST = (-3.0, 3.0)
"""Seconds at which the first recording begins: before the example does, or in it."""
GAP = (0.1, 2.5)
"""Seconds between recordings."""
LOUDER_DB = (-6.0, 6.0)
"""Level of one speaker against another."""
FLOOR = (0.5, 30.0)
"""Root mean square of a microphone's own noise, on the scale of int16."""
TELL_EVERY = 300


@dataclass(frozen=True, slots=True)
class Examples:
    """Examples to train or to judge with."""

    heard: npt.NDArray[np.float16]
    """float16[n, 800, 40]."""
    labels: npt.NDArray[np.int8]
    """int8[n, 400]: ``SPEECH``, ``OTHER`` or ``UNKNOWN``, of the clean sound; borders are not taken out."""


def examples(
    recordings: Sequence[Recording], acoustics: Acoustics, count: int, seed: int, say: Callable[[str], None]
) -> Examples:
    """So many examples; the same for the same seed."""
    heard = np.zeros((count, ANSWERS * STEPS, BANDS), np.float16)
    labels = np.zeros((count, ANSWERS), np.int8)
    for number in range(count):
        sound, truth = placed(recordings, acoustics, np.random.default_rng([seed, number]))
        heard[number], labels[number] = features(sound), truth[1:]
        if (number + 1) % TELL_EVERY == 0:
            say(f"{number + 1} of {count} examples placed")
    return Examples(heard, labels)


def placed(
    recordings: Sequence[Recording], acoustics: Acoustics, dice: np.random.Generator
) -> tuple[Pcm, npt.NDArray[np.int8]]:
    """int16[401 * 320] and int8[401]: people who speak one after the other, somewhere."""
    mix = dice.standard_normal(FRAMES * FRAME_SAMPLES, np.float32) * np.float32(_log_uniform(dice, *FLOOR))
    labels = np.full(FRAMES, OTHER, np.int8)
    if dice.random() < SILENT_SHARE:
        return acoustics.place(mix + acoustics.noise(len(mix), dice), np.full(len(mix), 1_000, np.int16), dice), labels
    first = recordings[int(dice.integers(len(recordings)))]
    at, one = _frames(dice.uniform(*FIRST)), first
    while at < FRAMES:
        _add(mix, labels, one, at, _level(one, first) * 10 ** (dice.uniform(*LOUDER_DB) / 20))
        at += len(one.labels) + _frames(dice.uniform(*GAP))
        one = recordings[int(dice.integers(len(recordings)))]
    return acoustics.place(mix, first.sound, dice), labels


def save(path: Path, found: Examples) -> None:
    """Write them at once or not at all."""
    new = path.with_suffix(".new.npz")
    np.savez(new, **{name: getattr(found, name) for name in found.__slots__})
    new.replace(path)


def load(path: Path) -> Examples:
    """Read them back.

    Raises:
        ModelError: the file is damaged.
    """
    try:
        with np.load(path) as file:
            return Examples(*(file[name] for name in Examples.__slots__))
    except (OSError, EOFError, ValueError, KeyError, BadZipFile) as error:
        raise ModelError(f"is damaged: {error}", where=str(path), mend="delete it; it is made again") from error


def _add(mix: Floats, labels: npt.NDArray[np.int8], one: Recording, at: int, gain: float) -> None:
    """Add a recording from frame ``at`` on; what lies outside is lost."""
    skipped, begin = max(0, -at), max(0, at)
    count = min(len(one.labels) - skipped, FRAMES - begin)
    if count > 0:
        sound = one.sound[skipped * FRAME_SAMPLES : (skipped + count) * FRAME_SAMPLES]
        mix[begin * FRAME_SAMPLES : (begin + count) * FRAME_SAMPLES] += sound * np.float32(gain)
        labels[begin : begin + count] = one.labels[skipped : skipped + count]


def _level(one: Recording, first: Recording) -> float:
    """Factor that makes a recording about as loud as the first."""
    return float(first.sound.std() / (one.sound.std() + 1.0))


def _frames(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE / FRAME_SAMPLES)


def _log_uniform(dice: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(dice.uniform(np.log(low), np.log(high))))
