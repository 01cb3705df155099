"""A voice on trial: the sentences that it says, and what the judge hears.

The phonemes are written down here, so that searching needs no espeak-ng (GPL-3), and so that every trial of every
search says the same: what the sentences themselves do to the judge is then alike everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soxr

from assistant.audio.frames import SAMPLE_RATE, Floats, Pcm
from assistant.tts.clone.judge import Judge
from assistant.tts.clone.pitch import median_pitch
from assistant.tts.kokoro import RATE
from assistant.tts.shaping import to_pcm, without_edges

SENTENCES = tuple(
    tuple(line.split("\t")) for line in Path(__file__).with_name("sentences.tsv").read_text("utf-8").splitlines()
)
"""Text and phonemes: TIMIT's first calibration sentence and three of the Harvard list."""
SEARCHED = (0,)
CHECKED = (1, 2, 3)
"""Sentences by which the search judges, and by which the best of its findings are told apart."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the judge made of a voice."""

    vector: Floats
    """float32[256], of length 1."""
    pitch: float
    """Semitones above 55 Hz, the median."""


class Trial:
    """Lets styles speak and the judge listen.

    Args:
        library: kokoro-onnx's object.
    """

    def __init__(self, library: Any, judge: Judge) -> None:
        self._library = library
        self._judge = judge

    def sounds(self, style: Floats, sentences: Sequence[int] = SEARCHED) -> list[Pcm]:
        """What a style table says, 16 kHz."""
        table = style.reshape(-1, 1, style.shape[-1])
        made = []
        for number in sentences:
            sound, _ = self._library.create(SENTENCES[number][1], table, 1.0, is_phonemes=True, trim=False)
            wide = to_pcm(np.asarray(sound, np.float32))
            made.append(without_edges(soxr.resample(wide, RATE, SAMPLE_RATE), SAMPLE_RATE))
        return made

    def hear(self, style: Floats, sentences: Sequence[int] = SEARCHED) -> Heard:
        """What the judge makes of a style table."""
        sounds = self.sounds(style, sentences)
        return Heard(self._judge.embed_all(sounds), median_pitch(np.concatenate(sounds)))
