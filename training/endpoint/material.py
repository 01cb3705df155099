"""Whom the model learns from: recordings of one sentence each, cut at the pauses in them and at their ends.

An end is an example of somebody who has finished; a pause inside, of somebody who has not. So is the deepest dip inside
a sentence without a pause there: people's pauses are few. All are cut the same way (``assistant/bench/pauses.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.audio.files import read_sound
from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.bench.pauses import SPOKEN, Pause, Utterance, speaker_of, utterances
from assistant.bench.sounds import deepest_dip
from assistant.errors import AudioError
from assistant.vad.base import Vad

SOUNDS = (".flac", ".wav", ".opus", ".ogg")
APART = 0.2
"""Seconds between a dip that counts and the pauses."""
FEWEST = 6
"""Speakers; with fewer nothing can be kept out."""
FIT, CHOOSE, JUDGE = "fit", "choose", "judge"
PARTS = (FIT, CHOOSE, FIT, JUDGE, FIT, FIT)
"""Of the speakers in turn: a sixth chooses the epoch and the threshold, another sixth is only judged."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A place where somebody is silent."""

    utterance: Utterance
    pause: Pause
    finished: bool
    dip: bool
    """Whether nobody paused here."""
    part: str


def recordings(folder: Path, odd: bool) -> list[Path]:
    """Recordings below a folder, if asked only those of speakers with an odd number.

    Raises:
        AudioError: there are none, or they are of too few speakers.
    """
    found = sorted(path for path in folder.rglob("*") if path.suffix in SOUNDS)
    if odd:
        found = [path for path in found if speaker_of(path).isdigit() and int(speaker_of(path)) % 2 == 1]
    if len({speaker_of(path) for path in found}) < FEWEST:
        raise AudioError(f"holds recordings of fewer than {FEWEST} speakers", where=str(folder),
                         mend="one folder for each speaker, or files that begin with the speaker's number")
    return found


def cuts(paths: Iterable[Path], vad: Vad) -> Iterator[Cut]:
    """The examples; speakers are dealt to the parts in turn."""
    paths = list(paths)
    speakers = sorted({speaker_of(path) for path in paths})
    parts = {speaker: PARTS[number % len(PARTS)] for number, speaker in enumerate(speakers)}
    for one in utterances(paths, vad):
        part = parts[one.speaker]
        for pause in one.pauses:
            yield Cut(one, pause, pause is one.pauses[-1], False, part)
        dip = deepest_dip(one.sound)
        if dip > SPOKEN * SAMPLE_RATE and all(abs(dip - pause.at) > APART * SAMPLE_RATE for pause in one.pauses):
            yield Cut(one, Pause(dip, 0.0), False, True, part)


def halves(folder: Path) -> list[Pcm]:
    """The first half of each noise in a folder: the second is for measuring."""
    sounds = [read_sound(path) for path in sorted(folder.iterdir()) if path.suffix in SOUNDS]
    return [sound[: len(sound) // 2] for sound in sounds]
