"""What the energy gate saves and what it must not lose; speech in noise."""

from __future__ import annotations

import time
from functools import cache

import numpy as np
import pytest

from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Frame
from assistant.testing.conformance.vad import feed, room, spoken
from assistant.vad.base import VadResult
from assistant.vad.energy import NoiseFloor, level_db
from assistant.vad.silero import WINDOW, SileroConfig, SileroStream, SileroVad

UNGATED = SileroConfig(gate_db=-200.0, quiet_db=-200.0)


@cache
def silero(config: SileroConfig = SileroConfig()) -> SileroVad:  # noqa: B008 - frozen
    return SileroVad(config)


def listened(stream: SileroStream, samples: int) -> float:
    """Share of the sound that the network heard."""
    return stream.windows * WINDOW / samples


def change(results: list[VadResult], speech: bool) -> int:
    """Sample of the first change to speech or away from it."""
    return next(result.changed_at for result in results if result.changed_at is not None and result.speech == speech)


@pytest.mark.parametrize("level", [-200.0, -65.0, -40.0])
def test_in_a_steady_room_the_network_sleeps(level: float) -> None:
    sound = room(30 * SAMPLE_RATE, level_db=level)
    stream = silero().stream()
    feed(stream, sound)
    assert listened(stream, len(sound)) < 0.12


def test_the_gate_loses_no_onset() -> None:
    sound, begin, _ = spoken(before=10.0)
    gated, ungated = silero().stream(), silero(UNGATED).stream()
    with_gate, without = feed(gated, sound), feed(ungated, sound)
    assert listened(gated, begin) < listened(ungated, begin) / 2
    assert abs(change(with_gate, True) - change(without, True)) <= 2 * FRAME_SAMPLES
    told = [next(index for index, result in enumerate(results) if result.speech) for results in (with_gate, without)]
    assert told[0] - told[1] <= 2


@pytest.mark.parametrize("snr", [20, 10])
def test_speech_over_noise_is_found(snr: int) -> None:
    sound, begin, end = spoken()
    loud = np.sqrt(np.mean(sound[begin:end].astype(float) ** 2))
    noise = room(len(sound), seed=5, level_db=20 * np.log10(loud / 32768) - snr)
    results = feed(silero().stream(), np.clip(sound.astype(int) + noise, -32768, 32767).astype(np.int16))
    assert abs(change(results, True) - begin) < 0.1 * SAMPLE_RATE
    last = [result.changed_at for result in results if result.changed_at is not None and not result.speech][-1]
    assert abs(last - end) < 0.25 * SAMPLE_RATE
    assert not results[-1].speech


def test_speech_that_opens_the_stream_is_heard() -> None:
    sound, begin, _ = spoken()
    results = feed(silero().stream(), sound[begin:])
    assert next(index for index, result in enumerate(results) if result.speech) < 10


def test_a_pause_inside_a_sentence_is_told() -> None:
    sound, begin, end = spoken(after=0.3)
    results = feed(silero().stream(), np.concatenate([sound, sound[begin:]]))
    pauses = [result.changed_at for result in results if result.changed_at is not None and not result.speech]
    assert any(abs(pause - end) < 0.06 * SAMPLE_RATE for pause in pauses)


def test_it_costs_less_than_a_fiftieth_of_a_core() -> None:
    sound = np.concatenate([room(SAMPLE_RATE, level_db=-70), room(9 * SAMPLE_RATE, level_db=-20)])
    frames = [Frame(sound[at : at + FRAME_SAMPLES], at) for at in range(0, len(sound), FRAME_SAMPLES)]
    stream = silero(UNGATED).stream()
    began = time.process_time()
    for frame in frames:
        stream.feed(frame)
    assert time.process_time() - began < 0.02 * 10


def test_levels_and_the_floor() -> None:
    assert level_db(Frame(np.zeros(FRAME_SAMPLES, np.int16), 0)) == pytest.approx(-96)
    assert level_db(Frame(np.full(FRAME_SAMPLES, -32768, np.int16), 0)) == pytest.approx(0, abs=1e-6)
    floor = NoiseFloor()
    for level in [-60.0] * 60 + [-20.0] * 100:
        floor.feed(level)
    assert floor.db == pytest.approx(-60) and floor.warm
    for _ in range(260):
        floor.feed(-40.0)
    assert floor.db == pytest.approx(-40)
