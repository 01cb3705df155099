"""Files, resampling, blocks, the ring, and the sounds that are not words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from assistant.audio.chime import chime, ring
from assistant.audio.files import read_sound, write_sound
from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, SILENCE_DB, Frame, Pcm
from assistant.audio.reblock import Reblock
from assistant.audio.resample import Resampler, resample
from assistant.audio.ring import RingBuffer
from assistant.errors import AudioError


def tone(seconds: float, rate: int = SAMPLE_RATE, hertz: float = 440.0, level: float = 0.3) -> Pcm:
    return (np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate) * level * 32767).astype(np.int16)


def test_a_stereo_file_of_another_rate_becomes_16_khz_mono(tmp_path: Path) -> None:
    left = tone(1.0, 44100)
    soundfile.write(tmp_path / "a.flac", np.stack((left, np.zeros_like(left)), axis=1), 44100)
    sound = read_sound(tmp_path / "a.flac")
    assert abs(len(sound) - SAMPLE_RATE) <= 1
    expected = tone(1.0, level=0.15)[1000:15000].astype(float)
    assert np.abs(sound[1000:15000] - expected).max() < 100


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    write_sound(tmp_path / "a.wav", tone(0.1))
    assert np.array_equal(read_sound(tmp_path / "a.wav"), tone(0.1))


def test_a_file_that_does_not_exist_says_so(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match=r"bad\.wav: there is no such file"):
        read_sound(tmp_path / "bad.wav")


@pytest.mark.parametrize("content", [b"", b"RIFF1234WAVE", b"\x00" * 1000])
def test_a_file_that_is_no_sound_says_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.wav"
    path.write_bytes(content)
    with pytest.raises(AudioError, match=r"bad\.wav.*cannot be read"):
        read_sound(path)


def test_a_file_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="cannot be written"):
        write_sound(tmp_path / "missing" / "a.wav", tone(0.1))


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 44100, 48000])
def test_resampling_in_pieces_equals_resampling_at_once(rate: int) -> None:
    sound = tone(0.5, rate)
    resampler = Resampler(rate)
    pieces = [resampler.feed(sound[start : start + 777]) for start in range(0, len(sound), 777)]
    pieces.append(resampler.feed(np.zeros(0, np.int16), last=True))
    streamed = np.concatenate(pieces)
    whole = resample(sound, rate)
    assert abs(len(streamed) - len(whole)) <= 1
    count = min(len(streamed), len(whole))
    assert np.abs(streamed[:count].astype(int) - whole[:count]).max() <= 2


@given(st.lists(st.integers(0, 1000), max_size=20), st.integers(1, 700))
def test_reblocking_loses_and_repeats_nothing(lengths: list[int], size: int) -> None:
    sound = np.arange(sum(lengths), dtype=np.int16)
    reblock, out, start = Reblock(size), [], 0
    for length in lengths:
        out += list(reblock.feed(sound[start : start + length]))
        start += length
    assert all(len(block) == size for block in out)
    rest = reblock.flush()
    joined = np.concatenate([np.zeros(0, np.int16), *out, *([] if rest is None else [rest])])
    assert np.array_equal(joined[: len(sound)], sound)
    assert not joined[len(sound) :].any() and len(joined) - len(sound) < size


def test_the_ring_gives_what_it_still_has() -> None:
    ring_buffer = RingBuffer(0.05)  # 800 samples, no multiple of a frame
    sound = np.arange(1, 5 * FRAME_SAMPLES + 1, dtype=np.int16)
    for start in range(0, len(sound), FRAME_SAMPLES):
        ring_buffer.append(Frame(sound[start : start + FRAME_SAMPLES], start))
    assert (ring_buffer.start, ring_buffer.end) == (800, 1600)
    assert np.array_equal(ring_buffer.read(0, 5000), sound[800:])
    assert np.array_equal(ring_buffer.read(1000, 1300), sound[1000:1300])
    assert len(ring_buffer.read(1600, 1700)) == 0 == len(ring_buffer.read(10, 5))


@pytest.mark.parametrize("gap", [320, 640, 3200])
def test_a_gap_in_the_ring_is_silence(gap: int) -> None:
    ring_buffer = RingBuffer(0.05)
    ring_buffer.append(Frame(np.full(FRAME_SAMPLES, 7, np.int16), 0))
    ring_buffer.append(Frame(np.full(FRAME_SAMPLES, 9, np.int16), FRAME_SAMPLES + gap))
    kept = ring_buffer.read(0, ring_buffer.end)
    assert np.all(kept[-FRAME_SAMPLES:] == 9) and not kept[-FRAME_SAMPLES - min(gap, 480) : -FRAME_SAMPLES].any()


def test_a_frame_knows_its_level_and_its_shape() -> None:
    assert Frame(np.zeros(FRAME_SAMPLES, np.int16), 0).decibels == SILENCE_DB
    assert Frame(np.full(FRAME_SAMPLES, 16384, np.int16), 0).decibels == pytest.approx(-6.02, abs=0.01)
    with pytest.raises(ValueError, match="int16"):
        Frame(np.zeros(160, np.int16), 0)


def test_chime_is_short_and_soft_and_the_ring_grows() -> None:
    sound, rate = chime()
    assert rate == SAMPLE_RATE and len(sound) < 0.25 * rate and 1000 < np.abs(sound).max() < 4000
    assert np.abs(sound[[0, -1]]).max() < 50
    peaks = [int(np.abs(ring(loudness)[0]).max()) for loudness in (0.0, 0.3, 0.7, 1.0)]
    assert peaks == sorted(peaks) and peaks[-1] > 5 * peaks[0]
