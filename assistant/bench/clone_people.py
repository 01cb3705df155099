"""The people whose voices ``bench clone`` makes: what of their recordings is for fitting, and what for measuring."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from assistant.audio.files import read_sound
from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.errors import AudioError
from assistant.tts.clone.pitch import median_pitch

REFERENCE_SECONDS = 40.0
TEST_SECONDS = 60.0
"""Recordings beyond these are not needed: an embedding of a minute is as good as one of an hour."""
LEAST_TEST_SECONDS = 10.0
MALE_BELOW = 17.0
"""Semitones above 55 Hz (147 Hz) below which a voice counts as a man's where nobody says."""
SOUNDS = frozenset([".wav", ".flac", ".ogg", ".opus", ".mp3"])


@dataclass(frozen=True, slots=True)
class Person:
    """One speaker."""

    name: str
    male: bool
    reference: tuple[Path, ...]
    """40 s to fit to."""
    test: tuple[Path, ...]
    """Others, to measure with."""


def people(folder: Path, *, even: bool = False, least_age: int = 18, most: int = 10) -> list[Person]:
    """Those of a folder: of its ``manifest.tsv`` (path, speaker, and if known sex and age), else of a folder each.

    Raises:
        AudioError: nobody is there who has recordings enough.
    """
    manifest = folder / "manifest.tsv"
    listed = _listed(manifest, even, least_age) if manifest.is_file() else _folders(folder)
    found = [person for name, sex, files in listed if (person := _person(name, sex, files)) is not None][:most]
    if not found:
        raise AudioError("has nobody with 50 s of recordings", where=str(folder),
                         mend="a folder per speaker, or a manifest.tsv with the columns path and speaker")
    return found


def _listed(manifest: Path, even: bool, least_age: int) -> Iterable[tuple[str, str, list[Path]]]:
    with manifest.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    speakers: dict[str, tuple[str, list[Path]]] = {}
    for row in rows:
        name = row.get("speaker") or manifest.parent.name
        if (even and not (name.isdigit() and int(name) % 2 == 0)) or int(row.get("age") or least_age) < least_age:
            continue
        speakers.setdefault(name, (row.get("sex") or "", []))[1].append(manifest.parent / row["path"])
    return [(name, sex, files) for name, (sex, files) in sorted(speakers.items())]


def _folders(folder: Path) -> Iterable[tuple[str, str, list[Path]]]:
    inside = sorted(child for child in folder.iterdir() if child.is_dir()) or [folder]
    return [(one.name, "", sorted(file for file in one.iterdir() if file.suffix.lower() in SOUNDS)) for one in inside]


def _person(name: str, sex: str, files: list[Path]) -> Person | None:
    reference: list[Path] = []
    test: list[Path] = []
    fitted = tested = 0.0
    first: Pcm | None = None
    for path in files:
        sound = read_sound(path)
        first = sound if first is None else first
        if fitted < REFERENCE_SECONDS:
            reference.append(path)
            fitted += len(sound) / SAMPLE_RATE
        elif tested < TEST_SECONDS:
            test.append(path)
            tested += len(sound) / SAMPLE_RATE
    if first is None or fitted < REFERENCE_SECONDS or tested < LEAST_TEST_SECONDS:
        return None
    return Person(name, sex == "m" if sex else median_pitch(first) < MALE_BELOW, tuple(reference), tuple(test))
