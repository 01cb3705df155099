"""The linear model of the room: it takes the echo away, leaves a person untouched, and knows which is which."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.audio.echo import EchoModel
from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Floats

SECONDS = 8
FLOOR = 10 ** (-65 / 20)


def babble(seed: int, seconds: float = SECONDS) -> Floats:
    """Noise with the rhythm of syllables: float32, -23 dBFS."""
    generator = np.random.default_rng(seed)
    count = round(seconds * SAMPLE_RATE)
    spectrum = np.fft.rfft(generator.standard_normal(count))
    hertz = np.fft.rfftfreq(count, 1 / SAMPLE_RATE)
    noise = np.fft.irfft(spectrum * (hertz > 120) / (1 + (hertz / 800) ** 2), count)
    rhythm = np.interp(np.arange(count), np.arange(0, count, 1600), generator.uniform(0, 1, -(-count // 1600)) ** 2)
    sound = noise * rhythm
    return np.asarray(sound / np.sqrt(np.mean(sound**2)) * 0.07, dtype=np.float32)


def response(seed: int, delay: float = 0.06, rt60: float = 0.3) -> Floats:
    generator = np.random.default_rng(seed)
    t = np.arange(round(rt60 * SAMPLE_RATE)) / SAMPLE_RATE
    tail = generator.standard_normal(len(t)) * 10 ** (-3 * t / rt60)
    whole = np.concatenate((np.zeros(round(delay * SAMPLE_RATE)), tail / np.sqrt(np.sum(tail**2))))
    return np.asarray(0.5 * whole, dtype=np.float32)


def microphone(played: Floats, way: Floats, person: Floats | None = None) -> Floats:
    echo = np.convolve(played, way)[: len(played)]
    noise = np.random.default_rng(99).standard_normal(len(echo)) * FLOOR
    return np.asarray(echo + noise + (0.0 if person is None else person), dtype=np.float32)


def run(near: Floats, far: Floats) -> tuple[Floats, np.ndarray]:
    """What is left, and the excess of each frame."""
    model, left, excess = EchoModel(), [], []
    quiet = (np.random.default_rng(98).standard_normal((50, FRAME_SAMPLES)) * FLOOR).astype(np.float32)
    for frame in quiet:
        model.listen(frame)
    for start in range(0, len(near) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
        left.append(model.process(near[start : start + FRAME_SAMPLES], far[start : start + FRAME_SAMPLES]))
        excess.append(model.excess)
    return np.concatenate(left), np.array(excess)


def power_db(sound: Floats) -> float:
    return float(10 * np.log10(np.mean(np.square(sound, dtype=np.float64)) + 1e-12))


@pytest.mark.parametrize("delay", [0.01, 0.06, 0.2])
def test_the_echo_goes_within_seconds(delay: float) -> None:
    played = babble(1)
    near = microphone(played, response(2, delay))
    left, _ = run(near, played)
    assert power_db(near[64000:]) - power_db(left[64000:]) > 20


def test_a_person_is_left_as_he_is() -> None:
    played, person = babble(1), babble(5)
    person[: 4 * SAMPLE_RATE] = 0
    left, _ = run(microphone(played, response(2), person), played)
    late = slice(5 * SAMPLE_RATE, None)
    assert power_db(left[late] - person[late]) < power_db(person[late]) - 12


def test_the_excess_tells_a_person_from_the_echo_at_once() -> None:
    played, person = babble(1), 0.5 * babble(5)
    begin = 5 * SAMPLE_RATE
    person[:begin] = 0
    _, alone = run(microphone(played, response(2)), played)
    _, together = run(microphone(played, response(2), person), played)
    assert np.mean(alone[50:] > 3) < 0.02
    first = begin // FRAME_SAMPLES
    assert np.mean(together[first : first + 20] > 3) > 0.5


def test_reverberation_longer_than_the_model_is_nobody_and_a_person_in_it_is_somebody() -> None:
    words = np.arange(SECONDS * SAMPLE_RATE) % round(1.1 * SAMPLE_RATE) < 0.6 * SAMPLE_RATE
    played, way = np.asarray(babble(1) * words, dtype=np.float32), response(2, delay=0.17, rt60=0.8)
    person = babble(5)
    begin = 5 * SAMPLE_RATE
    person[:begin] = 0
    _, alone = run(microphone(played, way), played)
    _, together = run(microphone(played, way, person), played)
    assert np.mean(alone[100:] > 3) < 0.05
    first = begin // FRAME_SAMPLES
    assert np.mean(together[first : first + 20] > 3) > 0.5


def test_a_room_that_changes_is_learned_again() -> None:
    played = babble(1, 16)
    half = len(played) // 2
    near = np.concatenate(
        (microphone(played, response(2))[:half], microphone(played, response(3, 0.08))[half:])
    )
    left, excess = run(near, played)
    late = slice(half + 5 * SAMPLE_RATE, None)
    assert power_db(near[late]) - power_db(left[late]) > 12
    assert np.mean(excess[-100:] > 3) < 0.05


def test_steady_noise_is_background_after_a_while() -> None:
    noise = (np.random.default_rng(3).standard_normal(12 * SAMPLE_RATE) * 0.01).astype(np.float32)
    _, excess = run(noise, np.zeros_like(noise))
    assert np.mean(excess[-100:] > 3) < 0.05
