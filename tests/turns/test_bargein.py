"""Talking over an answer: the policy by itself, then in simulated rooms with real voices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from assistant.audio.files import read_sound
from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, SILENCE_DB, Floats, Frame, Levels, Pcm
from assistant.bench.bargein import decisions, noticed, start_of
from assistant.bench.duplex import Setup, Voice, render
from assistant.bench.rooms import Room
from assistant.bench.sounds import speech_end
from assistant.turns.bargein import BargeIn, BargeInConfig
from assistant.vad.silero import SileroVad

PERSON = Levels(-25.0, -30.0, -20.0, 0.3, excess=12.0, residual_probability=0.8)
FAINT = Levels(-25.0, -30.0, -20.0, 0.3, excess=4.0, residual_probability=0.8)
ECHO = Levels(-25.0, -60.0, -20.0, 0.0, excess=-3.0, residual_probability=0.6)
CLATTER = replace(FAINT, residual_probability=0.02)
SHRILL = replace(PERSON, residual_probability=0.02)


@dataclass(frozen=True)
class Heard:
    frame: Frame


def fires(levels: Sequence[Levels | None], policy: BargeIn | None = None) -> list[int]:
    """Numbers of the frames at which the policy would pause."""
    policy = policy or BargeIn()
    frames = [Frame(np.zeros(FRAME_SAMPLES, np.int16), n * FRAME_SAMPLES, one) for n, one in enumerate(levels)]
    return [number for number, frame in enumerate(frames) if policy.hear(Heard(frame))]


def test_a_person_is_noticed_after_a_few_frames() -> None:
    assert fires([ECHO] * 10 + [PERSON] * 10)[0] == 10 + BargeInConfig().frames - 1


@pytest.mark.parametrize("levels", [ECHO, CLATTER, None, Levels(-70.0, -70.0, SILENCE_DB, 0.1)])
def test_echo_clatter_and_silence_are_not(levels: Levels | None) -> None:
    assert not fires([levels] * 100)


def test_a_click_is_not_and_a_gap_in_a_word_does_no_harm() -> None:
    config = BargeInConfig()
    assert not fires([ECHO, *[PERSON] * (config.frames - 1)] + [ECHO] * 10 + [PERSON] * (config.frames - 1))
    assert fires([PERSON] * 2 + [ECHO] + [PERSON] * 2) == [4]


def test_where_the_echo_is_cancelled_elsewhere_the_detector_decides() -> None:
    speech, silence = Levels(-30.0, -30.0, -20.0, 0.9), Levels(-60.0, -60.0, -20.0, 0.1)
    assert not fires([silence] * 50)
    assert fires([silence] * 5 + [speech] * 10)


def test_what_is_clearly_there_counts_even_if_the_detector_doubts_it() -> None:
    config = BargeInConfig()
    assert fires([ECHO] * 10 + [SHRILL] * 10)[0] == 10 + config.clear_frames - 1
    assert not fires([ECHO] * 10 + [SHRILL] * (config.clear_frames - 1) + [ECHO] * 10)


def test_reset_begins_anew() -> None:
    policy = BargeIn()
    fires([PERSON] * (BargeInConfig().frames - 1), policy)
    policy.reset()
    assert not fires([PERSON], policy)


# --- in rooms


def room(name: str, rt60: float, seed: int, direct: float = 20.0) -> Room:
    """A diffuse room: exponentially falling noise after the direct sound."""
    generator = np.random.default_rng(seed)
    t = np.arange(round(rt60 * SAMPLE_RATE)) / SAMPLE_RATE

    def response(first: float) -> Floats:
        tail = generator.standard_normal(len(t)) * 10 ** (-3 * t / rt60)
        tail[0] = first
        return np.asarray(tail / np.sqrt(np.sum(tail**2)), dtype=np.float32)

    return Room(name, response(direct), response(8.0), rt60)


SETUPS = [
    Setup(room("small", 0.25, 1), 0.03, 1e-3, -20.0, 1),
    Setup(room("large", 0.6, 2), 0.18, -1e-3, -26.0, 2),
    Setup(room("bare", 0.8, 3, 4.0), 0.2, -1e-3, -18.0, 3),
]


def speech(data: Path, count: int, seconds: float) -> list[Pcm]:
    paths = sorted((data / "speech" / "librispeech_clips").glob("*.opus"))
    readers = [path for path in paths if int(path.name.split("-")[0]) % 2 == 0]
    return [read_sound(path)[: round(seconds * SAMPLE_RATE)] for path in readers[:count]]


@pytest.fixture(scope="module")
def vad() -> SileroVad:
    return SileroVad()


@pytest.mark.parametrize("devices", SETUPS, ids=lambda devices: devices.room.name)
def test_the_assistant_does_not_interrupt_itself(data: Path, vad: SileroVad, devices: Setup) -> None:
    assert not decisions(render(devices, speech(data, 4, 5.0)), vad)


@pytest.mark.parametrize("devices", SETUPS, ids=lambda devices: devices.room.name)
def test_people_who_talk_over_it_are_noticed(data: Path, vad: SileroVad, devices: Setup) -> None:
    replies = speech(data, 6, 3.5)
    words = [read_sound(path) for path in sorted((data / "wake" / "computer").glob("*.flac"))[:6]]
    voices = [
        Voice(word[start_of(word, 25.0) : speech_end(word)], number, 1.0 + 0.1 * number, (0.0, -6.0)[number % 2])
        for number, word in enumerate(words)
    ]
    scene = render(devices, replies, voices)
    times = noticed(scene, decisions(scene, vad, rest=0))
    assert sum(time <= 0.4 for time in times) >= 5, times
