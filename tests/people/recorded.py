"""Real voices for tests, and an embedder that was fitted on other people."""

from __future__ import annotations

import csv
from functools import cache

import numpy as np
import pytest

from assistant.audio.files import read_sound
from assistant.audio.frames import Pcm
from assistant.paths import test_data
from assistant.speaker.calibration import Calibration
from assistant.testing.simple_speaker import SimpleEmbedder, fitted

FITTED = 24
"""People of the fitting half."""
CLIPS = 4

needs_data = pytest.mark.skipif(not (test_data() / "speech").is_dir(), reason="there are no recordings of people")


@cache
def speakers(odd: bool) -> dict[str, list[str]]:
    """Clips of the non-native readers, by speaker."""
    folder, found = test_data() / "speech" / "nonnative", dict[str, list[str]]()
    with (folder / "manifest.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if (int(row["speaker"]) % 2 == 1) is odd:
                found.setdefault(row["speaker"], []).append(str(folder / row["path"]))
    return found


@cache
def embedder() -> tuple[SimpleEmbedder, Calibration]:
    """Fitted on the odd half."""
    chosen = list(speakers(True).items())[:FITTED]
    return fitted({name: [read_sound(path) for path in paths[:CLIPS]] for name, paths in chosen})


@cache
def whole(speaker: str, first: int = 0, last: int = 8) -> Pcm:
    """Clips of one reader, one after the other."""
    return np.concatenate([read_sound(path) for path in speakers(False)[speaker][first:last]])


@cache
def lj(number: int = 0) -> Pcm:
    """Half a minute of a reader of books."""
    clips = sorted((test_data() / "speech" / "ljspeech").rglob("*.flac"))[number * 5 : number * 5 + 5]
    return np.concatenate([read_sound(path) for path in clips])
