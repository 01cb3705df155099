"""The grade "fitted": a Kokoro style that resembles a person, from seconds of recordings, in minutes, without training.

Runs in a worker (kokoro-onnx brings GPL-3 code). All that a search has heard lies in its folder: begun again with the
same recordings it goes on where it was killed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from assistant.audio.files import read_sound
from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.models.folder import model_folder
from assistant.tts.clone.files import write_whole
from assistant.tts.clone.judge import SHORTEST, Judge
from assistant.tts.clone.library import SHIPPED, Library
from assistant.tts.clone.pitch import median_pitch
from assistant.tts.clone.search import Aim, Search
from assistant.tts.clone.styles import StyleSpace, read_voices
from assistant.tts.clone.trial import Trial
from assistant.tts.kokoro import INSTALLED, STYLE_FILE, STYLE_SHAPE, open_library

BUDGET = 48
"""Voices heard: two minutes on two processors."""


class FitService:
    """Runs in a worker.

    Args:
        model: id of the installed Kokoro, or its folder.
        threads: processor threads.
    """

    def __init__(self, model: str = INSTALLED, threads: int = 2, library: str = "") -> None:
        self._space = StyleSpace(read_voices(model))
        self._judge = Judge(threads)
        self._trial = Trial(open_library(model_folder(model), threads), self._judge)
        self._library = Library.read(Path(library) if library else SHIPPED)

    def fit(self, recordings: list[str], folder: str, budget: int = BUDGET) -> Iterator[dict[str, Any]]:
        """Search; gives ``{"heard", "of", "best"}`` after each batch and leaves ``style.npy`` in the folder.

        Args:
            recordings: sound files of one person.
        """
        sounds = [read_sound(path) for path in recordings]
        kept = Path(folder) / f"search-{fingerprint(sounds)}.npz"
        search = Search(self._space, self._trial, self.aim(sounds), kept, library=self._library, budget=budget)
        for step in search.steps():
            yield {"heard": step.heard, "of": step.of, "best": step.best}
        style = self._space.style(search.result()).reshape(STYLE_SHAPE)
        file = BytesIO()
        np.save(file, style.astype(np.float16), allow_pickle=False)
        write_whole(Path(folder) / STYLE_FILE, file.getvalue())
        kept.unlink(missing_ok=True)

    def aim(self, sounds: Sequence[Pcm]) -> Aim:
        """What recordings of one person ask for; those that are too short to judge count for the pitch alone."""
        long = [sound for sound in sounds if len(sound) >= 2 * SHORTEST * SAMPLE_RATE] or [np.concatenate(sounds)]
        pitches = [median_pitch(sound) for sound in sounds]
        known = [pitch for pitch in pitches if np.isfinite(pitch)]
        return Aim(self._judge.embed_all(long), float(np.median(known)) if known else float("nan"))


def fingerprint(sounds: Sequence[Pcm]) -> str:
    """Tells one set of recordings from another."""
    digest = hashlib.sha256()
    for sound in sounds:
        digest.update(sound.tobytes())
    return digest.hexdigest()[:16]
