"""The lane and the audio thread."""

from __future__ import annotations

import gc
import threading
import time
import weakref

import numpy as np
import pytest

from assistant.audio.frames import FRAME_SAMPLES, Frame
from assistant.audio.frontend import FrontEnd, FrontEndConfig
from assistant.audio.lane import FrameClean, Lane, LaneFailed, LaneSignal, SpeechOffset, SpeechOnset, Wake
from assistant.audio.playback import Playback
from assistant.audio.ring import RingBuffer
from assistant.audio.thread import BACKLOG, TOGETHER, AudioThread, InlineAudio
from assistant.vad.base import VadResult
from assistant.wake.base import WakeHit

PLAIN = FrontEndConfig(echo=False, high_pass=False)
QUIET = np.zeros(FRAME_SAMPLES, np.int16)
LOUD = np.full(FRAME_SAMPLES, 5000, np.int16)


class LevelVad:
    """Loud is speech."""

    def __init__(self) -> None:
        self.speech = False
        self.closed = False

    def feed(self, frame: Frame) -> VadResult:
        speech = bool(frame.pcm.max() > 1000)
        changed = frame.sample if speech != self.speech else None
        self.speech = speech
        return VadResult(speech, float(speech), changed)

    def reset(self) -> None:
        self.speech = False

    def close(self) -> None:
        self.closed = True


class FifthFrame:
    """Hears its word in the fifth frame."""

    def feed(self, frame: Frame) -> list[WakeHit]:
        return [WakeHit("nova", 0, frame.end, 1.0)] if frame.sample == 4 * FRAME_SAMPLES else []

    def reset(self) -> None:
        pass

    def close(self) -> None:
        pass


class Broken(LevelVad):
    def feed(self, frame: Frame) -> VadResult:
        raise RuntimeError("no model")


def lane(signals: list[LaneSignal], vad: LevelVad | None = None, playback: Playback | None = None) -> Lane:
    wakes = [FifthFrame()]
    return Lane(FrontEnd(PLAIN), vad or LevelVad(), wakes, RingBuffer(5), playback, signals.append, name="test")


def test_signals_in_order_with_the_streams_samples() -> None:
    signals: list[LaneSignal] = []
    under_test = lane(signals)
    for pcm in (QUIET, LOUD, LOUD, QUIET, QUIET, QUIET):
        under_test.process(pcm)
    assert signals == [
        SpeechOnset(FRAME_SAMPLES), SpeechOffset(3 * FRAME_SAMPLES), Wake(WakeHit("nova", 0, 5 * FRAME_SAMPLES, 1.0)),
    ]
    assert under_test.ring.end == 6 * FRAME_SAMPLES == under_test.sample
    assert np.array_equal(under_test.ring.read(FRAME_SAMPLES, 2 * FRAME_SAMPLES), LOUD)


def test_frames_only_while_somebody_listens() -> None:
    signals: list[LaneSignal] = []
    under_test = lane(signals)
    under_test.process(QUIET)
    under_test.send_frames = True
    frame = under_test.process(QUIET)
    under_test.send_frames = False
    under_test.process(QUIET)
    assert signals == [FrameClean(frame)]


def test_levels_and_cost_are_known() -> None:
    playback = Playback()
    clip = playback.play("answer")
    clip.write(np.full(3200, 16384, np.int16))
    clip.end()
    under_test = lane([], playback=playback)
    played = []
    for _ in range(6):
        playback.pull()
        under_test.process(LOUD)
        played.append(under_test.levels.played)
    assert max(played) == pytest.approx(-6.0, abs=0.2)
    assert under_test.levels.captured == pytest.approx(-16.3, abs=0.1)
    assert under_test.levels.probability == 1.0
    statistics = under_test.statistics
    assert statistics.frames == 6 and all(seconds > 0 for seconds in statistics.seconds.values())


def test_a_stage_that_raises_closes_its_lane_and_no_other() -> None:
    broken_signals: list[LaneSignal] = []
    signals: list[LaneSignal] = []
    audio = InlineAudio()
    broken, sound = lane(broken_signals, Broken()), lane(signals)
    for _ in range(3):
        audio.push(broken, LOUD)
        audio.push(sound, LOUD)
    assert broken_signals == [LaneFailed("RuntimeError: no model")] and broken.closed
    assert signals == [SpeechOnset(0)] and not sound.closed


def test_a_frame_of_the_wrong_length_closes_the_lane() -> None:
    signals: list[LaneSignal] = []
    InlineAudio().push(lane(signals), np.zeros(100, np.int16))
    assert len(signals) == 1 and isinstance(signals[0], LaneFailed)


def test_closing_gives_back_what_the_detectors_hold() -> None:
    vad = LevelVad()
    under_test = lane([], vad)
    under_test.close()
    under_test.close()
    under_test.run(LOUD)
    assert vad.closed and under_test.sample == 0


def test_a_lane_that_fails_is_closed_as_well() -> None:
    broken = Broken()
    lane([], broken).run(LOUD)
    assert broken.closed


def wait_until(true: object, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.002)


def test_the_thread_keeps_each_lanes_order_and_serves_all() -> None:
    audio = AudioThread()
    lanes = [lane([]) for _ in range(5)]
    for number in range(50):
        for index, each in enumerate(lanes):
            audio.push(each, np.full(FRAME_SAMPLES, 2000 + 100 * index + number, np.int16))
    wait_until(lambda: audio.statistics.frames == 250)
    for index, each in enumerate(lanes):
        kept = each.ring.read(0, each.sample)[::FRAME_SAMPLES]
        assert np.array_equal(kept, 2000 + 100 * index + np.arange(50))
    assert audio.statistics.dropped == 0
    audio.close()


class Gate(LevelVad):
    def __init__(self) -> None:
        super().__init__()
        self.open = threading.Event()

    def feed(self, frame: Frame) -> VadResult:
        self.open.wait(30)
        return super().feed(frame)


def test_a_lane_that_is_too_slow_loses_its_oldest_frames() -> None:
    audio, gate = AudioThread(), Gate()
    slow = lane([], gate)
    audio.push(slow, QUIET)
    wait_until(lambda: audio.backlog(slow) == 0)
    for number in range(BACKLOG + 30):
        audio.push(slow, np.full(FRAME_SAMPLES, number, np.int16))
    gate.open.set()
    wait_until(lambda: slow.statistics.frames == BACKLOG + 1)
    assert slow.statistics.dropped == 30 == audio.statistics.dropped
    assert np.all(slow.ring.read(slow.sample - FRAME_SAMPLES, slow.sample) == BACKLOG + 29)
    audio.close()


def test_frames_of_a_resting_lane_are_handled_together() -> None:
    audio, each = AudioThread(), lane([])
    audio.push(each, QUIET)
    wait_until(lambda: each.resting)

    def some_wait() -> bool:
        """One frame less than are handled at once stays; a thread not yet back from the last one takes them."""
        while audio.backlog(each) < TOGETHER - 1:
            audio.push(each, QUIET)
        time.sleep(0.02)
        return audio.backlog(each) == TOGETHER - 1

    wait_until(some_wait)
    before = each.statistics.frames
    audio.push(each, LOUD)
    wait_until(lambda: audio.backlog(each) == 0 and not each.resting)
    assert each.statistics.frames == before + TOGETHER
    audio.push(each, QUIET)
    wait_until(lambda: each.resting)
    each.send_frames = True
    audio.push(each, QUIET)
    wait_until(lambda: each.statistics.frames == before + TOGETHER + 2)
    audio.close()


def test_what_is_left_of_a_resting_lane_is_handled_too() -> None:
    audio, each = AudioThread(), lane([])
    audio.push(each, QUIET)
    wait_until(lambda: each.resting)
    before = each.statistics.frames
    for _ in range(TOGETHER - 3):
        audio.push(each, QUIET)
    wait_until(lambda: each.statistics.frames == before + TOGETHER - 3)
    assert audio.backlog(each) == 0
    audio.close()


def test_a_lane_that_was_left_is_not_kept() -> None:
    audio, left, other = AudioThread(), lane([]), lane([])
    gone = weakref.ref(left)
    for each in (left, other):
        audio.push(each, QUIET)
    wait_until(lambda: audio.statistics.frames == 2)
    left.close()
    del left, each
    gc.collect()
    assert gone() is None
    audio.close()


def test_after_close_nothing_is_handled() -> None:
    audio, each = AudioThread(), lane([])
    audio.close()
    audio.push(each, QUIET)
    assert each.sample == 0


def test_a_lane_that_fails_on_the_thread_leaves_the_others_running() -> None:
    signals: list[LaneSignal] = []
    audio = AudioThread()
    broken, sound = lane(signals, Broken()), lane([])
    for _ in range(5):
        audio.push(broken, LOUD)
        audio.push(sound, LOUD)
    wait_until(lambda: sound.statistics.frames == 5)
    assert [type(signal) for signal in signals] == [LaneFailed]
    audio.close()
