"""The examples as the network hears them: two seconds each, placed in rooms and noise, computed once and kept.

A phrase stands in quiet, after other people's speech, or runs into it without a pause. What sounds nearly like it is
treated the same way. Other people's speech and noise are the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from assistant.audio.frames import SAMPLE_RATE, Floats, Pcm
from assistant.errors import ModelError
from assistant.wake.trained.features import BANDS, HOP, features

from .acoustics import Acoustics, retimed

STEPS = 200
"""Steps of 10 ms that an example has."""
LEAD = SAMPLE_RATE
"""Samples heard before them: the features get used to a room."""
LENGTH = LEAD + (STEPS + 2) * HOP
TAIL = (0.3, 0.7)
"""Seconds that an example goes on after the phrase."""
BESIDE_SHARE = 0.4
"""Of the phrases so many follow other speech, and as many are followed by it."""
GAP = (0.0, 0.3)
"""Seconds between."""
BESIDE_DB = (-6.0, 6.0)
"""Level of the other speech against the phrase."""
FLOOR = 3.0
"""Root mean square of the quiet, on the scale of int16."""
SPEECH_HOP = 2 * SAMPLE_RATE
PHRASE, NEAR, SPEECH, NOISE = range(4)
"""Kinds."""


@dataclass(frozen=True, slots=True)
class Examples:
    """Examples to train with."""

    heard: npt.NDArray[np.float16]
    """float16[n, 200, 40]."""
    kind: npt.NDArray[np.int8]
    end: npt.NDArray[np.int16]
    """Step after the phrase's last; 0 for the other kinds."""


@dataclass(frozen=True, slots=True)
class Views:
    """Versions of each sound."""

    phrase: int = 8
    near: int = 5
    speech: int = 3
    noise: int = 600
    """Stretches of noise in all."""


def examples(
    phrases: Sequence[Pcm], near: Sequence[Pcm], speech: Sequence[Pcm], acoustics: Acoustics, views: Views, seed: int,
    told: Callable[[int, int], None],
) -> Examples:
    """All examples; the same for the same seed."""
    jobs = [*_jobs(PHRASE, phrases, views.phrase), *_jobs(NEAR, near, views.near)]
    jobs += _jobs(SPEECH, list(_stretches(speech)), views.speech)
    jobs += _jobs(NOISE, [np.zeros(0, np.int16)], views.noise)
    heard, ends = np.zeros((len(jobs), STEPS, BANDS), np.float16), np.zeros(len(jobs), np.int16)
    for number, (kind, sound) in enumerate(jobs):
        dice = np.random.default_rng([seed, number])
        pcm, end = _sound(kind, sound, speech, acoustics, dice)
        heard[number] = features(pcm)[-STEPS:]
        ends[number] = STEPS - (len(pcm) - end) // HOP if kind == PHRASE else 0
        if number % 500 == 499:
            told(number + 1, len(jobs))
    return Examples(heard, np.array([kind for kind, _ in jobs], np.int8), ends)


def placed(sound: Pcm, speech: Sequence[Pcm], acoustics: Acoustics, dice: np.random.Generator) -> tuple[Pcm, int]:
    """A phrase in some place: int16[LENGTH], and the sample after the phrase's last."""
    said = retimed(sound, dice).astype(np.float32)
    mix = dice.standard_normal(LENGTH, np.float32) * np.float32(FLOOR)
    end = LENGTH - round(dice.uniform(*TAIL) * SAMPLE_RATE)
    said = said[-end:]
    mix[end - len(said) : end] += said
    if speech and dice.random() < BESIDE_SHARE:
        upto = end - len(said) - round(dice.uniform(*GAP) * SAMPLE_RATE)
        before = _beside(speech, said, dice)[-max(0, upto) :] if upto > 0 else said[:0]
        mix[upto - len(before) : upto] += before
    if speech and dice.random() < BESIDE_SHARE:
        start = end + round(dice.uniform(*GAP) * SAMPLE_RATE)
        after = _beside(speech, said, dice)[: max(0, LENGTH - start)]
        mix[start : start + len(after)] += after
    return acoustics.place(mix, sound, dice), end


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


def _sound(
    kind: int, sound: Pcm, speech: Sequence[Pcm], acoustics: Acoustics, dice: np.random.Generator
) -> tuple[Pcm, int]:
    if kind in (PHRASE, NEAR):
        return placed(sound, speech, acoustics, dice)
    mix = dice.standard_normal(LENGTH, np.float32) * np.float32(FLOOR)
    if kind == NOISE:
        return acoustics.place(mix + acoustics.noise(LENGTH, dice), np.full(LENGTH, 1000, np.int16), dice), 0
    said = retimed(sound, dice)[:LENGTH]
    mix[LENGTH - len(said) :] += said
    return acoustics.place(mix, sound, dice), 0


def _beside(speech: Sequence[Pcm], said: Floats, dice: np.random.Generator) -> Floats:
    """A sentence of somebody, about as loud as the phrase, from a random place on."""
    other = speech[int(dice.integers(len(speech)))].astype(np.float32)
    other = other[int(dice.integers(max(1, len(other) - SAMPLE_RATE))) :]
    louder = 10 ** (dice.uniform(*BESIDE_DB) / 20) * said.std() / (other.std() + 1.0)
    return np.asarray(other * np.float32(louder), np.float32)


def _jobs(kind: int, sounds: Sequence[Pcm], views: int) -> list[tuple[int, Pcm]]:
    return [(kind, sound) for sound in sounds for _ in range(views)]


def _stretches(speech: Sequence[Pcm]) -> Iterator[Pcm]:
    """Stretches of at most an example's length."""
    for sound in speech:
        yield from (sound[at : at + LENGTH] for at in range(0, max(1, len(sound) - SAMPLE_RATE), SPEECH_HOP))
