"""Recordings of a person, looked through before a voice is made of them: what is good, what is wrong with the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.audio.files import read_sound
from assistant.audio.frames import SAMPLE_RATE, Floats, Pcm
from assistant.errors import AudioError
from assistant.tts.clone.judge import SHORTEST, Judge, unit

SOUNDS = frozenset([".wav", ".flac", ".ogg", ".opus", ".mp3"])
LEAST = 10.0
"""Seconds of usable recordings."""
MOST = 1800.0
"""Seconds; more says nothing new."""
FRAME = SAMPLE_RATE // 50
SILENT_DB = -55.0
"""dBFS; a recording whose loudest frames are below is silent."""
CLIPPED = 32_700
MOST_CLIPPED = 0.002
"""Share of the samples at the converter's end. Speech that is not clipped has none."""
LEAST_SNR_DB = 12.0
"""Between loud and quiet frames; read speech in a room has 25 and more."""
SOMEBODY_ELSE = 0.68
"""Likeness to the other recordings below which a recording is of another person. Fixed on 16 odd-numbered speakers:
none of their own 160 recordings is below, 93 % of other people's of the same sex are."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a recording is not used."""

    path: Path
    what: str


@dataclass(frozen=True, slots=True)
class Recordings:
    """What can be used of a folder."""

    paths: tuple[Path, ...]
    seconds: float
    faults: tuple[Fault, ...]


def look_through(folder: Path, judge: Judge) -> Recordings:
    """Check all sound files of a folder (or one file).

    Raises:
        AudioError: too little can be used; says what is wrong with the files.
    """
    files = sorted(file for file in folder.rglob("*") if file.suffix.lower() in SOUNDS) if folder.is_dir() else [folder]
    if not files:
        raise AudioError("holds no sound files", where=str(folder), mend="WAV, FLAC, OGG, Opus and MP3 are understood")
    good: list[tuple[Path, Pcm]] = []
    faults: list[Fault] = []
    for path in files:
        try:
            sound = read_sound(path)
        except AudioError as error:
            faults.append(Fault(path, error.what))
            continue
        what = fault(sound)
        if what:
            faults.append(Fault(path, what))
        elif sum(len(one) for _, one in good) < MOST * SAMPLE_RATE:
            good.append((path, sound))
    strangers = others(good, judge)
    faults += [Fault(good[number][0], "is of somebody else than the others") for number in strangers]
    used = [one for number, one in enumerate(good) if number not in strangers]
    seconds = sum(len(sound) for _, sound in used) / SAMPLE_RATE
    if seconds < LEAST:
        said = "; ".join(f"{one.path.name} {one.what}" for one in faults[:5])
        raise AudioError(f"{seconds:.0f} s of recordings can be used{': ' + said if said else ''}", where=str(folder),
                         mend=f"record {LEAST:.0f} s and more of one person in a quiet room")
    return Recordings(tuple(path for path, _ in used), seconds, tuple(faults))


def fault(sound: Pcm) -> str:
    """What is wrong with a recording by itself; empty if nothing."""
    if len(sound) < SHORTEST * SAMPLE_RATE:
        return f"is shorter than {SHORTEST:g} s"
    frames = sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME).astype(np.float64)
    levels = 10 * np.log10(np.square(frames).mean(axis=1) / 32768.0**2 + 1e-12)
    loud, quiet = np.percentile(levels, [95, 5])
    if loud < SILENT_DB:
        return "is silent"
    if float((np.abs(sound.astype(np.int32)) >= CLIPPED).mean()) > MOST_CLIPPED:
        return "is clipped: record it again, quieter"
    if loud - quiet < LEAST_SNR_DB:
        return "is noisy: the pauses are nearly as loud as the words"
    return ""


def others(recordings: Sequence[tuple[Path, Pcm]], judge: Judge) -> set[int]:
    """Numbers of the recordings that are of another person than most."""
    vectors: dict[int, Floats] = {}
    for number, (_, sound) in enumerate(recordings):
        if len(sound) >= 2 * SHORTEST * SAMPLE_RATE:
            vectors[number] = judge.embed(sound)
    strangers: set[int] = set()
    # The worst first: a stranger among few makes the others look strange, too.
    while len(vectors) > 2:
        likeness = {number: float(vector @ unit(np.sum([one for other, one in vectors.items() if other != number],
                                                       axis=0))) for number, vector in vectors.items()}
        worst = min(likeness, key=lambda number: likeness[number])
        if likeness[worst] >= SOMEBODY_ELSE:
            break
        strangers.add(worst)
        del vectors[worst]
    return strangers
