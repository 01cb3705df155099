"""The front end in a simulated room: the assistant's voice is taken out, a person's is not."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Floats, Frame, Pcm
from assistant.audio.frontend import ECHO_LATENCY, FrontEnd, FrontEndConfig
from assistant.audio.playback import Playback
from assistant.audio.reference import DriftLine

SECONDS = 6


def babble(seconds: float, seed: int) -> Floats:
    """Noise with the rhythm and the spectrum of speech: float32, -23 dBFS while it sounds."""
    generator = np.random.default_rng(seed)
    count = round(seconds * SAMPLE_RATE)
    spectrum = np.fft.rfft(generator.standard_normal(count))
    hertz = np.fft.rfftfreq(count, 1 / SAMPLE_RATE)
    spectrum *= (hertz > 120) / (1 + (hertz / 800) ** 2)
    noise = np.fft.irfft(spectrum, count)
    knots = np.interp(np.arange(count), np.arange(0, count, 1600), generator.uniform(0, 1, -(-count // 1600)) ** 2)
    sound = noise * knots
    return np.asarray(sound / np.sqrt(np.mean(sound**2)) * 0.07, dtype=np.float32)


def room(seed: int, rt60: float = 0.4, delay: float = 0.06) -> Floats:
    """A response: exponentially falling noise after ``delay`` seconds."""
    generator = np.random.default_rng(seed)
    t = np.arange(round(rt60 * SAMPLE_RATE)) / SAMPLE_RATE
    tail = generator.standard_normal(len(t)) * 10 ** (-3 * t / rt60)
    tail[0] = 4.0
    response = np.concatenate((np.zeros(round(delay * SAMPLE_RATE)), tail / np.sqrt(np.sum(tail**2))))
    return np.asarray(response, dtype=np.float32)


def pcm(sound: Floats) -> Pcm:
    return np.asarray(np.clip(np.rint(sound * 32768), -32768, 32767), dtype=np.int16)


def run(front_end: FrontEnd, microphone: Pcm, played: Pcm | None) -> Pcm:
    out = []
    for start in range(0, len(microphone) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
        reference = None if played is None else Frame(played[start : start + FRAME_SAMPLES], start)
        out.append(front_end.process(Frame(microphone[start : start + FRAME_SAMPLES], start), reference).pcm)
    return np.concatenate(out)


def power_db(sound: Pcm) -> float:
    return float(10 * np.log10(np.mean(sound.astype(float) ** 2) + 1e-9))


@pytest.mark.parametrize(("rt60", "delay"), [(0.2, 0.02), (0.4, 0.06), (0.7, 0.2)])
def test_echo_is_taken_out(rt60: float, delay: float) -> None:
    played = babble(SECONDS, 1)
    echo = np.convolve(played, room(2, rt60, delay))[: len(played)].astype(np.float32)
    clean = run(FrontEnd(), pcm(echo), pcm(played))
    late = slice(3 * SAMPLE_RATE, None)
    loss = power_db(pcm(echo)[late]) - power_db(clean[late])
    assert loss > 20, f"echo return loss enhancement {loss:.1f} dB"


def test_without_a_reference_the_echo_stays() -> None:
    echo = pcm(np.convolve(babble(2, 1), room(2))[: 2 * SAMPLE_RATE].astype(np.float32))
    assert power_db(echo) - power_db(run(FrontEnd(), echo, None)) < 3


def test_a_person_is_heard_over_the_echo() -> None:
    played, said = babble(SECONDS, 1), babble(SECONDS, 5)
    said[: 4 * SAMPLE_RATE] = 0
    echo = np.convolve(played, room(2))[: len(played)].astype(np.float32)
    clean = run(FrontEnd(), pcm(echo + said), pcm(played))
    before = power_db(clean[3 * SAMPLE_RATE : 4 * SAMPLE_RATE])
    during = power_db(clean[4 * SAMPLE_RATE : 6 * SAMPLE_RATE])
    assert during > before + 15 and during > power_db(pcm(said)[4 * SAMPLE_RATE :]) - 10


def test_rumble_goes_and_speech_stays() -> None:
    t = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    for hertz, lowest, highest in ((30, 15, 99), (50, 6, 99), (300, -1, 1), (3000, -1, 1)):
        tone = pcm((0.3 * np.sin(2 * np.pi * hertz * t)).astype(np.float32))
        loss = power_db(tone[SAMPLE_RATE:]) - power_db(run(FrontEnd(), tone, None)[SAMPLE_RATE:])
        assert lowest < loss < highest, f"{hertz} Hz: {loss:.1f} dB"


def test_resting_and_cancelling_have_the_same_delay() -> None:
    """Going from one to the other must neither repeat nor lose sound."""
    said = pcm(np.diff(babble(3, 7), append=0.0).astype(np.float32))
    faint = np.tile(np.array([1, -1], np.int16), len(said) // 2)
    for played in (None, faint):
        clean = run(FrontEnd(), said, played)
        lags = range(0, 130)
        alike = [float(np.dot(said[8000:40000].astype(float), clean[8000 + lag : 40000 + lag])) for lag in lags]
        assert abs(int(np.argmax(alike)) - ECHO_LATENCY) <= 3


def test_the_canceller_rests_when_nothing_has_been_played_for_a_while() -> None:
    front_end = FrontEnd()
    quiet = Frame(np.zeros(FRAME_SAMPLES, np.int16), 0)
    assert not front_end.cancelling
    front_end.process(quiet, quiet)
    assert front_end.cancelling
    for _ in range(60):
        front_end.process(quiet, None)
    assert not front_end.cancelling


def test_switched_off_it_changes_nothing() -> None:
    said = pcm(babble(1, 3))
    assert np.array_equal(run(FrontEnd(FrontEndConfig(echo=False, high_pass=False)), said, said), said)


def test_the_enhanced_tap_suppresses_noise() -> None:
    noise = pcm((np.random.default_rng(1).standard_normal(4 * SAMPLE_RATE) * 0.01).astype(np.float32))
    front_end = FrontEnd()
    enhanced = [
        front_end.enhance(Frame(noise[start : start + FRAME_SAMPLES], start)).pcm
        for start in range(0, len(noise), FRAME_SAMPLES)
    ]
    assert power_db(noise[-SAMPLE_RATE:]) - power_db(np.concatenate(enhanced)[-SAMPLE_RATE:]) > 6


def references(drift: float, jitter: float, seconds: float) -> tuple[Playback, Pcm]:
    """A tone played by a device whose clock is ``drift`` fast, and what the lane was given as its reference."""
    generator = np.random.default_rng(1)
    now = 0.0
    playback = Playback(clock=lambda: now)
    count = round(seconds / 0.02)
    clip = playback.play("answer")
    t = np.arange(count * FRAME_SAMPLES) / SAMPLE_RATE
    clip.write(pcm((0.3 * np.sin(2 * np.pi * 200 * t)).astype(np.float32)))
    pulls = [(0.02 * k / (1 + drift) + jitter * abs(generator.standard_normal()), 0) for k in range(count)]
    takes = [(0.02 * (k + 1) + jitter * abs(generator.standard_normal()), 1) for k in range(count - 60)]
    taken = []
    for now, kind in sorted(pulls + takes):
        if kind == 0:
            playback.pull()
        else:
            frame = playback.take_reference(now)
            taken.append(frame.pcm if frame is not None else np.zeros(FRAME_SAMPLES, np.int16))
    return playback, np.concatenate(taken)


@pytest.mark.parametrize("drift", [-1e-3, 0.0, 1e-3])
def test_the_reference_follows_the_loudspeakers_clock(drift: float) -> None:
    playback, taken = references(drift, 0.004, 60.0)
    assert playback.drift == pytest.approx(drift, abs=3e-5)
    late = taken[40 * SAMPLE_RATE : 50 * SAMPLE_RATE].astype(float)
    spectrum = np.abs(np.fft.rfft(late * np.hanning(len(late)), 16 * len(late)))
    hertz = np.argmax(spectrum) / (16 * 10)
    assert hertz == pytest.approx(200 * (1 + drift), abs=0.02)


def test_in_step_the_reference_is_exact() -> None:
    playback = Playback()
    clip = playback.play("answer")
    sound = pcm(babble(1, 1))
    clip.write(sound)
    clip.end()
    taken = []
    for _ in range(60):
        playback.pull()
        frame = playback.take_reference()
        taken.append(frame.pcm if frame is not None else np.zeros(FRAME_SAMPLES, np.int16))
    joined = np.concatenate(taken)
    start = int(np.flatnonzero(joined)[0]) - int(np.flatnonzero(sound)[0])
    assert np.abs(joined[start : start + len(sound)].astype(int) - sound).max() <= 1
    assert playback.drift == 0.0


def test_a_stream_that_stood_still_begins_a_new_line() -> None:
    line = DriftLine()
    for number in range(1, 500):
        line.feed(number * 320, 100.0 + number * 0.32)
    assert line.slope == pytest.approx(1e-3, rel=0.2)
    slope = line.slope
    restarted = [line.feed(number * 320, 9000.0 + number * 0.32) for number in range(500, 520)]
    assert sum(restarted) == 1 and line.slope == pytest.approx(slope, rel=0.05)
    assert line.offset == pytest.approx(9000 + 519 * 0.32, abs=10)
