"""One turn: listening, thinking, speaking, and what may come in between."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from assistant.asr.base import Reading
from assistant.events import Answered, Event, PartialHeard, TurnEnded, TurnReopened, TurnStarted, TurnStateChanged
from assistant.grammar.base import Match, View
from assistant.turns.attention import Attention, Interruption, Longer, Replaced, Stopped
from assistant.turns.bargein import BargeIn
from assistant.turns.judge import Verdict, judge
from assistant.turns.listener import Listener, ListenRequest, Utterance
from assistant.turns.questions import Questions
from assistant.turns.thinking import Thinking
from assistant.turns.trigger import Trigger
from assistant.turns.views import FOLLOW_UPS, ORDERS, OVER_ANSWER
from assistant.turns.voice import TurnVoice

if TYPE_CHECKING:
    from assistant.session import Session

RING_GROWS_SECONDS = 60.0
"""A ring is loudest after this."""
OVER_SECONDS = 1.0
"""Wait for a first word of somebody who seems to talk over the answer."""


class Turn:
    """One turn of one session."""

    def __init__(self, session: Session, trigger: Trigger) -> None:
        self.id = uuid4().hex[:12]
        self.session = session
        self.services = session.services
        self.trigger = trigger
        self.view = ORDERS if trigger.addressed else FOLLOW_UPS
        """What its utterance may be."""
        self.questions = Questions(self)
        self.voice = TurnVoice(self)
        self._thinking = Thinking(self)
        self._outcome, self._reason = "cancelled", ""
        self._state = ""
        self._listener = trigger.listener
        self._attention = self._pay_attention()
        self._answering: Utterance | None = None

    # --- the course of the turn

    async def run(self) -> Trigger | None:
        """Carry the turn out; the trigger of the next one, if it follows at once."""
        trigger = self.trigger
        start = trigger.utterance.start if trigger.utterance is not None else trigger.start
        self.publish(TurnStarted(reason=trigger.reason, text=trigger.text, sample=start))
        try:
            interruption = await self._course()
        finally:
            self.questions.close()
            self.voice.close()
            if self._listener is not None:
                await self._listener.close()
            self.publish(TurnEnded(outcome=self._outcome, reason=self._reason))
        return interruption.trigger if isinstance(interruption, Replaced) else None

    @property
    def listening_for_order(self) -> bool:
        """Whether it waits for its order now: another wake phrase begins it anew."""
        return self._state == "listening"

    @property
    def opens_follow_up(self) -> bool:
        """Whether more may follow without a wake word."""
        spoken = self.trigger.reason not in ("ring", "announce", "text")
        return spoken and self._outcome not in ("cancelled", "failed")

    @property
    def called(self) -> Interruption | None:
        """What interrupted it from outside, even if it was ending by itself."""
        return self._attention.called

    def call(self, interruption: Interruption) -> bool:
        """Interrupt the turn from outside; False: something else did already."""
        return self._attention.call(interruption)

    async def _course(self) -> Interruption | None:
        if self.trigger.reason in ("ring", "announce"):
            return await self._attend(self._ring())
        if self.trigger.reason == "text":
            return await self._attend(self._thinking.respond_to_text(self.trigger.text))
        if self._listener is None:
            self._listener = self._listen()
        utterance = self.trigger.utterance
        if utterance is None:
            self.enter("listening")
            hearing = asyncio.create_task(self._listener.utterance())
            interruption = await self._attention.attend(hearing, None)
            if interruption is not None:
                hearing.cancel()
                return self._interrupted(interruption)
            utterance = hearing.result()
        return await self._answer(utterance)

    async def _answer(self, utterance: Utterance) -> Interruption | None:
        """Answer the utterance, and again whenever it turns out to be longer."""
        while True:
            self._answering = utterance
            interruption = await self._attend(
                self._thinking.respond(utterance), self._listener if utterance.provisional else None
            )
            if not isinstance(interruption, Longer):
                return interruption
            if self.called is not None:
                return self._interrupted(self.called)
            utterance = interruption.utterance
            self._attention = self._pay_attention()
            best = utterance.hypothesis.best
            self.publish(TurnReopened(text=best.text if best else ""))

    async def _attend(
        self, work: Coroutine[Any, Any, None], provisional: Listener | None = None
    ) -> Interruption | None:
        """Do the work unless something takes its place: what did."""
        task = asyncio.create_task(work)
        try:
            interruption = await self._attention.attend(task, provisional)
            if interruption is None:
                await task
                return None
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        self.questions.close()
        self.questions = Questions(self)
        self.session.mouth.stop()
        return self._interrupted(interruption)

    def _interrupted(self, interruption: Interruption) -> Interruption:
        if isinstance(interruption, Stopped):
            self.end("cancelled", "stopped")
            self.settle(self.trigger.text)
        elif isinstance(interruption, Replaced):
            self.end("cancelled", "replaced")
            if self.trigger.reason in ("ring", "announce"):
                self.settle(self.trigger.text)  # somebody was there to hear it
        return interruption

    async def _ring(self) -> None:
        """Tell what is due, then ring, growing, until somebody stops it."""
        self.end("done")
        self.publish(Answered(text=self.trigger.text, outcome="info"))
        self.enter("speaking")
        loop = asyncio.get_running_loop()
        began = loop.time()
        spoken = await self.session.mouth.say(self.trigger.text)
        if spoken.completed:
            self.settle(self.trigger.text)
        while (elapsed := loop.time() - began) < self.trigger.seconds:
            await self.session.mouth.ring(min(1.0, elapsed / RING_GROWS_SECONDS))

    # --- listening

    def _listen(self) -> Listener:
        trigger, config, mouth = self.trigger, self.services.config, self.session.mouth
        request = ListenRequest(
            start=trigger.start, view=self.here(self.view), accept=config.thresholds.accept, prefix=trigger.phrase,
            prefix_end=trigger.phrase_end, no_speech=config.no_speech_seconds, risky=self._is_risky,
            paused=self.voice.hear,
        )
        chimes = config.chime and trigger.reason == "wake"
        return self.session.listener(request, self.tell_partial, mouth.chime if chimes else _nothing)

    def _is_risky(self, reading: Reading) -> bool:
        match = self.understand(reading.text, "", self.view)
        return match is not None and self.services.is_risky(match)

    # --- what thinking and questions need

    def here(self, view: View) -> View:
        """A view, seen from the room of the source."""
        return replace(view, area=self.session.area)

    def understand(self, reading: str, heard: str, view: View) -> Match | None:
        """The meaning of words under a view."""
        found = self.services.chain.understand(reading, heard, self.here(view))
        return found.match if found is not None else None

    async def final(self) -> None:
        """Wait until the order cannot become a longer one any more."""
        if self._listener is not None and self._answering is not None and self._answering.provisional:
            await self._listener.final()

    def publish(self, event: Event) -> None:
        """Publish an event of this turn."""
        self.session.publish(event, self.id)

    def enter(self, state: str) -> None:
        """The turn moved on."""
        self._state = state
        self.publish(TurnStateChanged(state=state))

    def end(self, outcome: str, reason: str = "") -> None:
        """How the turn will have ended, as things stand."""
        self._outcome, self._reason = outcome, reason

    def settle(self, text: str) -> None:
        """Tell who waits for the turn's answer."""
        if not self.trigger.done.done():
            self.trigger.done.set_result(text)

    def tell_partial(self, text: str, stable: int) -> None:
        """Words so far."""
        self.publish(PartialHeard(text=text, stable=stable))

    # --- what attention asks

    def is_longer(self, utterance: Utterance) -> bool:
        """Whether the whole utterance is a longer order than the one being answered."""
        first, best = self._answering, utterance.hypothesis.best
        if first is None or best is None or utterance.failure or not best.complete or utterance.end <= first.end:
            return False
        shorter = first.hypothesis.best
        grown = shorter is None or len(best.text) > len(shorter.text)
        return grown and best.confidence >= self.services.config.thresholds.accept

    def listen_over(self, start: int) -> Listener:
        """Listen to what is said over the answer."""
        accept = self.services.config.thresholds.accept_follow_up
        view = self.here(self.questions.over(OVER_ANSWER))
        request = ListenRequest(start, view, accept, no_speech=OVER_SECONDS)
        return self.session.listener(request, _nothing, hurried=True)

    def weigh(self, utterance: Utterance, listener: Listener) -> Interruption | None:
        """What was said over the answer; None: nothing that matters."""
        judgement = judge(self.services.config.thresholds, utterance.hypothesis, addressed=False)
        if judgement.verdict is not Verdict.ACCEPT or judgement.reading is None or utterance.failure:
            return None
        if self.questions.take(judgement.reading.text):
            return None
        match = self.understand(judgement.reading.text, "", OVER_ANSWER)
        if match is None:
            return None
        if self.services.is_stop(match):
            return Stopped()
        return Replaced(Trigger("barge_in", utterance.start, listener=listener, utterance=utterance))

    async def stop_word(self, start: int, end: int) -> str:
        """The stop word with which the sound begins; empty if none."""
        return await self.session.stop_word(start, end)

    def _pay_attention(self) -> Attention:
        session = self.session
        return Attention(session.ears, session.ring, session.mouth, BargeIn(self.services.config.bargein), self)


def _nothing(*_: object) -> None:
    """For callbacks that nobody needs."""
