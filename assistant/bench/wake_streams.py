"""Clips of a wake phrase joined into one stream, and what a detector makes of it.

A phrase ends at the last 20 ms frame within 35 dB of its clip's loudest; a hit is the first firing between the clip's
start and 0.5 s after that; any other firing is a false accept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from assistant.audio.frames import SAMPLE_RATE, Floats, Pcm
from assistant.bench.sounds import add_noise, noise_gain, quiet, speech_end, speech_start, within_speech

BETWEEN = 3.0
"""Seconds of room noise between clips."""
LATE = 0.5
"""Seconds after a phrase's end in which it still is heard."""
RUN_IN = 3.0
"""Seconds of other people's speech before a phrase."""
LONGEST_PAUSE = 3.0
"""Seconds after those in which somebody speaks again."""
SPOKEN_DB = 20.0
"""Talk is cut where it is no softer than this below its loudest: within a word."""
REFRACTORY = 2 * SAMPLE_RATE
"""Samples after a firing in which no other counts."""

Answer = tuple[int, float]
"""The sample at which a detector could tell, and how surely it heard the phrase."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a phrase lies in a stream; samples."""

    start: int
    end: int


@dataclass(slots=True)
class Stream:
    """Sound with phrases at known places."""

    pieces: list[Pcm] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    length: int = 0

    def add(self, sound: Pcm) -> None:
        self.pieces.append(sound)
        self.length += len(sound)

    @property
    def sound(self) -> Pcm:
        return np.concatenate(self.pieces)

    @property
    def hours(self) -> float:
        return self.length / SAMPLE_RATE / 3600


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where the phrases are said."""

    noises: Sequence[Pcm] = ()
    snr: float = 10.0
    """dB of a phrase over the noise."""
    rooms: Sequence[Floats] = ()
    """Impulse responses; each phrase in one of them."""

    def around(self, sound: Pcm, clip: Pcm, number: int) -> Pcm:
        """A sound in its noise, or in a quiet room.

        Args:
            clip: the part that the noise is measured against.
            number: chooses the noise and its place.
        """
        if not self.noises:
            return add_noise(sound, quiet(1.0), 1.0)
        noise = self.noises[number % len(self.noises)]
        return add_noise(sound, noise, noise_gain(clip, noise, self.snr), number * 7_919 % len(noise))

    def said(self, clip: Pcm, number: int) -> Pcm:
        """A clip in its room, at its own level."""
        if not self.rooms:
            return clip
        from assistant.bench.rooms import convolve

        echoing = convolve(clip.astype(np.float32), self.rooms[number % len(self.rooms)])
        louder = float(np.abs(clip).max(initial=1)) / float(np.abs(echoing).max(initial=1.0))
        return np.asarray(echoing * louder, np.int16)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a detector did with a stream."""

    missed: int
    count: int
    false_accepts: int
    hours: float
    delays: tuple[float, ...]
    """Milliseconds from a phrase's end to the end of the frame that tells."""


def quiet_between(said: Sequence[Pcm], around: Surroundings) -> Stream:
    """The clips with 3 s of the room between, each in a noise if there are noises."""
    stream = Stream()
    room = np.zeros(round(BETWEEN * SAMPLE_RATE), np.int16)
    for number, clip in enumerate(said):
        _append(stream, room, clip, around, number)
    stream.add(around.around(room, said[-1], 0))
    return stream


def running(said: Sequence[Pcm], others: Sequence[Pcm], around: Surroundings) -> Stream:
    """The clips inside other people's speech, which breaks off within a word and is followed at once, at their level.

    What a clip has before its phrase is left out: it would be the pause that this is without.
    """
    stream, talk, at = Stream(), np.concatenate(others), 0
    for number, clip in enumerate(said):
        before, at = _run_in(talk, at)
        phrase = clip[speech_start(clip) :]
        loud = _level(phrase) / max(1.0, _level(before))
        before = np.clip(before * loud, -32768, 32767).astype(np.int16)
        _append(stream, before, phrase, around, number)
    return stream


def _run_in(talk: Pcm, at: int) -> tuple[Pcm, int]:
    """Three seconds of talk, a ring, from a sample on, longer until within a word; and the sample after them."""
    piece = talk[(at + np.arange(round((RUN_IN + LONGEST_PAUSE) * SAMPLE_RATE))) % len(talk)]
    piece = piece[: within_speech(piece, round(RUN_IN * SAMPLE_RATE), SPOKEN_DB)]
    return piece, at + len(piece)


def fired(answers: Sequence[Answer], threshold: float) -> list[int]:
    """The samples at which a threshold gives a firing, the refractory time kept."""
    found: list[int] = []
    for told, score in answers:
        if score >= threshold and (not found or told >= found[-1] + REFRACTORY):
            found.append(told)
    return found


def judge(stream: Stream, times: Sequence[int]) -> Verdict:
    """What was heard of the phrases, and what else was."""
    used, delays = set(), []
    for place in stream.places:
        inside = [t for t in times if place.start < t <= place.end + LATE * SAMPLE_RATE and t not in used]
        if inside:
            used.add(inside[0])
            delays.append((inside[0] - place.end) / SAMPLE_RATE * 1000)
    count = len(stream.places)
    return Verdict(count - len(delays), count, len(times) - len(used), stream.hours, tuple(delays))


def _append(stream: Stream, before: Pcm, clip: Pcm, around: Surroundings, number: int) -> None:
    """A clip after what comes before it, both in the same noise; its end is that of the dry clip."""
    heard = around.around(np.concatenate([before, around.said(clip, number)]), clip, number)
    start = stream.length + len(before)
    stream.add(heard)
    stream.places.append(Place(start, start + speech_end(clip)))


def _level(sound: Pcm) -> float:
    return float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))
