"""A loudspeaker and a microphone in a simulated room, in audio time: answers are played, people talk over them.

The two devices have clocks of their own. Their calls come a little late each, as calls of real devices do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import soxr

from assistant.audio.frames import FRAME_SAMPLES, FRAME_SECONDS, SAMPLE_RATE, Floats, Frame, Pcm
from assistant.audio.frontend import FrontEnd
from assistant.audio.lane import Lane
from assistant.audio.playback import Playback
from assistant.audio.ring import RingBuffer
from assistant.bench.rooms import Room, convolve
from assistant.vad.base import Vad

LEAD_IN = 50
"""Frames of silence before the first answer."""
GAP = 75
"""Frames between two answers."""
LISTENING = 3000
"""Frames (one minute) that the devices have been open before: how long their clocks have been compared."""
JITTER = 0.004
"""Seconds by which a device's call typically comes late (half-normal)."""
FLOOR_DB = -65.0
"""Noise of microphone and room, dBFS."""
LOUDEST_WINDOW = 2048
TAIL_SECONDS = 0.25
"""Of reverberation kept after a person's last word."""


@dataclass(frozen=True, slots=True)
class Setup:
    """Where and with which devices."""

    room: Room
    delay: float
    """Seconds from handing a sample to the loudspeaker to its arrival at the microphone."""
    drift: float
    """By which the loudspeaker's clock is faster."""
    echo_db: float
    """Loudest 2,048 samples of an answer at the microphone, dBFS."""
    seed: int
    listening: int = LISTENING
    """Frames that the devices have been open before."""


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody talks over an answer."""

    pcm: Pcm
    """Begins with the speech."""
    reply: int
    """Which answer."""
    after: float
    """Seconds after that answer's beginning arrived."""
    level_db: float
    """Loudest 2,048 samples against the answer's at the microphone."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What the microphone hears, and when."""

    setup: Setup
    microphone: Pcm
    background: Pcm
    """What it heard before, over and over: a second without answers and people."""
    replies: Sequence[Pcm]
    begins: Sequence[int]
    """Frame of the loudspeaker with which each answer begins."""
    spoken: Sequence[int]
    """Sample of the microphone at which each voice begins."""


def loudest_db(sound: Floats) -> float:
    """Level of the loudest 2,048 samples of a sound in [-1, 1], dBFS."""
    whole = len(sound) // LOUDEST_WINDOW * LOUDEST_WINDOW
    powers = np.mean(np.square(sound[:whole].reshape(-1, LOUDEST_WINDOW)), axis=1) if whole else [np.mean(sound**2)]
    return float(10 * np.log10(max(np.max(powers), 1e-12)))


def render(setup: Setup, replies: Sequence[Pcm], voices: Sequence[Voice] = (), noise: Floats | None = None) -> Scene:
    """The sound at the microphone.

    Args:
        noise: added to it, at its own level.
    """
    generator = np.random.default_rng(setup.seed)
    begins, played = _timeline(replies)
    at_microphone = soxr.resample(played, SAMPLE_RATE * (1 + setup.drift), SAMPLE_RATE) if setup.drift else played
    late = round(setup.delay * SAMPLE_RATE)
    echo = np.concatenate((np.zeros(late, np.float32), convolve(at_microphone, setup.room.echo)))
    echo = echo[: len(echo) // FRAME_SAMPLES * FRAME_SAMPLES]
    echo *= 10 ** ((setup.echo_db - loudest_db(echo)) / 20)
    sound = echo + (generator.standard_normal(len(echo)) * 10 ** (FLOOR_DB / 20)).astype(np.float32)
    spoken = []
    for voice in voices:
        arrives = round(begins[voice.reply] * FRAME_SAMPLES / (1 + setup.drift)) + late
        answer = echo[arrives : arrives + len(replies[voice.reply])]
        start = arrives + round(voice.after * SAMPLE_RATE)
        person = _at_microphone(voice, setup.room, loudest_db(answer) + voice.level_db)[: len(sound) - start]
        sound[start : start + len(person)] += person
        spoken.append(start)
    background = (generator.standard_normal(SAMPLE_RATE) * 10 ** (FLOOR_DB / 20)).astype(np.float32)
    if noise is not None:
        sound += np.resize(noise, len(sound))
        background += np.resize(noise, SAMPLE_RATE)
    return Scene(setup, _pcm(sound), _pcm(background), replies, begins, spoken)


def _pcm(sound: Floats) -> Pcm:
    return np.asarray(np.clip(np.rint(sound * 32768), -32768, 32767), dtype=np.int16)


def _timeline(replies: Sequence[Pcm]) -> tuple[list[int], Floats]:
    begins, at = [], LEAD_IN
    for reply in replies:
        begins.append(at)
        at += -(-len(reply) // FRAME_SAMPLES) + GAP
    played = np.zeros(at * FRAME_SAMPLES, np.float32)
    for begin, reply in zip(begins, replies, strict=True):
        played[begin * FRAME_SAMPLES :][: len(reply)] = reply / 32768.0
    return begins, played


def _at_microphone(voice: Voice, room: Room, level_db: float) -> Floats:
    dry = np.concatenate((voice.pcm / 32768.0, np.zeros(round(TAIL_SECONDS * SAMPLE_RATE)))).astype(np.float32)
    heard = convolve(dry, room.talker)
    return np.asarray(heard * 10 ** ((level_db - loudest_db(heard)) / 20), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Moment:
    """A clean frame and what is being played meanwhile."""

    frame: Frame
    reply: int
    """Number of the answer being played; -1 between answers."""


def listen(scene: Scene, vad: Vad) -> Iterator[Moment]:
    """Play and capture the scene through a real playback and a real lane, call by call."""
    now = 0.0
    playback = Playback(clock=lambda: now)
    lane = Lane(
        FrontEnd(), vad.stream(), [], RingBuffer(1.0), playback, lambda signal: None, residual_vad=vad.stream()
    )
    begins = {begin: number for number, begin in enumerate(scene.begins)}
    frames = scene.microphone.reshape(-1, FRAME_SAMPLES)
    before = scene.background.reshape(-1, FRAME_SAMPLES)
    playing = -1
    for now, is_capture, number in _calls(scene.setup, len(frames)):
        if is_capture:
            frame = lane.process(frames[number] if number >= 0 else before[number % len(before)], now)
            if number >= 0:
                yield Moment(Frame(frame.pcm, number * FRAME_SAMPLES, frame.levels), playing)
            continue
        if number in begins:
            playing = begins[number]
            clip = playback.play("answer")
            clip.write(scene.replies[playing])
            clip.end()
        playback.pull()
        if not playback.playing:
            playing = -1


def _calls(setup: Setup, frames: int) -> list[tuple[float, bool, int]]:
    """(clock, whether it is the microphone's, frame number) of every call of the two devices, in order."""
    generator = np.random.default_rng(setup.seed + 1)
    numbers = np.arange(-setup.listening, frames)
    late = np.abs(generator.standard_normal((2, len(numbers)))) * JITTER
    captures = (numbers + 1) * FRAME_SECONDS + late[0]
    pulls = numbers * FRAME_SECONDS / (1 + setup.drift) + late[1]
    calls = [(float(at), True, int(number)) for at, number in zip(captures, numbers, strict=True)]
    calls += [(float(at), False, int(number)) for at, number in zip(pulls, numbers, strict=True)]
    return sorted(calls)
