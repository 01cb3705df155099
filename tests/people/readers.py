"""People of the measuring half, by what they read: recordings that no training and no threshold has heard."""

from __future__ import annotations

import csv
from functools import cache

from assistant.audio.files import read_sound
from assistant.audio.frames import Pcm
from assistant.paths import test_data

FOLDER = test_data() / "speech" / "nonnative"


@cache
def texts(speaker: str) -> dict[str, str]:
    """Paths of one reader's clips by their words, in the manifest's order."""
    assert int(speaker) % 2 == 0, "the odd half is for fitting"
    with (FOLDER / "manifest.tsv").open(encoding="utf-8") as file:
        return {row["text"]: row["path"] for row in csv.DictReader(file, delimiter="\t") if row["speaker"] == speaker}


@cache
def clip(speaker: str, text: str) -> Pcm:
    """One reader says a sentence."""
    return read_sound(FOLDER / texts(speaker)[text])


def takes(speaker: str, without: tuple[str, ...] = ()) -> list[Pcm]:
    """What one reader reads, but for some sentences."""
    return [clip(speaker, text) for text in texts(speaker) if text not in without]
