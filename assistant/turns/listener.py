"""Listening to one utterance: feeds the recogniser, decodes in every pause, and tells when the speaker has finished.

A listener stays open after its endpoint, because the speaker may go on: ``utterance()`` may be asked again and then
gives the whole, longer utterance.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from assistant.asr.base import Hypothesis, Lease, Opener, Reading
from assistant.audio.frames import SAMPLE_RATE
from assistant.audio.ring import RingBuffer
from assistant.errors import AssistantError
from assistant.grammar.base import View
from assistant.turns.ears import Ears, Heard
from assistant.turns.endpoint import Endpoint, EndpointConfig, decide

BATCH = 1600
"""Samples that go to the recogniser at once: 100 ms."""
PREROLL = 4800
"""Samples before an onset that belong to the utterance: 300 ms, detectors notice soft beginnings late."""
SPEECH_AT_LEAST = 1600
"""Samples of speech after the wake phrase before it counts as an order: 100 ms, the phrase's end is an estimate."""
FRESH_GAP = 0.25
"""Seconds of silence after the wake phrase alone; speech after it is decoded without the phrase."""
PARTIAL_EVERY = 4800
"""Samples between partials: 300 ms."""


@dataclass(frozen=True, slots=True)
class ListenRequest:
    """How to listen to one utterance."""

    start: int
    """First sample that belongs to it."""
    view: View
    accept: float
    """Confidence from which a reading counts as heard."""
    prefix: str = ""
    """The wake phrase, where the sound begins with it."""
    prefix_end: int = 0
    """First sample after the phrase; speech before it is not the order."""
    no_speech: float = 5.0
    """Seconds to wait for a first word."""
    risky: Callable[[Reading], bool] = field(default=lambda reading: False)


@dataclass(frozen=True, slots=True)
class Utterance:
    """What was said, and how it ended."""

    hypothesis: Hypothesis
    start: int
    end: int
    """First sample after the speech."""
    ended_at: int
    """Sample at which the endpoint was decided."""
    provisional: bool = False
    failure: str = ""
    """``no_speech``, ``too_long`` or ``recogniser``; empty when the speaker just finished."""


class Listener:
    """One utterance of one source."""

    def __init__(
        self, ears: Ears, ring: RingBuffer, recognizer: Opener, config: EndpointConfig,
        request: ListenRequest, on_partial: Callable[[str, int], None], on_waiting: Callable[[], None] = lambda: None,
    ) -> None:
        self._ears = ears
        self._ring = ring
        self._recognizer = recognizer
        self._config = config
        self._request = request
        self._on_partial = on_partial
        self._on_waiting = on_waiting
        self.resumed = asyncio.Event()
        """Set when the speaker goes on soon after an endpoint."""
        self._begin(request.start, request.prefix)
        self._count_from = max(request.start, request.prefix_end)
        self._waiting_since = max(ears.now, request.prefix_end)
        self._spoken = self._spoken_before(ears)
        self._pause = 0
        self._decoding: asyncio.Task[None] | None = None
        self._decoded: tuple[int, Hypothesis] | None = None
        self._ended = False
        self._ended_after = 0
        self._told_waiting = False
        self._partial: asyncio.Task[None] | None = None
        self._partial_at = 0
        self._result: asyncio.Future[Utterance] = asyncio.get_running_loop().create_future()
        self._leave = ears.listen(self._hear)

    async def utterance(self) -> Utterance:
        """The utterance up to its next endpoint."""
        return await asyncio.shield(self._result)

    async def close(self) -> None:
        """Stop listening and give the recogniser back."""
        self._leave()
        tasks = [task for task in (self._opening, self._decoding, self._partial) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._lease is not None:
            self._lease.close()
        self._result.cancel()

    def _spoken_before(self, ears: Ears) -> int:
        """Samples of speech that had already passed when listening began."""
        end = ears.now if ears.speech else ears.offset
        return max(0, end - max(ears.onset, self._count_from))

    def _begin(self, start: int, prefix: str) -> None:
        """Open a recogniser stream whose sound begins at ``start``."""
        self._start = self._fed = max(0, start)
        self._prefix = prefix
        self._lease: Lease | None = None
        self._opening: asyncio.Task[None] | None = asyncio.create_task(self._open(prefix))

    async def _open(self, prefix: str) -> None:
        try:
            self._lease = await self._recognizer.open(self._request.view, prefix=prefix)
        except AssistantError:
            self._fail("recogniser", self._ears.now)
            return
        self._feed(self._ears.now)

    def _restart(self, start: int) -> None:
        if self._opening is not None:
            self._opening.cancel()
        if self._lease is not None:
            self._lease.close()
        self._begin(start, "")

    def _feed(self, until: int) -> None:
        if self._lease is not None and until > self._fed:
            self._lease.feed(self._ring.read(self._fed, until), self._fed)
            self._fed = until

    def _hear(self, heard: Heard) -> None:
        if heard.frame.end - self._fed >= BATCH or not heard.speech:
            self._feed(heard.frame.end)
        if heard.speech:
            self._hear_speech(heard)
        else:
            self._hear_silence(heard)

    def _hear_speech(self, heard: Heard) -> None:
        if heard.frame.end <= self._count_from:
            return
        if self._pause:
            self._speaker_went_on(heard)
        self._pause = 0
        self._spoken += len(heard.frame.pcm)
        if self._ended:
            return
        if heard.frame.end - self._start > self._config.longest * SAMPLE_RATE:
            self._decode(heard, failure="too_long")
        elif heard.frame.end - self._partial_at >= PARTIAL_EVERY and self._lease is not None:
            self._ask_partial(heard.frame.end)

    def _speaker_went_on(self, heard: Heard) -> None:
        if self._spoken < SPEECH_AT_LEAST and not self._ended:
            gap = (heard.onset - self._count_from) / SAMPLE_RATE
            if (self._spoken == 0 and gap >= FRESH_GAP) or not self._prefix:
                self._restart(max(self._count_from, heard.onset - PREROLL))
                self._spoken = 0
        elif self._ended and (heard.onset - self._ended_after) / SAMPLE_RATE <= self._config.incomplete:
            self._ended = False
            self._result = asyncio.get_running_loop().create_future()
            self.resumed.set()

    def _hear_silence(self, heard: Heard) -> None:
        self._pause += 1
        if self._ended:
            return
        if self._spoken < SPEECH_AT_LEAST:
            self._wait_for_speech(heard)
            return
        if heard.silence >= self._config.speculate and (self._decoded is None or self._decoded[0] != heard.offset):
            self._decode(heard)
        self._consider(heard.offset)

    def _wait_for_speech(self, heard: Heard) -> None:
        waited = (heard.frame.end - self._waiting_since) / SAMPLE_RATE
        if waited >= self._request.no_speech:
            self._fail("no_speech", heard.frame.end)
        elif not self._told_waiting and heard.silence >= FRESH_GAP and waited > 0:
            self._told_waiting = True
            self._on_waiting()

    def _decode(self, heard: Heard, failure: str = "") -> None:
        if self._decoding is not None and not self._decoding.done():
            return
        self._feed(heard.frame.end)
        self._decoding = asyncio.create_task(self._run_decode(heard.offset, heard.frame.end, failure))

    async def _run_decode(self, pause: int, end: int, failure: str) -> None:
        if self._opening is not None:
            await asyncio.gather(self._opening, return_exceptions=True)
        if self._lease is None:
            return
        try:
            hypothesis = await self._lease.decode(end)
        except AssistantError:
            self._fail("recogniser", self._ears.now)
            return
        if failure:
            self._finish(hypothesis, end, False, failure)
            return
        self._decoded = (pause, hypothesis)
        if not self._ears.speech and self._ears.offset == pause:
            self._consider(pause)

    def _consider(self, pause: int) -> None:
        """Is the pause that began at sample ``pause`` the end?"""
        if self._ended or self._decoded is None or self._decoded[0] != pause:
            return
        hypothesis = self._decoded[1]
        silence = (self._ears.now - pause) / SAMPLE_RATE
        best = hypothesis.best
        if best is None and not hypothesis.free_text.strip():
            if silence >= FRESH_GAP:
                self._nothing_said()
            return
        risky = best is not None and self._request.risky(best)
        end = decide(self._config, silence, hypothesis, self._request.accept, risky=risky)
        if end is not Endpoint.WAIT:
            self._finish(hypothesis, pause, end is Endpoint.PROVISIONAL, "")

    def _nothing_said(self) -> None:
        """What sounded like speech was none: go on waiting for a first word."""
        self._spoken = 0
        self._count_from = self._ears.now
        self._prefix = ""

    def _finish(self, hypothesis: Hypothesis, end: int, provisional: bool, failure: str) -> None:
        if not self._ended and not self._result.done():
            self._ended, self._ended_after = True, end
            self.resumed.clear()
            self._result.set_result(
                Utterance(hypothesis, self._start, end, self._ears.now, provisional, failure)
            )

    def _fail(self, failure: str, sample: int) -> None:
        self._finish(Hypothesis(), sample, False, failure)

    def _ask_partial(self, now: int) -> None:
        if self._partial is None or self._partial.done():
            self._partial_at = now
            self._partial = asyncio.create_task(self._run_partial())

    async def _run_partial(self) -> None:
        if self._lease is None:
            return
        try:
            text, stable = await self._lease.partial()
        except AssistantError:
            return
        if not self._ended:
            self._on_partial(text, stable)
