"""The examples as the model hears them, computed once and kept beside the run: half a minute for each thousand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.endpoint.features import features
from assistant.errors import ModelError

from .material import Cut
from .perturb import perturbed, plain

Array = npt.NDArray[np.float32]
FILE = "examples.npz"
TELL_EVERY = 500


@dataclass(frozen=True, slots=True)
class Examples:
    """What is trained on, chosen by and judged by."""

    heard: npt.NDArray[np.float16]
    """Features, float16[n, 200, 42]."""
    finished: npt.NDArray[np.bool_]
    seconds: Array
    """Length of the pause; infinite where somebody has finished, 0 for a dip."""
    spoken: Array
    """Seconds of sound before it."""
    utterance: npt.NDArray[np.int64]
    part: npt.NDArray[np.str_]
    perturbed: npt.NDArray[np.bool_]

    def of(self, part: str) -> Examples:
        """Those of one part; of the parts that are not trained on, the pauses that people made, as recorded."""
        chosen = self.part == part
        if part != "fit":
            chosen &= ~self.perturbed & (self.seconds > 0)
        return Examples(*(getattr(self, name)[chosen] for name in self.__slots__))


def examples(
    cuts: Sequence[Cut], noises: Sequence[Pcm], views: int, seed: int, say: Callable[[str], None]
) -> Examples:
    """Features of all cuts: as recorded, and of those to train on ``views`` more, perturbed."""
    names = {id(cut.utterance): number for number, cut in enumerate(cuts)}
    rows = []
    for number, cut in enumerate(cuts):
        generator = np.random.default_rng([seed, number])
        for view in range(1 + views if cut.part == "fit" else 1):
            sound = perturbed(cut, noises, generator) if view else plain(cut, generator)
            rows.append((
                features(sound).astype(np.float16), cut.finished, cut.pause.seconds, cut.pause.at / SAMPLE_RATE,
                names[id(cut.utterance)], cut.part, view > 0,
            ))
        if (number + 1) % TELL_EVERY == 0:
            say(f"{number + 1} of {len(cuts)} places heard")
    heard, finished, seconds, spoken, utterance, part, was = zip(*rows, strict=True)
    return Examples(
        np.stack(heard), np.array(finished), np.array(seconds, np.float32), np.array(spoken, np.float32),
        np.array(utterance), np.array(part), np.array(was),
    )


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
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise ModelError(f"is damaged: {error}", where=str(path), mend="delete it; it is made again") from error
