"""Pacing on a virtual clock: a little ahead, never far; silent at once; nothing to do when there is nothing to play."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable

import numpy as np

from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Pcm
from assistant.clock import pass_time, run_virtual
from assistant.server.outbox import Outbox
from assistant.server.speaker import LEAD_SAMPLES, TabSpeaker

FRAME = np.ones(FRAME_SAMPLES, np.int16)


class Rig:
    """A speaker, its outbox and what reached the tab."""

    def __init__(self, frames: int) -> None:
        self.outbox = Outbox()
        self.time = asyncio.get_running_loop().time
        self.speaker = TabSpeaker(self.outbox, self.time)
        self.waiting: deque[Pcm] = deque([FRAME] * frames)
        self.pulls = 0
        self.sent: list[bytes] = []
        self.actions: list[str] = []
        self.free = asyncio.Event()
        self.free.set()

    def pull(self) -> Pcm | None:
        self.pulls += 1
        return self.waiting.popleft() if self.waiting else None

    async def send_text(self, text: str) -> None:
        self.actions.append(json.loads(text)["action"])

    async def send_bytes(self, message: bytes) -> None:
        await self.free.wait()
        self.sent.append(message)


def on_rig(frames: int, test: Callable[[Rig], Awaitable[None]]) -> None:
    async def main() -> None:
        rig = Rig(frames)
        tasks = [
            asyncio.create_task(rig.speaker.run(rig.pull)),
            asyncio.create_task(rig.outbox.run(rig.send_text, rig.send_bytes)),
        ]
        await test(rig)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    run_virtual(main())


def test_sound_goes_out_a_little_ahead_of_the_ear() -> None:
    async def test(rig: Rig) -> None:
        rig.speaker.wake()
        for step in range(1, 50):
            await pass_time(0.02)
            ahead = rig.speaker.sent - step * FRAME_SAMPLES
            assert 0.1 * SAMPLE_RATE <= ahead <= 0.2 * SAMPLE_RATE
        assert rig.actions == ["start"]

    on_rig(200, test)


def test_nothing_is_pulled_until_there_is_something() -> None:
    async def test(rig: Rig) -> None:
        await pass_time(1.0)
        assert rig.pulls == 0
        rig.speaker.wake()
        await pass_time(1.0)
        assert len(rig.sent) == 3
        assert rig.pulls == 4, "three frames, then None once"

    on_rig(3, test)


def test_a_pause_says_how_much_was_not_heard() -> None:
    async def test(rig: Rig) -> None:
        rig.speaker.wake()
        await pass_time(0.5)
        unheard = rig.speaker.pause()
        assert abs(unheard - (rig.speaker.sent - 0.5 * SAMPLE_RATE)) <= 2 * FRAME_SAMPLES
        await pass_time(0.02)
        assert rig.actions == ["start", "pause"]
        assert rig.speaker.stop() == 0, "nothing is left to be heard"

    on_rig(200, test)


def test_reports_of_the_tab_move_the_ear() -> None:
    async def test(rig: Rig) -> None:
        rig.speaker.wake()
        await pass_time(0.3)
        rig.speaker.played(1000)
        assert rig.speaker.position == 1000
        rig.speaker.played(10**9)
        assert rig.speaker.position == 1000, "more than was sent is no position"
        rig.speaker.pause()
        rig.speaker.played(1200)
        assert rig.speaker.position == rig.speaker.sent, "a report from before the pause is old"

    on_rig(200, test)


def test_a_tab_that_takes_nothing_is_not_drowned() -> None:
    async def test(rig: Rig) -> None:
        rig.free.clear()
        rig.speaker.wake()
        await pass_time(5.0)
        assert rig.speaker.sent <= LEAD_SAMPLES + 2 * FRAME_SAMPLES
        rig.speaker.stop()
        rig.free.set()
        await pass_time(0.1)
        assert len(rig.sent) == 1, "only what was on its way; the rest is forgotten"

    on_rig(500, test)


def test_after_a_pause_the_sound_starts_again() -> None:
    async def test(rig: Rig) -> None:
        rig.speaker.wake()
        await pass_time(0.1)
        rig.speaker.pause()
        await pass_time(0.3)
        assert rig.actions == ["start", "pause"]
        rig.speaker.wake()
        await pass_time(0.1)
        assert rig.actions == ["start", "pause", "start"]

    on_rig(100, test)
