"""The sound of a turn, gathered from its source's ring buffer and written down when it ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import numpy as np

from assistant.audio.files import read_sound
from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Frame
from assistant.audio.ring import RingBuffer
from assistant.events import ComponentFailed, Event, TurnStarted
from assistant.recorder.capture import LEAD_SECONDS, Capture
from assistant.recorder.sounds import Sounds

LEAD = round(LEAD_SECONDS * SAMPLE_RATE)


class Source:
    """A source that counts: sample n is n modulo 1000, over the answer 10,000 more."""

    silent = False

    def __init__(self, seconds: float = 40.0) -> None:
        self.ring, self.over = RingBuffer(seconds), RingBuffer(seconds)

    def hear(self, seconds: float) -> None:
        for _ in range(round(seconds * SAMPLE_RATE / FRAME_SAMPLES)):
            start = self.ring.end
            pcm = (np.arange(start, start + FRAME_SAMPLES) % 1000).astype(np.int16)
            self.ring.append(Frame(pcm, start))
            self.over.append(Frame((pcm + 10_000).astype(np.int16), start))


def capture(source: Source, folder: Path, told: list[Event]) -> Capture:
    return Capture(Sounds(folder, 7, 100), lambda name: cast(Any, source), told.append)


def files(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_from_before_the_utterance_to_the_end_of_the_turn(tmp_path: Path) -> None:
    source = Source()
    notes = capture(source, tmp_path, [])
    source.hear(3.0)
    notes.began(TurnStarted(source="a", turn="t", reason="wake", sample=2 * SAMPLE_RATE))
    source.hear(1.0)
    notes.went_on("t")
    source.hear(1.0)
    notes.went_on("t")
    told = await notes.ended("t")
    assert told == {"sound": {"start": 2 * SAMPLE_RATE - LEAD, "end": 5 * SAMPLE_RATE}}
    kept = read_sound(tmp_path / "t.flac")
    assert np.array_equal(kept, np.arange(2 * SAMPLE_RATE - LEAD, 5 * SAMPLE_RATE) % 1000)


async def test_what_may_not_be_kept_is_not(tmp_path: Path) -> None:
    source, told = Source(), list[Event]()
    notes = Capture(Sounds(tmp_path, 7, 100), lambda name: cast(Any, source), told.append, lambda turn: turn != "guest")
    source.hear(3.0)
    for turn in ("guest", "member"):
        notes.began(TurnStarted(source="a", turn=turn, reason="wake", sample=SAMPLE_RATE))
    source.hear(1.0)
    for turn in ("guest", "member"):
        notes.went_on(turn)
    assert await notes.ended("guest") == {} and await notes.ended("member")
    assert files(tmp_path) == ["member.flac"]


async def test_what_was_said_over_an_answer_is_what_was_heard_over_it(tmp_path: Path) -> None:
    source = Source()
    notes = capture(source, tmp_path, [])
    source.hear(2.0)
    notes.began(TurnStarted(source="a", turn="t", reason="barge_in", sample=SAMPLE_RATE))
    notes.went_on("t")
    await notes.ended("t")
    assert read_sound(tmp_path / "t.flac").min() >= 10_000


async def test_what_the_buffer_has_lost_is_silence_and_times_stay_true(tmp_path: Path) -> None:
    source = Source(seconds=2.0)
    notes = capture(source, tmp_path, [])
    source.hear(2.0)
    notes.began(TurnStarted(source="a", turn="t", reason="push", sample=2 * SAMPLE_RATE))
    notes.went_on("t")
    source.hear(5.0)
    notes.went_on("t")
    told = await notes.ended("t")
    kept = read_sound(tmp_path / "t.flac")
    assert len(kept) == told["sound"]["end"] - told["sound"]["start"]
    assert not kept[LEAD : LEAD + 3 * SAMPLE_RATE].any() and kept[-SAMPLE_RATE:].any()


async def test_what_was_typed_and_what_rings_has_no_sound(tmp_path: Path) -> None:
    source = Source()
    notes = capture(source, tmp_path, [])
    source.hear(2.0)
    for reason in ("text", "ring", "announce"):
        notes.began(TurnStarted(source="a", turn=reason, reason=reason))
        notes.went_on(reason)
        assert await notes.ended(reason) == {}
    assert files(tmp_path) == []


async def test_a_full_disk_is_told_once_and_stops_nothing(tmp_path: Path) -> None:
    source, told = Source(), list[Event]()
    (tmp_path / "file").write_text("no folder")
    notes = capture(source, tmp_path / "file" / "turns", told)
    source.hear(2.0)
    for turn in ("a", "b"):
        notes.began(TurnStarted(source="a", turn=turn, reason="wake", sample=SAMPLE_RATE))
        notes.went_on(turn)
        assert await notes.ended(turn) == {}
    [failure] = told
    assert isinstance(failure, ComponentFailed) and "cannot be kept" in failure.error


async def test_no_sound_is_kept_of_a_turn_that_is_not(tmp_path: Path) -> None:
    source = Source()
    notes = capture(source, tmp_path, [])
    source.hear(2.0)
    notes.began(TurnStarted(source="a", turn="t", reason="wake", sample=SAMPLE_RATE))
    notes.went_on("t")
    await notes.ended("t")
    await notes.forget("t")
    assert files(tmp_path) == []
