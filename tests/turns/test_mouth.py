"""Speaking: heard while it is being made, silenced within a frame, the loudspeaker told. On a virtual clock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

import numpy as np
import pytest

from assistant.audio.frames import FRAME_SECONDS, Frame
from assistant.audio.playback import FADE, Playback
from assistant.clock import run_virtual, settle, virtual_loop
from assistant.testing.fake_services import WORD_SECONDS, FakeVoice
from assistant.turns.mouth import RING_PAUSE, Mouth, Spoken

TEXT = "one two three four"
LENGTH = 4 * WORD_SECONDS


class FetchesAhead:
    """A loudspeaker that holds sound which nobody has heard yet."""

    def __init__(self, unheard: int = 0) -> None:
        self.unheard = unheard
        self.told: list[str] = []

    def wake(self) -> None:
        self.told.append("wake")

    def pause(self) -> int:
        self.told.append("pause")
        return self.unheard

    def stop(self) -> int:
        self.told.append("stop")
        return self.unheard


class Head:
    """A mouth and the loudspeaker in front of it."""

    def __init__(self, *, silent: bool = False) -> None:
        self.playback = Playback(clock=virtual_loop().time)
        self.voice = FakeVoice()
        self.mouth = Mouth(self.playback, cast(Any, self.voice), silent)
        self.played: list[Frame] = []

    @property
    def now(self) -> float:
        return len(self.played) * FRAME_SECONDS

    async def listen(self, seconds: float) -> list[Frame]:
        """Let time go by; the frames heard in it."""
        heard = []
        for _ in range(round(seconds / FRAME_SECONDS)):
            virtual_loop().advance(FRAME_SECONDS)
            heard.append(self.playback.pull())
            await settle()
        self.played += heard
        return heard

    async def listen_until(self, task: asyncio.Task[Any], most: float = 20.0) -> float:
        """Listen until the task is done; the second at which that was."""
        while not task.done() and self.now < most:
            await self.listen(FRAME_SECONDS)
        assert task.done(), "it never ends"
        return self.now


def spoke(saying: asyncio.Task[Spoken], completed: bool, seconds: float, within: float) -> bool:
    """Whether this came of a text; seconds heard."""
    spoken = saying.result()
    return spoken.completed is completed and abs(spoken.seconds - seconds) <= within


def sounds(frames: list[Frame]) -> bool:
    return any(bool(frame.pcm.any()) for frame in frames)


def run(main: Callable[[], Awaitable[None]]) -> None:
    run_virtual(main())  # type: ignore[arg-type]


def test_a_text_is_heard_while_it_is_still_being_made() -> None:
    async def main() -> None:
        head = Head()
        head.voice.seconds = 0.2
        saying = asyncio.create_task(head.mouth.say(TEXT))
        await head.listen(0.3)
        assert sounds(head.played) and head.voice.made == 1 and head.mouth.speaking
        at = await head.listen_until(saying)
        assert spoke(saying, True, LENGTH, 0.01)
        assert at == pytest.approx(0.2 + LENGTH, abs=0.06), "the first word's making and the sound, not the sum of all"
        assert not head.mouth.speaking

    run(main)


def test_a_voice_slower_than_speech_leaves_gaps_and_loses_nothing() -> None:
    async def main() -> None:
        head = Head()
        head.voice.seconds = 2 * WORD_SECONDS
        saying = asyncio.create_task(head.mouth.say(TEXT))
        await head.listen_until(saying)
        heard = sum(int(np.count_nonzero(frame.pcm)) for frame in head.played) / 16_000
        assert heard == pytest.approx(LENGTH, abs=0.02) and saying.result().completed

    run(main)


def test_stop_silences_within_a_frame_and_stops_the_work() -> None:
    async def main() -> None:
        head = Head()
        head.voice.seconds = 0.25
        saying = asyncio.create_task(head.mouth.say(TEXT))
        await head.listen(0.5)
        head.mouth.stop()
        await settle()
        assert head.voice.abandoned == 1, "the word that is being made is not waited for"
        first, *rest = await head.listen(0.4)
        assert sounds([first]) and not first.pcm[FADE:].any() and not sounds(rest)
        assert saying.done() and spoke(saying, False, 0.24, 0.03)
        assert head.voice.made < 4

    run(main)


def test_cancelling_silences_within_a_frame_and_stops_the_work() -> None:
    async def main() -> None:
        head = Head()
        head.voice.seconds = 0.25
        saying = asyncio.create_task(head.mouth.say(TEXT))
        await head.listen(0.5)
        saying.cancel()
        await settle()
        assert head.voice.abandoned == 1
        first, *rest = await head.listen(0.4)
        assert not first.pcm[FADE:].any() and not sounds(rest)
        assert saying.cancelled() and not head.mouth.speaking

    run(main)


def test_pause_is_silent_within_a_frame_and_going_on_leaves_nothing_out() -> None:
    async def main() -> None:
        head = Head()
        saying = asyncio.create_task(head.mouth.say(TEXT))
        await head.listen(0.5)
        head.mouth.pause()
        first, *rest = await head.listen(3.0)
        assert not first.pcm[FADE:].any() and not sounds(rest)
        assert head.mouth.speaking and not saying.done()
        head.mouth.resume()
        assert sounds(await head.listen(0.1))
        at = await head.listen_until(saying)
        assert saying.result().completed
        assert at >= 3.0 + LENGTH, "it went on later than where it was paused"

    run(main)


def test_a_stop_while_paused_does_not_hold_the_next_text() -> None:
    async def main() -> None:
        head = Head()
        saying = asyncio.create_task(head.mouth.say(TEXT))
        await head.listen(0.5)
        head.mouth.pause()
        await head.listen(0.1)
        head.mouth.stop()
        await head.listen(0.1)
        assert saying.done() and not saying.result().completed
        again = asyncio.create_task(head.mouth.say("five"))
        await head.listen_until(again)
        assert spoke(again, True, WORD_SECONDS, 0.01)

    run(main)


@pytest.mark.parametrize("words", [0, 2])
def test_a_voice_that_fails_ends_the_answer_and_is_not_a_whole_one(words: int) -> None:
    async def main() -> None:
        head = Head()
        head.voice.fails_after = words
        saying = asyncio.create_task(head.mouth.say(TEXT))
        await head.listen_until(saying)
        assert spoke(saying, False, words * WORD_SECONDS, 0.01)
        head.voice.fails_after = None
        again = asyncio.create_task(head.mouth.say("five"))
        await head.listen_until(again)
        assert again.result().completed

    run(main)


def test_texts_follow_each_other() -> None:
    async def main() -> None:
        head = Head()
        one, two = (asyncio.create_task(head.mouth.say(text)) for text in ("one", "two"))
        await head.listen(WORD_SECONDS + 0.1)
        assert one.done() and not two.done() and head.mouth.speaking
        at = await head.listen_until(two)
        assert at == pytest.approx(2 * WORD_SECONDS, abs=0.06) and not head.mouth.speaking

    run(main)


def test_a_source_without_a_loudspeaker_has_nothing_made_for_it() -> None:
    async def main() -> None:
        head = Head(silent=True)
        assert await head.mouth.say(TEXT) == Spoken(True, 0.0)
        head.mouth.prepare(TEXT)
        head.mouth.chime()
        assert not head.voice.said and not head.voice.prepared and not head.playback.playing

    run(main)


def test_an_empty_answer_is_not_spoken_and_what_is_likely_is_prepared() -> None:
    async def main() -> None:
        head = Head()
        assert await head.mouth.say("  ") == Spoken(True, 0.0)
        head.mouth.prepare("")
        head.mouth.prepare(TEXT)
        assert not head.voice.said and head.voice.prepared == [TEXT]

    run(main)


def test_a_loudspeaker_that_fetches_ahead_is_told() -> None:
    async def main() -> None:
        head = Head()
        sink = head.mouth.sink = FetchesAhead()
        saying = asyncio.create_task(head.mouth.say(TEXT))
        await head.listen(0.2)
        head.mouth.pause()
        head.mouth.resume()
        head.mouth.chime()
        head.mouth.stop()
        await head.listen_until(saying)
        assert sink.told == ["wake", "pause", "wake", "wake", "stop"]

    run(main)


def test_what_was_fetched_and_not_heard_is_not_counted_as_heard() -> None:
    async def main() -> None:
        head = Head()
        head.mouth.sink = FetchesAhead(unheard=6400)
        saying = asyncio.create_task(head.mouth.say(TEXT))
        await head.listen(0.8)
        head.mouth.pause()
        head.mouth.stop()
        await head.listen(FRAME_SECONDS)
        assert spoke(saying, False, 0.4, 0.03)

    run(main)


def test_a_ring_counts_as_speaking_also_in_its_pause_so_that_stop_is_heard() -> None:
    async def main() -> None:
        head = Head()
        ringing = asyncio.create_task(head.mouth.ring(0.0))
        await head.listen(0.1)
        assert sounds(head.played) and head.mouth.speaking
        await head.listen(RING_PAUSE)
        assert not sounds(head.played[-20:]) and head.mouth.speaking and not ringing.done()
        await head.listen_until(ringing)
        assert not head.mouth.speaking

    run(main)


def test_rings_grow_and_a_cancelled_one_is_silent_at_once() -> None:
    async def main() -> None:
        head = Head()
        levels = []
        for loudness in (0.0, 0.5, 1.0):
            ringing = asyncio.create_task(head.mouth.ring(loudness))
            levels.append(max(int(np.abs(frame.pcm).max()) for frame in await head.listen(0.3)))
            ringing.cancel()
            await settle()
            first, *rest = await head.listen(0.4)
            assert not first.pcm[FADE:].any() and not sounds(rest) and not head.mouth.speaking
        assert levels == sorted(levels) and levels[2] > 2 * levels[0]

    run(main)
