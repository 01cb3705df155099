"""What is learnt from: clean recordings in which it is known who speaks when, and where they are heard.

Rooms and noises come as in the wake word recipe. Every fifth speaker is kept out, to place the threshold and to judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from assistant.audio.files import read_sound
from assistant.audio.frames import FRAME_SAMPLES, Pcm
from assistant.bench.pauses import clean, speaker_of
from assistant.bench.speech_frames import Labels, agreed
from assistant.errors import AudioError
from assistant.vad.base import Vad

KEPT_OUT = 5
"""Every fifth speaker."""
TELL_EVERY = 200


@dataclass(frozen=True, slots=True)
class Recording:
    """Somebody's clean speech."""

    speaker: str
    sound: Pcm
    """int16[frames * 320]."""
    labels: Labels
    """int8[frames]: ``SPEECH``, ``OTHER`` or ``UNKNOWN``."""


def labelled(paths: Iterable[Path], vad: Vad, say: Callable[[str], None]) -> list[Recording]:
    """The recordings that are clean enough to tell.

    Raises:
        AudioError: none is.
    """
    found = []
    for number, path in enumerate(paths, 1):
        sound = read_sound(path)
        sound = sound[: len(sound) // FRAME_SAMPLES * FRAME_SAMPLES]
        if clean(sound):
            found.append(Recording(speaker_of(path), sound, agreed(sound, vad)))
        if number % TELL_EVERY == 0:
            say(f"{number} recordings heard, {len(found)} of them clean enough")
    if not found:
        raise AudioError("no recording is clean enough", where="training/vad",
                         mend="take some whose background lies 40 dB below the speech")
    return found


def dealt(recordings: Iterable[Recording]) -> tuple[list[Recording], list[Recording]]:
    """Those to train with, and those of the speakers who are kept out."""
    recordings = list(recordings)
    names = sorted({one.speaker for one in recordings})
    out = {name for number, name in enumerate(names) if number % KEPT_OUT == KEPT_OUT - 1}
    return [one for one in recordings if one.speaker not in out], [one for one in recordings if one.speaker in out]
