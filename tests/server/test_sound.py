"""Microphone frames on the wire: what is taken, what is refused and in which words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.audio.frames import FRAME_SAMPLES
from assistant.errors import AudioError
from assistant.server.sound import BURST_FRAMES, FRAME_BYTES, WRAP, Uplink, pack

TONE = (np.arange(FRAME_SAMPLES) * 100 - 16000).astype(np.int16)


def test_a_frame_arrives_as_it_was_sent() -> None:
    (pcm,) = Uplink().read(pack(7, TONE), 0.0)
    assert pcm.dtype == np.int16
    assert np.array_equal(pcm, TONE)


def test_lost_frames_become_silence_so_that_time_is_kept() -> None:
    uplink = Uplink()
    uplink.read(pack(0, TONE), 0.0)
    pieces = uplink.read(pack(4, TONE), 0.1)
    assert [bool(piece.any()) for piece in pieces] == [False, False, False, True]
    assert uplink.lost == 3


def test_a_long_gap_is_a_new_start() -> None:
    uplink = Uplink()
    uplink.read(pack(0, TONE), 0.0)
    assert len(uplink.read(pack(5000, TONE), 100.0)) == 1
    assert uplink.lost == 4999


def test_the_sequence_wraps() -> None:
    uplink = Uplink()
    uplink.read(pack(WRAP - 1, TONE), 0.0)
    assert len(uplink.read(pack(WRAP, TONE), 0.02)) == 1


@pytest.mark.parametrize("again", [3, 2])
def test_a_frame_that_came_before_is_refused(again: int) -> None:
    uplink = Uplink()
    uplink.read(pack(3, TONE), 0.0)
    with pytest.raises(AudioError, match=f"frame {again} came after frame 3"):
        uplink.read(pack(again, TONE), 0.02)


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (4 + 3840, "48 kHz stereo"), (4 + 1920, "48 kHz mono"), (4 + 320, "half a frame"), (4 + 1280, "float32"),
        (0, "a message of 0 bytes"), (640, "a frame has 644"),
    ],
)
def test_what_is_no_frame_is_named(size: int, words: str) -> None:
    with pytest.raises(AudioError, match=words):
        Uplink().read(bytes(size), 0.0)


def test_sound_faster_than_speech_is_refused_after_a_burst() -> None:
    uplink = Uplink()
    for number in range(BURST_FRAMES):
        uplink.read(pack(number, TONE), 0.0)
    with pytest.raises(AudioError, match="faster than it can be spoken"):
        uplink.read(pack(BURST_FRAMES, TONE), 0.0)
    assert uplink.read(pack(BURST_FRAMES, TONE), 1.0), "after a second there is room again"


@given(st.lists(st.tuples(st.binary(max_size=2 * FRAME_BYTES), st.integers(0, WRAP - 1), st.booleans())))
def test_any_bytes_give_frames_or_an_audio_error(messages: list[tuple[bytes, int, bool]]) -> None:
    uplink = Uplink()
    for number, (garbage, sequence, whole) in enumerate(messages):
        try:
            pieces = uplink.read(pack(sequence, TONE) if whole else garbage, number / 50)
        except AudioError as error:
            assert error.what and error.where
        else:
            assert all(piece.shape == (FRAME_SAMPLES,) and piece.dtype == np.int16 for piece in pieces)
            assert len(pieces) <= 51
