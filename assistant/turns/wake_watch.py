"""Watching for typed wake phrases: asks the phrase scorer at the instants that the windows choose."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from assistant.audio.ring import RingBuffer
from assistant.errors import AssistantError
from assistant.turns.ears import Ears, Heard
from assistant.wake.base import WakeHit
from assistant.wake.client import PhraseClient
from assistant.wake.windows import WakeWindowConfig, WakeWindows

log = logging.getLogger(__name__)


class WakeWatch:
    """One source's watch. Listens only while somebody speaks."""

    def __init__(
        self, source: str, ears: Ears, ring: RingBuffer, scorer: PhraseClient, phrases: list[str],
        on_hit: Callable[[WakeHit], None], config: WakeWindowConfig | None = None, *,
        below: Callable[[], float] = lambda: 0.0, on_score: Callable[[WakeHit], None] = lambda hit: None,
    ) -> None:
        """
        Args:
            below: how far below its threshold a score is worth telling; 0: only hits are.
            on_score: told of all those.
        """
        self._source = source
        self._ears = ears
        self._ring = ring
        self._scorer = scorer
        self._phrases = phrases
        self._on_hit = on_hit
        self._below = below
        self._on_score = on_score
        self._windows = WakeWindows(config or WakeWindowConfig())
        self._leave: Callable[[], None] | None = None
        self._scoring: set[asyncio.Task[None]] = set()
        self._hit_at = -1
        self._down = False
        """Whether the scorer failed the last time: that is told once."""

    def onset(self, sample: int) -> None:
        """Speech began at ``sample``."""
        if self._phrases:
            self._windows.onset(sample)
            if self._leave is None:
                self._leave = self._ears.listen(self._hear)

    def offset(self, sample: int) -> None:
        """Speech paused at ``sample``."""
        window = self._windows.offset(sample, self._ears.now)
        if window is not None:
            self._score(*window)
        if not self._windows.waiting:
            self._rest()

    def close(self) -> None:
        """Stop watching."""
        self._rest()
        for task in self._scoring:
            task.cancel()

    def _rest(self) -> None:
        if self._leave is not None:
            self._leave()
            self._leave = None

    def _hear(self, heard: Heard) -> None:
        for window in self._windows.due(heard.frame.end):
            self._score(*window)
        if not heard.speech and not self._windows.waiting:
            self._rest()

    def _score(self, start: int, end: int) -> None:
        task = asyncio.create_task(self._run(start, end))
        self._scoring.add(task)
        task.add_done_callback(self._scoring.discard)

    async def _run(self, start: int, end: int) -> None:
        below, before = self._below(), self._windows.before(start)
        sound = self._ring.read(start - before, end)
        try:
            found = await self._scorer.score(self._source, sound, start - before, self._phrases, below, before)
        except AssistantError as error:
            if not self._down:
                log.warning("wake phrase not scored: %s", error)
            self._down = True
            return
        self._down = False
        if below:
            for score in found:
                self._on_score(score)
        hits = [hit for hit in found if hit.heard]
        if hits and hits[0].start >= self._hit_at:
            self._hit_at = hits[0].end
            self._windows.close()
            self._on_hit(hits[0])
