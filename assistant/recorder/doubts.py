"""Keeps the sound of doubtful wake phrases, where that is switched on: what was nearly heard, and what opened a turn of
which nothing came. People label it (``assistant wake review``), and a training learns from it.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.audio.ring import RingBuffer
from assistant.bus import Bus, Observer
from assistant.errors import AudioError
from assistant.events import ComponentFailed, TurnEnded, TurnStarted, WakeChanged, WakeHeard, WakeScored
from assistant.paths import data_dir
from assistant.recorder.sounds import Kept, Sounds
from assistant.wake.calls import Calls
from assistant.wake.household import slug

NEAR = 4.0
"""A score so little below its threshold is a near miss."""
AROUND = round(0.3 * SAMPLE_RATE)
"""Samples before and after the phrase that are kept."""
LONGEST = 3 * SAMPLE_RATE
SETTLE_SECONDS = 2.0
"""A phrase that was nearly heard may be heard a moment later, with more of its sound."""
MISSED, ACCEPTED = "missed", "accepted"
"""Nearly heard; heard, and nothing came of it."""
NOTHING_CAME = ("no_speech", "deaf")
"""Reasons of turns that failed in which nobody ordered anything."""
COMPONENT = "wake review"

log = logging.getLogger(__name__)


class HearingSource(Protocol):
    """What of a session is used here."""

    @property
    def over(self) -> RingBuffer: ...


@dataclass(frozen=True, slots=True)
class Doubt:
    """A sound that may or may not be a wake phrase."""

    kept: Kept
    kind: str
    phrase: str
    """As its folder is called: ``hey-nova``."""


@dataclass(slots=True)
class _Near:
    """The best of what was nearly heard just now."""

    scored: WakeScored
    timer: asyncio.TimerHandle


class Doubts:
    """Observes the bus. ``start`` it; ``close`` ends it.

    Args:
        source: the session of that name, if it is open.
        calls: told that somebody watches.
        keeps: whether a sound may be kept, for who speaks in it.
    """

    def __init__(
        self, bus: Bus, sounds: Sounds, source: Callable[[str], HearingSource | None], calls: Calls,
        settle: float = SETTLE_SECONDS, keeps: Callable[[Pcm], Awaitable[bool]] | None = None,
    ) -> None:
        self._bus = bus
        self._sounds = sounds
        self._source = source
        self._calls = calls
        self._settle = settle
        self._keeps = keeps
        self._near: dict[str, _Near] = {}
        self._heard: dict[str, WakeHeard] = {}
        """The latest of each source."""
        self._woken: dict[str, WakeHeard] = {}
        """By turn."""
        self._numbers = itertools.count(1)
        self._writing: set[asyncio.Task[None]] = set()
        self._failing = False
        self._task: asyncio.Task[None] | None = None

    @property
    def count(self) -> int:
        """How many sounds wait to be labelled."""
        return len(self._sounds.all())

    def start(self) -> None:
        """Begin."""
        self._calls.watchers += 1
        kinds = (WakeScored, WakeHeard, TurnStarted, TurnEnded)
        self._task = asyncio.create_task(self._observe(self._bus.observer(COMPONENT, *kinds)), name=COMPONENT)

    async def close(self) -> None:
        """End; what was nearly heard just now is not kept."""
        if self._task is None:
            return
        self._calls.watchers -= 1
        self._task.cancel()
        for near in self._near.values():
            near.timer.cancel()
        await asyncio.gather(self._task, *self._writing, return_exceptions=True)

    async def _observe(self, events: Observer) -> None:
        async for event in events:
            match event:
                case WakeScored() if event.threshold - NEAR <= event.score < event.threshold:
                    self._nearly(event)
                case WakeHeard():
                    self._heard[event.source] = event
                    self._drop(event)
                case TurnStarted(reason="wake") if event.source in self._heard:
                    self._woken[event.turn] = self._heard[event.source]
                case TurnEnded():
                    self._ended(event)

    def _nearly(self, scored: WakeScored) -> None:
        heard, known = self._heard.get(scored.source), self._near.get(scored.source)
        if heard is not None and scored.sample < heard.end:
            return
        if known is not None:
            known.timer.cancel()
            if known.scored.score > scored.score and scored.sample < known.scored.end:
                scored = known.scored
        timer = asyncio.get_running_loop().call_later(self._settle, self._missed, scored.source)
        self._near[scored.source] = _Near(scored, timer)

    def _drop(self, heard: WakeHeard) -> None:
        """It was heard after all."""
        near = self._near.get(heard.source)
        if near is not None and near.scored.end > heard.sample - AROUND:
            near.timer.cancel()
            del self._near[heard.source]

    def _missed(self, source: str) -> None:
        scored = self._near.pop(source).scored
        self._keep(MISSED, source, scored.phrase, scored.sample, scored.end)

    def _ended(self, event: TurnEnded) -> None:
        heard = self._woken.pop(event.turn, None)
        if heard is not None and (event.outcome == "not_understood" or event.reason in NOTHING_CAME):
            self._keep(ACCEPTED, event.source, heard.phrase, heard.sample, heard.end)

    def _keep(self, kind: str, source: str, phrase: str, start: int, end: int) -> None:
        session = self._source(source)
        if session is None:
            return
        pcm = session.over.read(max(0, start - AROUND), min(end + AROUND, start + LONGEST))
        if not len(pcm):
            return
        stamp = time.strftime("%Y%m%d-%H%M%S")
        name = f"{stamp}-{next(self._numbers)}.{kind}.{slug(phrase)}"

        async def write() -> None:
            if self._keeps is not None and not await self._keeps(pcm):
                return
            try:
                await asyncio.to_thread(self._sounds.write, name, pcm)
            except AudioError as error:
                self._failed(error)
                return
            self._failing = False
            self._bus.post(WakeChanged(phrase=phrase))

        task = asyncio.create_task(write(), name=f"keep {name}")
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    def _failed(self, error: AudioError) -> None:
        log.warning("%s", error)
        if not self._failing:
            self._failing = True
            self._bus.post(ComponentFailed(component=COMPONENT, error=str(error)))


def doubt_sounds(days: float, megabytes: float) -> Sounds:
    """Where they are kept, with their limits."""
    return Sounds(doubt_folder(), days, megabytes, switch="wake_review: false")


def doubt_folder() -> Path:
    """Where they are kept."""
    return data_dir() / "wake" / "review"


def doubts_in(sounds: Sounds) -> list[Doubt]:
    """Those that are kept, the oldest first."""
    found = []
    for kept in sounds.all():
        _, kind, phrase = [*kept.turn.rsplit(".", 2), "", ""][:3]
        if kind in (MISSED, ACCEPTED) and phrase:
            found.append(Doubt(kept, kind, phrase))
    return found
