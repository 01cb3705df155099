"""Gathers the sound of each turn, cleaned as the recogniser heard it, and has it written down when the turn ends.

Until then it is in memory only. It is taken from the source's ring buffer whenever something happens in the turn.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.audio.ring import RingBuffer
from assistant.errors import AudioError
from assistant.events import ComponentFailed, Event, TurnStarted
from assistant.recorder.record import Sound
from assistant.recorder.sounds import Sounds

LEAD_SECONDS = 1.0
"""Before the utterance: detectors are tried again on how it begins."""
LONGEST_SECONDS = 300.0
"""Of one turn; a timer that rings for hours is not worth the room."""
UNHEARD = ("text", "ring", "announce")
"""Reasons of turns that begin without an utterance."""
COMPONENT = "recorder"

log = logging.getLogger(__name__)


class HearingSource(Protocol):
    """What of a session is used here."""

    @property
    def silent(self) -> bool: ...

    @property
    def ring(self) -> RingBuffer: ...

    @property
    def over(self) -> RingBuffer: ...


@dataclass(slots=True)
class _Taking:
    ring: RingBuffer
    start: int
    next: int
    pieces: list[Pcm] = field(default_factory=list)

    def take(self) -> None:
        """What was heard since; what is lost is silence, so that times stay true."""
        end = min(self.ring.end, self.start + round(LONGEST_SECONDS * SAMPLE_RATE))
        if end <= self.next:
            return
        heard = self.ring.read(self.next, end)
        self.pieces += [np.zeros(end - self.next - len(heard), np.int16), heard]
        self.next = end


class Capture:
    """A witness of turns, see ``assistant.trace``.

    Args:
        source: the source of that name, if it is open.
        publish: takes a ComponentFailed when nothing can be kept any more.
        keeps: whether the sound of a turn may be kept, when it is over: that depends on who spoke.
    """

    def __init__(
        self, sounds: Sounds, source: Callable[[str], HearingSource | None], publish: Callable[[Event], None],
        keeps: Callable[[str], bool] = lambda turn: True,
    ) -> None:
        self._keeps = keeps
        self._sounds = sounds
        self._source = source
        self._publish = publish
        self._taking: dict[str, _Taking] = {}
        self._failing = False

    def began(self, event: TurnStarted) -> None:
        """Begin with what was said before the turn was known to be one."""
        source = self._source(event.source)
        if source is None or source.silent or event.reason in UNHEARD:
            return
        ring = source.over if event.reason == "barge_in" else source.ring
        start = max(ring.start, event.sample - round(LEAD_SECONDS * SAMPLE_RATE), 0)
        self._taking[event.turn] = _Taking(ring, start, start)

    def went_on(self, turn: str) -> None:
        """Take what was heard meanwhile."""
        taking = self._taking.get(turn)
        if taking is not None:
            taking.take()

    async def ended(self, turn: str) -> dict[str, Any]:
        """Write it down, off the event loop; where it lies in its source's sound."""
        taking = self._taking.pop(turn, None)
        if taking is None or taking.next == taking.start or not self._keeps(turn):
            return {}
        try:
            await asyncio.to_thread(lambda: self._sounds.write(turn, np.concatenate(taking.pieces)))
        except AudioError as error:
            self._failed(error)
            return {}
        self._failing = False
        return {"sound": Sound(start=taking.start, end=taking.next).model_dump()}

    async def forget(self, turn: str) -> None:
        """The turn itself could not be kept: its sound would belong to nothing."""
        try:
            await asyncio.to_thread(self._sounds.remove, turn)
        except AudioError as error:
            self._failed(error)

    def _failed(self, error: AudioError) -> None:
        log.warning("%s", error)
        if not self._failing:
            self._failing = True
            self._publish(ComponentFailed(component=COMPONENT, error=str(error)))
