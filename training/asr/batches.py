"""Batches of recordings of like length, drawn anew in every epoch and the same on every machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import soundfile
import torch

from assistant.audio.files import read_sound
from assistant.audio.frames import Floats
from assistant.bench.manifest import Recorded
from assistant.errors import AudioError

from .ct2_to_hf import END, NO_TIMESTAMPS, START
from .features import FRAMES, log_mel, padded, perturbed
from .material import sentence

LONGEST = 29.0
"""Seconds of a recording: the window is 30, and at 0.9 of the speed it would be longer; that part is cut off."""
LETTERS_PER_SECOND, LETTERS_MORE = 35, 20
"""Nobody says more in that time: such a text belongs to another recording, or a model made it up."""
POOL = 8
"""Batches' worth of recordings among which those of like length are put together."""
AFTER = (40, 240)
"""Frames of nothing behind the longest recording of a batch, drawn: it must end by the words, not by the window."""
IGNORED = -100
"""Label that no loss is counted for."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one step sees."""

    features: torch.Tensor
    """float32[n, bands, frames]."""
    before: torch.Tensor
    """int64[n, tokens]: what the decoder has written."""
    after: torch.Tensor
    """int64[n, tokens]: what it should write next."""


def usable(recordings: Sequence[Recorded]) -> list[tuple[Recorded, float]]:
    """Recordings that fit into the window and can have been said in their time, with their seconds.

    Raises:
        AudioError: one cannot be read.
    """
    found = []
    for one in recordings:
        try:
            seconds = soundfile.info(str(one.path)).duration
        except (soundfile.SoundFileError, OSError) as error:
            raise AudioError(f"cannot be read as sound: {error}", where=str(one.path)) from error
        if seconds <= LONGEST and 0 < len(one.text.strip()) <= LETTERS_MORE + LETTERS_PER_SECOND * seconds:
            found.append((one, seconds))
    return found


def plan(recordings: Sequence[tuple[Recorded, float]], size: int, seed: int, epoch: int) -> list[list[Recorded]]:
    """The batches of an epoch: shuffled, then sorted by length within pools, then shuffled again."""
    dice = np.random.default_rng([seed, epoch])
    order = dice.permutation(len(recordings))
    batches: list[list[Recorded]] = []
    for at in range(0, len(order), size * POOL):
        pool = sorted(order[at : at + size * POOL], key=lambda index: recordings[index][1])
        batches += [[recordings[index][0] for index in pool[at : at + size]] for at in range(0, len(pool), size)]
    return [batches[index] for index in dice.permutation(len(batches))]


class Writer:
    """Turns recordings into batches for one tokenizer."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        known = tokenizer.get_added_vocab()
        self._start = [known[START], known[NO_TIMESTAMPS]]
        self._end = known[END]

    def training(self, recordings: Sequence[Recorded], dice: np.random.Generator) -> Batch:
        """With sound perturbed, in a window not longer than it must be."""
        features = [perturbed(read_sound(one.path), dice) for one in recordings]
        longest = max(one.shape[1] for one in features) + int(dice.integers(*AFTER))
        return self._batch(recordings, features, min(FRAMES, longest + longest % 2))

    def measuring(self, recordings: Sequence[Recorded]) -> Batch:
        """As the recogniser hears it: unchanged, in the whole window."""
        return self._batch(recordings, [log_mel(read_sound(one.path)) for one in recordings], FRAMES)

    def _batch(self, recordings: Sequence[Recorded], features: list[Floats], frames: int) -> Batch:
        texts = [self._tokenizer(sentence(one.text), add_special_tokens=False)["input_ids"] for one in recordings]
        longest = max(map(len, texts))
        before = torch.full((len(texts), longest + 2), self._end)
        after = torch.full((len(texts), longest + 2), IGNORED)
        for row, text in enumerate(texts):
            before[row, : len(text) + 2] = torch.tensor([*self._start, *text])
            # That no times are wanted is told, never guessed: its own label stays ignored.
            after[row, 1 : len(text) + 2] = torch.tensor([*text, self._end])
        return Batch(torch.from_numpy(padded(features, frames)), before, after)
