"""The end of speech and the level of noise, as the README of the data defines them; pauses where people make them."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Pcm
from assistant.bench.sounds import (
    DIP_WINDOW,
    END_BELOW_DB,
    PEAK_WINDOW,
    add_noise,
    deepest_dip,
    floor_of,
    noise_gain,
    silence,
    speech_end,
    speech_start,
    with_pause,
)


def hiss(seconds: float, amplitude: float, seed: int = 0) -> Pcm:
    """Noise of an RMS amplitude."""
    noise = np.random.default_rng(seed).normal(0.0, amplitude, round(seconds * SAMPLE_RATE))
    return np.clip(np.rint(noise), -32768, 32767).astype(np.int16)


def tone(seconds: float, amplitude: float) -> Pcm:
    """A tone with the same power in every 20 ms."""
    at = np.arange(round(seconds * SAMPLE_RATE))
    return np.rint(np.sin(2 * np.pi * 500 * at / SAMPLE_RATE) * amplitude).astype(np.int16)


def below(db: float) -> float:
    """An amplitude so far below 20,000."""
    return float(20_000 * 10 ** (-db / 20))


def sample(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE)


def strongest(sound: np.ndarray) -> float:
    """Power of the strongest 2,048-sample frame, as the definition says it."""
    starts = range(0, len(sound) - 2048 + 1, 2048)
    return max(float(np.mean(sound[at : at + 2048].astype(np.float64) ** 2)) for at in starts)


def test_speech_lasts_from_the_first_to_the_last_frame_within_35_db_of_the_loudest() -> None:
    assert END_BELOW_DB == 35.0 and PEAK_WINDOW == 2048
    dry = np.concatenate([
        tone(0.4, below(37)), tone(0.2, below(33)), tone(0.5, 20_000), silence(0.3), tone(0.2, below(33)),
        tone(0.6, below(37)),
    ])
    assert speech_start(dry) == sample(0.4) and speech_end(dry) == sample(1.6)


def test_the_end_lies_on_a_frame_of_20_ms() -> None:
    dry = np.concatenate([tone(0.1, 20_000), tone(0.013, 20_000), silence(0.5)])
    assert speech_end(dry) == sample(0.12) and speech_end(dry) % FRAME_SAMPLES == 0


def test_speech_to_the_last_sample_ends_there() -> None:
    assert speech_end(tone(0.5, 5000)) == sample(0.5) and speech_start(tone(0.5, 5000)) == 0


@pytest.mark.parametrize("snr", [-5.0, 0.0, 6.0, 20.0])
def test_noise_is_scaled_so_that_its_strongest_frame_lies_below_that_of_the_speech(snr: float) -> None:
    speech = np.concatenate([hiss(0.5, 50), hiss(0.3, 4000, 1), hiss(1.0, 300, 2)])
    noise = np.concatenate([hiss(2.0, 100, 3), hiss(0.4, 1500, 4), hiss(2.0, 100, 5)])
    scaled = noise.astype(np.float64) * noise_gain(speech, noise, snr)
    assert 10 * np.log10(strongest(speech) / strongest(scaled)) == pytest.approx(snr, abs=1e-6)


def test_silence_around_the_speech_does_not_change_the_level_of_the_noise() -> None:
    speech, noise = hiss(1.024, 3000), hiss(3.0, 200, 1)
    around = np.concatenate([silence(1.024), speech, silence(1.024)])
    assert noise_gain(around, noise, 10.0) == pytest.approx(noise_gain(speech, noise, 10.0), rel=1e-9)


def test_noise_is_repeated_from_its_offset_on_and_clipped() -> None:
    noise = np.array([1, 2, 3], np.int16)
    assert add_noise(np.zeros(7, np.int16), noise, 10.0, offset=2).tolist() == [30, 10, 20, 30, 10, 20, 30]
    loud = np.array([30_000, -30_000], np.int16)
    clipped = add_noise(loud, np.array([10_000, -10_000], np.int16), 1.0)
    assert clipped.dtype == np.int16 and clipped.tolist() == [32_767, -32_768]


def test_the_dip_is_the_quietest_place_in_the_middle_half_of_the_speech() -> None:
    words = np.concatenate([
        silence(0.5),
        tone(0.2, 8000), silence(0.1), tone(0.4, 8000),
        tone(0.1, 800),
        tone(0.7, 8000), tone(0.1, 2000), tone(0.4, 8000),
        silence(0.5),
    ])
    at = deepest_dip(words)
    assert sample(1.2) <= at <= sample(1.3), "not the deeper one near the start, nor the shallower one"


def test_the_floor_is_the_recordings_own_quietest_moment_at_its_level() -> None:
    sound = np.concatenate([hiss(0.6, 4000), hiss(0.3, 60, 1), hiss(0.6, 4000, 2)])
    floor = floor_of(sound, sample(2.0), np.random.default_rng(0))
    assert len(floor) == sample(2.0) and floor.dtype == np.int16
    assert float(np.std(floor)) == pytest.approx(60, rel=0.12)


def test_the_floor_does_not_buzz() -> None:
    floor = floor_of(hiss(1.0, 500), sample(2.0), np.random.default_rng(0)).astype(np.float64)
    shifted = float(np.corrcoef(floor[:-DIP_WINDOW], floor[DIP_WINDOW:])[0, 1])
    assert abs(shifted) < 0.1, "a piece repeated as it is would be 1"


def test_the_floor_of_digital_silence_is_silence_also_where_there_is_hardly_any_sound() -> None:
    assert not floor_of(silence(1.0), 5000, np.random.default_rng(0)).any()
    assert len(floor_of(silence(0.01), 5000, np.random.default_rng(0))) == 5000


def test_a_pause_is_put_in_and_nothing_is_lost() -> None:
    sound = np.concatenate([hiss(0.5, 4000), silence(0.1), hiss(0.5, 4000, 1)])
    at = sample(0.55)
    paused = with_pause(sound, at, 0.4, np.random.default_rng(0))
    assert len(paused) == len(sound) + sample(0.4)
    assert np.array_equal(paused[:at], sound[:at]) and np.array_equal(paused[at + sample(0.4) :], sound[at:])
    assert not paused[at : at + sample(0.4)].any()
