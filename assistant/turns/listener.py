"""Listening to one utterance: feeds the recogniser, decodes in every pause, and tells when the speaker has finished.

A listener stays open after its endpoint, because the speaker may go on: ``utterance()`` may be asked again and then
gives the whole, longer utterance.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from assistant.asr.base import Hypothesis, Opener, Reading
from assistant.asr.fold import fold
from assistant.audio.frames import SAMPLE_RATE
from assistant.audio.ring import RingBuffer
from assistant.errors import AssistantError
from assistant.grammar.base import View
from assistant.turns.ears import Ears, Heard
from assistant.turns.endpoint import Endpoint, EndpointConfig, accepted, decide, patience
from assistant.turns.feed import Feed
from assistant.turns.rivals import Meaning, weighed

logger = logging.getLogger(__name__)

BATCH = 1600
"""Samples that go to the recogniser at once: 100 ms."""
DEAF_SECONDS = 2.0
"""A microphone that brought sound and then none for so long is gone."""
PREROLL = 4800
"""Samples before an onset that belong to the utterance: 300 ms, detectors notice soft beginnings late."""
SPEECH_AT_LEAST = 1600
"""Samples of speech after the wake phrase before it counts as an order: 100 ms, the phrase's end is an estimate."""
WAKE_TAIL = 1600
"""Samples of speech that may still be the wake phrase itself: 100 ms. The shortest first words last twice as long."""
BREATH = 1920
"""Samples of silence after the wake phrase alone; speech after it is read without the phrase: 120 ms."""
FRESH_GAP = 0.25
"""Seconds of silence without a word after which there was none."""
PATIENCE = 1.0
"""Seconds beyond the longest pause that a reading under way is waited for: better late than not understood."""
LOST_SILENCE = 0.4
"""Seconds of silence in which it is told that the recogniser failed."""
FINAL_SECONDS = 0.1
"""Between looks at whether the speaker can still go on."""
PARTIAL_EVERY = 1600
"""Samples between partials at least: 100 ms. A slow machine gives them as it can: a pause ends the one at work."""


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
    paused: Callable[[int, int], None] = field(default=lambda start, end: None)
    """Told in each pause that is read: first sample of the speech, and the one after it."""
    meaning: Meaning = fold
    """Tells what a reading means."""


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
    """``no_speech``, ``too_long``, ``recogniser`` or ``deaf``: no sound came any more; empty when the speaker just
    finished."""
    late: float = 0.0
    """Seconds by which the endpoint was missed because the text was not ready."""


def next_partial(asked: int, done: int) -> int:
    """Sample at which the next partial is due; arguments and result are counted alike."""
    return max(asked + PARTIAL_EVERY, done)


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
        self._feed = Feed(ring, recognizer, request.view, request.start, request.prefix)
        self._count_from = max(request.start, request.prefix_end)
        self._waiting_since = max(ears.now, request.prefix_end)
        self._spoken = self._spoken_before(ears)
        self._paused = False
        self._decoding: asyncio.Task[None] | None = None
        self._found: list[Hypothesis] = []
        """What the last pause was read as, each time,"""
        self._decoded: tuple[int, Hypothesis] | None = None
        """where it began, and what that comes to."""
        self._read_to = 0
        """Sample up to which it was read."""
        self._careful = 0
        """Careful readings begun in the present pause."""
        self._lost = False
        """Whether the recogniser failed; told when the speaker pauses, who would be talked over."""
        self._ended = False
        self._ended_after = 0
        self._told_waiting = False
        self._partial: asyncio.Task[None] | None = None
        self._next_partial = 0
        """Sample from which it may be asked."""
        self._result: asyncio.Future[Utterance] = asyncio.get_running_loop().create_future()
        self._leave = ears.listen(self._hear)
        self._minding = asyncio.create_task(self._mind_microphone(), name="minds the microphone")

    async def utterance(self) -> Utterance:
        """The utterance up to its next endpoint."""
        return await asyncio.shield(self._result)

    async def final(self) -> None:
        """Wait until the speaker cannot go on any more with an utterance that ended provisionally.

        A microphone that brings no sound brings no words either.
        """
        while True:
            heard = self._ears.now
            left = self._config.incomplete - (heard - self._ended_after) / SAMPLE_RATE
            if self._ended and left <= 0:
                return
            await asyncio.sleep(max(left, FINAL_SECONDS))
            if self._ended and self._ears.now == heard:
                return

    async def close(self) -> None:
        """Stop listening and give the recogniser back."""
        self._leave()
        tasks = [task for task in (self._minding, self._decoding, self._partial) if task is not None]
        for task in tasks:
            task.cancel()
        try:
            await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            self._feed.close()
            self._result.cancel()

    # --- what is heard

    async def _mind_microphone(self) -> None:
        """All other times are counted in sound; a microphone that is muted, asleep or pulled out brings none."""
        heard, limit = self._ears.now, max(DEAF_SECONDS, self._request.no_speech)
        while True:
            await asyncio.sleep(limit)
            if self._ears.now == heard:
                self._finish(Hypothesis(), heard, failure="deaf")
                return
            heard, limit = self._ears.now, DEAF_SECONDS

    def _spoken_before(self, ears: Ears) -> int:
        """Samples of speech that had already passed when listening began."""
        end = ears.now if ears.speech else ears.offset
        return max(0, end - max(ears.onset, self._count_from))

    def _hear(self, heard: Heard) -> None:
        if heard.frame.end - self._feed.fed >= BATCH or not heard.speech:
            self._feed.feed(heard.frame.end)
        self._lost = self._lost or self._feed.failed is not None
        if self._lost:
            if heard.silence >= LOST_SILENCE or self._too_long(heard):
                self._finish(Hypothesis(), heard.frame.end, failure="recogniser")
        elif heard.speech:
            self._hear_speech(heard)
        else:
            self._hear_silence(heard)

    def _hear_speech(self, heard: Heard) -> None:
        if heard.frame.end <= self._count_from:
            return
        if self._paused:
            self._paused = False
            if self._decoding is not None and self._careful:
                self._decoding.cancel()
            self._speaker_went_on(heard)
        self._spoken += len(heard.frame.pcm)
        if self._ended:
            return
        if self._too_long(heard):
            self._decode(heard, heard.frame.end, failure="too_long")
        elif heard.frame.end >= self._next_partial:
            self._ask_partial()

    def _too_long(self, heard: Heard) -> bool:
        return heard.frame.end - self._feed.start > self._config.longest * SAMPLE_RATE

    def _speaker_went_on(self, heard: Heard) -> None:
        if self._ended:
            if (heard.onset - self._ended_after) / SAMPLE_RATE <= self._config.incomplete:
                self._ended = False
                self._result = asyncio.get_running_loop().create_future()
                self.resumed.set()
        elif self._spoken < WAKE_TAIL:
            gap = heard.onset - max(heard.offset, self._request.prefix_end)
            if gap >= BREATH or not self._feed.prefix:
                self._restart(max(self._count_from, heard.onset - PREROLL))

    def _phrase_alone(self, pause: int) -> None:
        """Nothing but the wake phrase was said before sample ``pause``: what follows is read without it.

        It may have begun already, and be over: reading takes its time, the more on a busy machine.
        """
        self._count_from, self._spoken, self._feed.prefix = pause, 0, ""
        if self._ears.onset > pause:
            self._restart(pause)
            self._spoken = self._spoken_before(self._ears)

    def _restart(self, start: int) -> None:
        """The order begins only now: read it without what came before."""
        for task in (self._decoding, self._partial):
            if task is not None and task is not asyncio.current_task():
                task.cancel()
        self._feed.close()
        self._feed = Feed(self._ring, self._recognizer, self._request.view, max(self._request.start, start))
        self._spoken = 0

    def _hear_silence(self, heard: Heard) -> None:
        self._paused = True
        if self._ended:
            return
        if self._spoken < SPEECH_AT_LEAST:
            self._wait_for_speech(heard)
            return
        self._look(heard)
        self._consider(heard.offset)

    def _look(self, heard: Heard) -> None:
        """Read the sound before a pause: quickly, carefully if that is not certain, and again if that is nothing."""
        read, config = self._read(heard.offset), self._config
        if self._is_reading or heard.silence < config.speculate:
            return
        if read is None:
            self._careful = 0
            self._decode(heard, heard.frame.end)
        elif self._careful == 0 and heard.silence >= config.careful:
            self._careful = 1
            if not self._is_certain(read):
                # The same sound: it need not be encoded again.
                self._decode(heard, self._read_to, careful=True)
        elif self._careful == 1 and heard.silence >= config.again:
            self._careful = 2
            if not accepted(read, self._request.accept):
                self._decode(heard, heard.frame.end, careful=True)

    def _wait_for_speech(self, heard: Heard) -> None:
        waited = (heard.frame.end - self._waiting_since) / SAMPLE_RATE
        if waited >= self._request.no_speech:
            self._finish(Hypothesis(), heard.frame.end, failure="no_speech")
        elif not self._told_waiting and heard.silence >= FRESH_GAP and waited > 0:
            self._told_waiting = True
            self._on_waiting()

    # --- reading

    @property
    def _is_reading(self) -> bool:
        return self._decoding is not None and not self._decoding.done()

    def _read(self, pause: int) -> Hypothesis | None:
        """What was read in the pause that began at sample ``pause``."""
        return self._decoded[1] if self._decoded is not None and self._decoded[0] == pause else None

    def _decode(self, heard: Heard, end: int, failure: str = "", careful: bool = False) -> None:
        if not self._is_reading:
            if self._partial is not None:
                self._partial.cancel()
            self._read_to = end
            self._request.paused(self._feed.start, heard.offset)
            work = self._run_decode(self._feed, heard.offset, end, failure, careful)
            self._decoding = asyncio.create_task(work)

    async def _run_decode(self, feed: Feed, pause: int, end: int, failure: str, careful: bool) -> None:
        try:
            found = await self._read_from(feed, end, careful)
            self._take(feed, found, pause, end, failure)
        except AssistantError:
            if failure:  # a slow recogniser cannot read that much in time; why it ends does not depend on the words
                self._finish(Hypothesis(), end, failure=failure)
                return
            # What was understood already stands.
            self._lost = self._lost or not accepted(self._read(pause), self._request.accept)
        except Exception:  # a fault in one reading must not leave the speaker without an end
            logger.exception("reading an utterance")
            self._lost = True

    def _take(self, feed: Feed, found: list[Hypothesis], pause: int, end: int, failure: str) -> None:
        """What a reading found of the sound before the pause that began at sample ``pause``."""
        if feed is not self._feed:
            return
        if failure:
            self._finish(self._weighed(found), end, failure=failure)
            return
        if feed.prefix and self._is_nothing(self._weighed(found)):
            self._phrase_alone(pause)
        before = self._found if self._read(pause) is not None else []
        self._found = [*before, *found]
        self._decoded = (pause, self._weighed(self._found))
        if not self._ears.speech and self._ears.offset == pause:
            self._consider(pause)

    async def _read_from(self, feed: Feed, end: int, careful: bool) -> list[Hypothesis]:
        """The sound up to sample ``end``; where that is no order, also without the wake phrase that may precede it."""
        found = [await feed.decode(end, careful)]
        if feed.prefix and not accepted(self._weighed(found), self._request.accept):
            order = await self._decode_order(end, careful)
            if accepted(self._weighed([order]), self._request.accept):
                found.append(order)
        return found

    async def _decode_order(self, end: int, careful: bool) -> Hypothesis:
        """The order alone, without the wake phrase before it, which may have sounded like other words."""
        start = max(self._request.start, self._request.prefix_end - WAKE_TAIL)
        feed = Feed(self._ring, self._recognizer, self._request.view, start)
        try:
            return await feed.decode(end, careful)
        finally:
            feed.close()

    def _weighed(self, found: list[Hypothesis]) -> Hypothesis:
        return weighed(found, self._request.meaning)

    def _is_certain(self, hypothesis: Hypothesis | None) -> bool:
        return accepted(hypothesis, max(self._request.accept, self._config.certain))

    def _consider(self, pause: int) -> None:
        """Is the pause that began at sample ``pause`` the end?"""
        hypothesis = self._read(pause)
        if self._ended or hypothesis is None:
            return
        silence = (self._ears.now - pause) / SAMPLE_RATE
        best = hypothesis.best
        if self._is_nothing(hypothesis):
            if silence >= FRESH_GAP:
                self._nothing_said(pause)
            return
        risky = best is not None and self._request.risky(best)
        end = decide(self._config, silence, hypothesis, self._request.accept, risky=risky)
        longest = self._config.incomplete + PATIENCE
        if self._is_reading and silence < longest and not self._is_certain(hypothesis):
            return
        if end is not Endpoint.WAIT:
            late = silence - patience(self._config, hypothesis, self._request.accept, risky=risky)
            self._finish(hypothesis, pause, provisional=end is Endpoint.PROVISIONAL, late=late)

    def _is_nothing(self, hypothesis: Hypothesis) -> bool:
        """Whether there was no word, or none but the wake phrase: its end is an estimate."""
        if accepted(hypothesis, self._request.accept):
            return False
        words = fold(hypothesis.free_text) or hypothesis.free_text.strip()
        return words == fold(self._request.prefix) if words else hypothesis.best is None

    def _nothing_said(self, pause: int) -> None:
        """What sounded like speech before sample ``pause`` was none: go on waiting for a first word."""
        self._spoken = 0
        self._count_from, self._waiting_since = pause, self._ears.now
        self._feed.prefix = ""

    def _finish(
        self, hypothesis: Hypothesis, end: int, *, provisional: bool = False, failure: str = "", late: float = 0.0
    ) -> None:
        if not self._ended and not self._result.done():
            self._ended, self._ended_after = True, end
            self.resumed.clear()
            self._result.set_result(
                Utterance(hypothesis, self._feed.start, end, self._ears.now, provisional, failure, late)
            )

    def _ask_partial(self) -> None:
        if self._partial is None or self._partial.done():
            self._partial = asyncio.create_task(self._run_partial())

    async def _run_partial(self) -> None:
        asked = self._ears.now
        try:
            partial = await self._feed.partial()
        except AssistantError:
            return
        finally:
            self._next_partial = next_partial(asked, self._ears.now)
        if partial is not None and not self._ended:
            self._on_partial(*partial)
