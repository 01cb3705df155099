"""Scripted hearing for tests of turn taking: speech by the clock, and a recogniser that reads what the script says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from assistant.asr.base import Hypothesis, Lease, Reading, Word
from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, SILENCE_DB, Frame, Levels, Pcm
from assistant.audio.ring import RingBuffer
from assistant.clock import settle, virtual_loop
from assistant.grammar.base import View
from assistant.turns.ears import Ears


@dataclass(frozen=True, slots=True)
class Said:
    """Words that are whole once sample ``end`` has been fed."""

    end: float
    """Seconds."""
    text: str
    confidence: float = 0.95
    can_go_on: bool = False
    complete: bool = True
    start: float | None = None
    """Second from which the sound must have been heard to make out more than the last word; None: any."""
    rival: str = ""
    """What it sounds like just as much."""
    careful_confidence: float | None = None
    """How sure a careful reading is; None: as sure as a quick one."""
    made_out: float = 1.0
    """Confidence of each word of the open text."""
    plain: bool = True
    """Whether a quick reading makes it out; otherwise it takes a careful one, ten times as long."""


@dataclass(slots=True)
class FakeLease:
    """Reads the latest scripted words that lie in the sound it was fed."""

    script: Sequence[Said]
    seconds: float
    view: View | None
    prefix: str
    fed: list[tuple[int, int]] = field(default_factory=list)
    closed: bool = False
    careful_error: Exception | None = None
    given_up: int = 0
    """Readings that nobody waited for to the end."""

    def feed(self, pcm: Pcm, sample: int) -> None:
        assert not self.fed or self.fed[-1][1] == sample, "a gap in what the recogniser was fed"
        self.fed.append((sample, sample + len(pcm)))

    async def partial(self) -> tuple[str, int]:
        said = self._said(self.fed[-1][1] if self.fed else 0)
        return (said.text if said else "", 0)

    async def decode(self, end: int | None = None, careful: bool = False) -> Hypothesis:
        start = self.fed[0][0] if self.fed else 0
        said = self._said(self.fed[-1][1] if end is None else end)
        try:
            await asyncio.sleep(self.seconds if said is None or said.plain or not careful else 10 * self.seconds)
        except asyncio.CancelledError:
            self.given_up += 1
            raise
        if careful and self.careful_error is not None:
            raise self.careful_error
        if said is None or said.end * SAMPLE_RATE <= start:
            return Hypothesis(start=start, end=end or 0)
        if said.start is not None and said.start * SAMPLE_RATE < start:
            return Hypothesis(free_text=said.text.split()[-1], start=start, end=end or 0)
        if not (said.plain or careful):
            return Hypothesis(free_text=said.text.split()[-1], start=start, end=end or 0)
        surer = careful and said.careful_confidence is not None
        confidence = said.careful_confidence or 0.0 if surer else said.confidence
        reading = Reading(said.text, 0.0, confidence, said.complete, said.can_go_on)
        rivals = (replace(reading, text=said.rival),) if said.rival else ()
        words = tuple(Word(word, said.made_out) for word in said.text.split())
        return Hypothesis((reading, *rivals), said.text, 0.0, start, end or 0, free_words=words)

    async def words(self, text: str) -> tuple[Word, ...]:
        return ()

    def close(self) -> None:
        self.closed = True

    def _said(self, end: int) -> Said | None:
        heard = [said for said in self.script if said.end * SAMPLE_RATE <= end]
        return heard[-1] if heard else None


class FakeRecognizer:
    """Opens leases on one script.

    Args:
        seconds: what a decoding takes, on the loop's clock.
    """

    def __init__(self, script: Sequence[Said] = (), seconds: float = 0.05) -> None:
        self.script = script
        self.seconds = seconds
        self.leases: list[FakeLease] = []
        self.careful_error: Exception | None = None
        """What careful readings fail with."""

    async def open(self, view: View | None, prefix: str = "") -> Lease:
        lease = FakeLease(self.script, self.seconds, view, prefix, careful_error=self.careful_error)
        self.leases.append(lease)
        return lease


class Scene:
    """Plays speech to ears on a virtual clock: a list of (first, last) seconds in which somebody speaks.

    Args:
        each_frame: what else happens every 20 ms, e.g. a loudspeaker that pulls.
    """

    def __init__(
        self, speech: Sequence[tuple[float, float]], hangover: float = 0.06,
        each_frame: Callable[[], object] = lambda: None,
    ) -> None:
        self.ring = RingBuffer(40)
        self.ears = Ears(lambda wanted: None)
        self._speech = speech
        self._hangover = hangover
        self._each_frame = each_frame
        self._sample = 0

    @property
    def now(self) -> float:
        """Seconds of sound heard."""
        return self._sample / SAMPLE_RATE

    async def play(self, until: float) -> None:
        """Let time and sound go by."""
        while self.now < until - 1e-9:
            frame = Frame(np.zeros(FRAME_SAMPLES, np.int16), self._sample, self._levels())
            self._sample = frame.end
            virtual_loop().advance(FRAME_SAMPLES / SAMPLE_RATE)
            self._each_frame()
            self.ring.append(frame)
            self._detect()
            self.ears.hear(frame)
            await settle()

    def _levels(self) -> Levels:
        """As a lane would measure them: speech at -20 dBFS in a quiet room."""
        spoken = any(first <= self.now < last for first, last in self._speech)
        return Levels(-20.0, -20.0, SILENCE_DB, 0.95) if spoken else Levels(-70.0, -70.0, SILENCE_DB, 0.05)

    def _detect(self) -> None:
        for first, last in self._speech:
            if not self.ears.speech and first <= self.now < last:
                self.ears.speech_began(round(first * SAMPLE_RATE))
            elif self.ears.speech and last + self._hangover <= self.now < last + self._hangover + 0.021:
                self.ears.speech_paused(round(last * SAMPLE_RATE))
