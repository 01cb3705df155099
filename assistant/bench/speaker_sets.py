"""Recordings of known speakers for ``bench speakers``, and what is done to them before anybody hears them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.audio.files import read_sound
from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Pcm
from assistant.bench.channels import Places, through
from assistant.bench.sounds import add_noise, noise_gain, speech_start
from assistant.errors import AudioError

COLUMNS = ("path", "speaker")
QUIETEST = 0.15
"""Share of the frames that the control hears."""
HALF = 5.0
"""Seconds of the shortest half of a recording that is cut in two."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One side of a trial."""

    path: Path
    speaker: str
    start: float = 0.0
    """Seconds."""
    end: float | None = None
    group: str = ""
    """Sex and age group, where they are known."""

    def sound(self) -> Pcm:
        """As it was recorded."""
        whole = read_sound(self.path)
        return whole[round(self.start * SAMPLE_RATE) : None if self.end is None else round(self.end * SAMPLE_RATE)]


def read_speakers(path: Path) -> list[Utterance]:
    """The utterances that a manifest lists; paths are relative to its folder.

    Raises:
        AudioError: it cannot be read, lacks a column, is empty, or names a file that is not there; says which line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            if not set(COLUMNS) <= set(reader.fieldnames or ()):
                raise AudioError("has not the columns path and speaker", where=str(path),
                                 mend="begin it with path<TAB>speaker, and <TAB>start<TAB>end for parts of files")
            found = [_utterance(path, reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise AudioError(f"cannot be read: {error}", where=str(path)) from error
    if len({one.speaker for one in found}) < 2:
        raise AudioError("lists fewer than two speakers", where=str(path))
    return found


def _utterance(manifest: Path, line: int, row: dict[str, str | None]) -> Utterance:
    where = f"{manifest}:{line}"
    file, speaker = manifest.parent / (row["path"] or ""), row["speaker"] or ""
    if not row["path"] or not file.is_file():
        raise AudioError(f"there is no recording {row['path']!r}", where=where)
    if not speaker:
        raise AudioError("the speaker of this recording is missing", where=where)
    try:
        start, last = float(row.get("start") or 0.0), row.get("end")
        end = float(last) if last else None
    except ValueError as error:
        raise AudioError(f"start and end are seconds: {error}", where=where) from error
    age = row.get("age") or ""
    group = f"{row.get('sex')}-{'child' if int(age) < 16 else 'adult'}" if row.get("sex") and age.isdigit() else ""
    return Utterance(file, speaker, start, end, group)


def of_half(found: Sequence[Utterance], odd: bool) -> list[Utterance]:
    """Those of speakers with an odd number (fit), or an even one (measured)."""
    return [one for one in found if one.speaker.isdigit() and int(one.speaker) % 2 == odd]


def halves_of(folder: Path) -> list[Utterance]:
    """Each recording of a folder cut in two, where both are long enough; files begin with the speaker's number."""
    found = []
    for path in sorted(folder.glob("*.opus")):
        seconds = len(read_sound(path)) / SAMPLE_RATE
        if seconds >= 2 * HALF:
            speaker = path.name.split("-")[0]
            found += [Utterance(path, speaker, 0.0, seconds / 2), Utterance(path, speaker, seconds / 2, None)]
    return found


@dataclass(frozen=True, slots=True)
class Hearing:
    """How utterances reach whoever judges them."""

    places: Places | None
    """Rooms that each utterance goes through, with a microphone and a noise of its own; None: as recorded."""
    noises: Sequence[Pcm]
    snr_db: float | None
    """Of one noise more, over everything; None for none."""
    control: bool
    """Whether only the quietest frames are heard."""
    seed: int

    def hear(self, one: Utterance, number: int) -> tuple[Pcm, int]:
        """The utterance, and the sample at which its speech begins.

        Args:
            number: of the utterance in its set; what befalls it depends on that and on the seed alone.
        """
        generator = np.random.default_rng([self.seed, number])
        sound = one.sound()
        begin = speech_start(sound)
        if self.places is not None:
            sound = through(sound, self.places, self.noises, generator)
        if self.snr_db is not None:
            noise = self.noises[int(generator.integers(len(self.noises)))]
            gain = noise_gain(sound, noise, self.snr_db)
            sound = add_noise(sound, noise, gain, int(generator.integers(len(noise))))
        return (quietest(sound), 0) if self.control else (sound, begin)


def quietest(sound: Pcm) -> Pcm:
    """The quietest frames of a sound, one after the other: what is left of a room and a device without the voice."""
    frames = sound[: len(sound) // FRAME_SAMPLES * FRAME_SAMPLES].reshape(-1, FRAME_SAMPLES)
    powers = np.mean(np.square(frames.astype(np.float64)), axis=1)
    kept = np.sort(np.argsort(powers)[: max(1, round(QUIETEST * len(frames)))])
    return np.asarray(frames[kept].reshape(-1))
