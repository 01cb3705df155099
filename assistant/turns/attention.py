"""What may interrupt the assistant while it thinks or speaks.

The speaker goes on ("... in the bedroom"), somebody talks over the answer, the wake phrase is said, or someone asks
for silence. Talking over pauses the answer at once; what was said then decides whether it goes on.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from assistant.audio.frames import SAMPLE_RATE
from assistant.audio.ring import RingBuffer
from assistant.errors import AssistantError
from assistant.turns.bargein import BargeIn
from assistant.turns.ears import Ears, Heard
from assistant.turns.listener import PREROLL, Listener, Utterance
from assistant.turns.mouth import Mouth
from assistant.turns.trigger import Trigger

log = logging.getLogger(__name__)

JUDGE_WITHIN = 4.0
"""Seconds after which an interruption that nobody could make sense of lets the answer go on."""
STOP_LEADS = (4800, 3200, 1600, 800)
"""Samples before an onset from which stop words are scored. One short word in a room is a hard thing to read: with a
little more or less before it, it is another one."""
STOP_AGES = (0.45, 0.7, 1.0)
"""Seconds after an onset up to which they are: the words last 0.3 to 0.6 s."""
STOP_AGREED = 3
"""So many of all these pieces must begin with the same one: 55 of 56 stops said over an answer, 1 of 84 other words."""
STOP_HINTED = 2
"""So many are enough where the recogniser has no opinion in time: then nobody else can hear it."""
RECOGNISER_FIRST = 0.9
"""Seconds that a recogniser which works has to say what it really was; the answer is silent meanwhile."""
STOP_LONGEST = round(1.5 * SAMPLE_RATE)
"""Samples after an onset within which a stop word must be over."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """Silence was asked for."""


@dataclass(frozen=True, slots=True)
class Longer:
    """The speaker went on: the utterance was longer than it seemed."""

    utterance: Utterance


@dataclass(frozen=True, slots=True)
class Replaced:
    """Another order takes the place of this one."""

    trigger: Trigger


Interruption = Stopped | Longer | Replaced


class Judge(Protocol):
    """What attention asks of the turn."""

    def is_longer(self, utterance: Utterance) -> bool:
        """Whether the whole utterance is a longer order than the one being carried out."""
        ...

    def listen_over(self, start: int) -> Listener:
        """Listen to what is said over the answer."""
        ...

    def weigh(self, utterance: Utterance, listener: Listener) -> Interruption | None:
        """What was said over the answer; None: nothing that matters."""
        ...

    async def stop_word(self, start: int, end: int) -> str:
        """The stop word with which the sound begins; empty if none."""
        ...


class Attention:
    """Attends to one source during one answer."""

    def __init__(self, ears: Ears, ring: RingBuffer, mouth: Mouth, policy: BargeIn, judge: Judge) -> None:
        self._ears = ears
        self._ring = ring
        self._mouth = mouth
        self._policy = policy
        self._judge = judge
        self._called: asyncio.Future[Interruption] = asyncio.get_running_loop().create_future()
        self._over = asyncio.Event()
        self._onset = 0
        self._since = 0
        """An onset before this sample is of the order that is being answered."""
        self._provisional: Listener | None = None
        self._weighed = False
        """Whether the recogniser has said what was said over the answer."""

    @property
    def called(self) -> Interruption | None:
        """What interrupted from outside, even if the work was over by then."""
        return self._called.result() if self._called.done() else None

    def call(self, interruption: Interruption) -> bool:
        """Interrupt from outside: a button, the wake phrase; False: something else did already."""
        if self._called.done():
            return False
        self._called.set_result(interruption)
        return True

    async def attend(self, work: asyncio.Task[Any], provisional: Listener | None) -> Interruption | None:
        """Wait until the work is done (None) or something takes its place."""
        self._provisional, self._since = provisional, self._ears.now
        leave = self._ears.listen(self._hear)
        try:
            while not work.done() or self._goes_on():
                await self._wait(work)
                if self._called.done():
                    return self._called.result()
                if not self._over.is_set() and not self._goes_on():
                    break
                interruption = await self._weigh(provisional)
                if interruption is not None:
                    return interruption
                self._over.clear()
                self._policy.reset()
                self._mouth.resume()
                if work.done():
                    break
            if self._over.is_set():  # at the last word: nothing is left to pause
                self._mouth.resume()
            return None
        finally:
            leave()

    async def _wait(self, work: asyncio.Task[Any]) -> None:
        """Until the work is done, somebody calls, or somebody speaks."""
        over = asyncio.ensure_future(self._over.wait())
        try:
            await asyncio.wait((work, self._called, over), return_when=asyncio.FIRST_COMPLETED)
        finally:
            over.cancel()

    def _goes_on(self) -> bool:
        """Whether the speaker goes on with the order that is being answered, or has just been."""
        return self._provisional is not None and self._provisional.resumed.is_set()

    def _hear(self, heard: Heard) -> None:
        if self._over.is_set():
            return
        talks_over = self._policy.hear(heard) if self._mouth.speaking else self._goes_on()
        if talks_over:
            self._onset = heard.onset if heard.onset >= self._since else heard.frame.sample
            self._mouth.pause()
            self._over.set()

    async def _weigh(self, provisional: Listener | None) -> Interruption | None:
        """The speaker is heard again: is it more of the same, another order, or nothing?"""
        onset = self._onset if self._over.is_set() else self._ears.onset
        self._weighed = False
        weighing: list[Coroutine[Any, Any, Interruption | None]] = [self._weigh_over(onset), self._weigh_stop(onset)]
        if provisional is not None and provisional.resumed.is_set():
            weighing.append(self._weigh_longer(provisional))
        tasks = [asyncio.ensure_future(coroutine) for coroutine in weighing]
        try:
            return await _first_answer(tasks, self._called, JUDGE_WITHIN)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _weigh_longer(self, provisional: Listener) -> Interruption | None:
        utterance = await provisional.utterance()
        return Longer(utterance) if self._judge.is_longer(utterance) else None

    async def _weigh_over(self, onset: int) -> Interruption | None:
        listener = self._judge.listen_over(max(0, onset - PREROLL))
        kept = False
        try:
            utterance = await listener.utterance()
            interruption = self._judge.weigh(utterance, listener)
            kept = isinstance(interruption, Replaced)
            return interruption
        finally:
            self._weighed = True
            if not kept:
                await listener.close()

    async def _weigh_stop(self, onset: int) -> Interruption | None:
        """Stop words, scored without the recogniser, which may hang. The answer is paused already: time to be sure."""
        agreed = await self._hears_stop(onset)
        if agreed < STOP_HINTED or not await self._pauses(onset + STOP_LONGEST):
            return None
        await asyncio.sleep(RECOGNISER_FIRST)
        return Stopped() if agreed >= STOP_AGREED or not self._weighed else None

    async def _hears_stop(self, onset: int) -> int:
        """How many pieces begin with the same stop word, not all of one age: a short piece can be anything."""
        most = 0
        found: Counter[str] = Counter()
        for age in STOP_AGES:
            end = onset + round(age * SAMPLE_RATE)
            await self._reach(end)
            before = Counter(found)
            for lead in STOP_LEADS:
                word = await self._judge.stop_word(max(0, onset - lead), end)
                found[word] += 1
                if word and before[word]:
                    most = max(most, found[word])
                    if most >= STOP_AGREED:
                        return most
        return most

    async def _pauses(self, until: int) -> bool:
        """Whether the speech pauses before sample ``until``: a stop word is said alone."""
        while self._ears.speech and self._ears.now < until:
            await self._reach(self._ears.now + 1)
        return not self._ears.speech

    async def _reach(self, sample: int) -> None:
        """Wait until the ears have heard ``sample``."""
        reached = asyncio.Event()

        def hear(heard: Heard) -> None:
            if heard.frame.end >= sample:
                reached.set()

        leave = self._ears.listen(hear)
        try:
            await reached.wait()
        finally:
            leave()


def _found(task: asyncio.Future[Any]) -> Interruption | None:
    """What a finished task found; one that failed found nothing, and says why in the log."""
    if task.cancelled():
        return None
    if (error := task.exception()) is not None:
        level = logging.WARNING if isinstance(error, AssistantError) else logging.ERROR
        log.log(level, "what was said over an answer could not be weighed", exc_info=error)
        return None
    result: Interruption | None = task.result()
    return result


async def _first_answer(
    tasks: Sequence[asyncio.Future[Interruption | None]], called: asyncio.Future[Interruption], seconds: float
) -> Interruption | None:
    """The first interruption that one of the tasks finds; None when none does in time."""
    pending: set[asyncio.Future[Any]] = {*tasks, called}
    deadline = asyncio.get_running_loop().time() + seconds
    while pending - {called}:
        left = deadline - asyncio.get_running_loop().time()
        done, pending = await asyncio.wait(pending, timeout=max(0.0, left), return_when=asyncio.FIRST_COMPLETED)
        if not done:
            return None
        for task in (called, *tasks):
            found = _found(task) if task in done else None
            if found is not None:
                return found
    return None


