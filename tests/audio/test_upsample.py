"""Sound for loudspeakers: nothing is held back, nothing is added."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Pcm
from assistant.audio.upsample import REACH, Upsampler


def tone(hz: float, rate: int, seconds: float = 1.0) -> np.ndarray:
    return 8000 * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate)


def through(rate: int, pcm: Pcm, size: int = FRAME_SAMPLES) -> Pcm:
    stream = Upsampler(rate)
    return np.concatenate([stream.feed(pcm[at : at + size]) for at in range(0, len(pcm), size)])


@pytest.mark.parametrize("rate", [48_000, 44_100, 96_000, 22_050])
@pytest.mark.parametrize("hz", [100.0, 3000.0, 7000.0])
def test_a_tone_stays_the_same_tone(rate: int, hz: float) -> None:
    heard = through(rate, tone(hz, SAMPLE_RATE).astype(np.int16))
    late = round((REACH) * rate / SAMPLE_RATE)
    expected = tone(hz, rate)[: len(heard) - late]
    shift = REACH * rate / SAMPLE_RATE - late  # a fraction of a sample
    if shift == 0:
        assert np.abs(heard[late:] - expected)[200:-200].max() < 12
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard)))) ** 2
    beside = np.abs(np.fft.rfftfreq(len(heard), 1 / rate) - hz) > 20
    assert 10 * np.log10(spectrum[beside].sum() / spectrum[~beside].sum()) < -60


@pytest.mark.parametrize(("rate", "frame"), [(48_000, 960), (44_100, 882), (16_000, 320), (8_000, 160)])
def test_a_frame_in_is_a_frame_out_whatever_the_pieces(rate: int, frame: int) -> None:
    stream = Upsampler(rate)
    sound = np.random.default_rng(0).normal(0, 3000, SAMPLE_RATE).astype(np.int16)
    assert {len(stream.feed(sound[at : at + FRAME_SAMPLES])) for at in range(0, SAMPLE_RATE, FRAME_SAMPLES)} == {frame}
    assert np.array_equal(through(rate, sound), through(rate, sound, 37))


def test_silence_is_silent_at_once() -> None:
    stream = Upsampler(48_000)
    stream.feed(np.full(FRAME_SAMPLES, 9000, np.int16))
    first, second = (stream.feed(np.zeros(FRAME_SAMPLES, np.int16)) for _ in range(2))
    assert np.any(first[: 6 * REACH]) and not np.any(first[6 * REACH :]) and not np.any(second)


def test_loud_sound_is_cut_and_does_not_wrap() -> None:
    heard = through(48_000, np.where(np.arange(SAMPLE_RATE) // 40 % 2, 32_767, -32_768).astype(np.int16))
    assert heard.max() == 32_767 and heard.min() == -32_768
    assert np.abs(np.diff(heard.astype(int))).max() < 40_000
