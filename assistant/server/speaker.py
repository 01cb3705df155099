"""Paces sound to a tab's loudspeaker, and silences it at once.

The tab plays what it gets. The server stays a little ahead of it, far enough that a slow moment of the network is not
heard, near enough that little must be thrown away when somebody talks over the answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Literal

from assistant.audio.frames import FRAME_SAMPLES, FRAME_SECONDS, SAMPLE_RATE, Pcm
from assistant.server import messages
from assistant.server.outbox import Outbox
from assistant.server.sound import pack

LEAD_SAMPLES = SAMPLE_RATE * 160 // 1000
"""How far ahead of the ear: 160 ms covers a home's wireless network."""
LEAD_FRAMES = LEAD_SAMPLES // FRAME_SAMPLES


class TabSpeaker:
    """A tab's loudspeaker: the agent's ``Speaker``, and the task that feeds the tab.

    Args:
        outbox: where sound and playback messages go.
        clock: monotonic seconds.
    """

    def __init__(self, outbox: Outbox, clock: Callable[[], float]) -> None:
        self._outbox = outbox
        self._clock = clock
        self._awake = asyncio.Event()
        self._playing = False
        self._sequence = 0
        self._known, self._since = 0, 0.0
        self.sent = 0
        """Samples sent since the tab connected."""

    def wake(self) -> None:
        """There is something to pull."""
        self._awake.set()

    def pause(self) -> int:
        """Silence the tab, more follows; samples not heard."""
        return self._drop("pause")

    def stop(self) -> int:
        """Silence the tab for good; samples not heard."""
        return self._drop("stop")

    def played(self, samples: int) -> None:
        """The tab reports its position; a report from before the last silence, or of sound never sent, says nothing."""
        if self._known < samples <= self.sent:
            self._known, self._since = samples, self._clock()

    @property
    def position(self) -> int:
        """Samples the tab has played by now: its last report, carried on by the clock."""
        return min(self.sent, self._known + int((self._clock() - self._since) * SAMPLE_RATE))

    async def run(self, pull: Callable[[], Pcm | None]) -> None:
        """Feed the tab for ever."""
        while True:
            await self._awake.wait()
            if self._far_ahead():
                await asyncio.sleep(FRAME_SECONDS / 2)
                continue
            pcm = pull()
            if pcm is None:
                self._awake.clear()
                self._playing = False
            else:
                self._play(pcm)

    def _far_ahead(self) -> bool:
        ahead = self.sent - self.position
        return ahead > LEAD_SAMPLES - FRAME_SAMPLES or self._outbox.sound_waiting >= LEAD_FRAMES

    def _play(self, pcm: Pcm) -> None:
        if not self._playing:
            self._playing = True
            if self.position == self.sent:
                self._known, self._since = self.sent, self._clock()
            self._outbox.urgent(messages.playback("start"))
        self._outbox.sound(pack(self._sequence, pcm))
        self._sequence += 1
        self.sent += FRAME_SAMPLES

    def _drop(self, action: Literal["pause", "stop"]) -> int:
        unheard = self.sent - self.position
        self._playing = False
        self._awake.clear()
        self._known, self._since = self.sent, self._clock()
        self._outbox.drop_sound()
        self._outbox.urgent(messages.playback(action))
        return unheard
