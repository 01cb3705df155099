"""One turn: listening, thinking, speaking, and what may come in between."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from assistant.asr.base import Reading
from assistant.audio.frames import SAMPLE_RATE
from assistant.dialogue import phrases
from assistant.errors import WorkerError
from assistant.events import (
    Answered, Event, FinalHeard, NotUnderstood, PartialHeard, QuestionAsked, StageTimed, TurnEnded, TurnReopened,
    TurnStarted, TurnStateChanged, Understood,
)
from assistant.grammar.base import Match, View
from assistant.skills.messages import Answer, HandleRequest
from assistant.turns.attention import Attention, Interruption, Longer, Replaced, Stopped
from assistant.turns.bargein import BargeIn
from assistant.turns.judge import Judgement, Verdict, judge
from assistant.turns.listener import PREROLL, Listener, ListenRequest, Utterance
from assistant.turns.trigger import Trigger

if TYPE_CHECKING:
    from assistant.session import Session

ORDERS = View(scopes=("order",))
FOLLOW_UPS = View(scopes=("order", "follow_up", "stop"))
OVER_ANSWER = View(scopes=("order", "stop"))
YES_NO = View(scopes=("yes_no", "stop"))

QUESTION_SECONDS = 8.0
"""Time to begin an answer to a question."""
RING_SECONDS = 300.0
"""A timer rings this long."""
RING_GROWS_SECONDS = 60.0
"""It is loudest after this."""


class Turn:
    """One turn of one session."""

    def __init__(self, session: Session, trigger: Trigger) -> None:
        self.id = uuid4().hex[:12]
        self.session = session
        self.trigger = trigger
        self.outcome = "cancelled"
        self.reason = ""
        self._state_now = ""
        self._services = session.services
        self._listener = trigger.listener
        self._attention = self._new_attention()
        self._effects = session.services.effects(self.id)

    # --- the course of the turn

    async def run(self) -> Trigger | None:
        """Carry the turn out; the trigger of the next one, if it follows at once."""
        self._publish(TurnStarted(reason=self.trigger.reason))
        try:
            if self.trigger.reason in ("ring", "announce"):
                return await self._attend_work(self._ring())
            if self.trigger.reason == "text":
                return await self._attend_work(self._respond_to_text())
            return await self._converse()
        finally:
            if self._listener is not None:
                await self._listener.close()
            self._publish(TurnEnded(outcome=self.outcome, reason=self.reason))

    @property
    def listening_for_order(self) -> bool:
        """Whether it waits for its order now: a wake phrase then is part of what is said."""
        return self._state_now == "listening"

    @property
    def opens_follow_up(self) -> bool:
        """Whether more may follow without a wake word."""
        return self.outcome not in ("cancelled", "failed") and self.trigger.reason not in ("ring", "announce", "text")

    def call(self, interruption: Interruption) -> None:
        """Interrupt the turn from outside."""
        self._attention.call(interruption)

    async def _converse(self) -> Trigger | None:
        if self._listener is None:
            self._listener = self._listen()
        utterance = self.trigger.utterance or await self._hear_first(self._listener)
        if utterance is None:
            return None
        while True:
            result = await self._attend_work(self._respond(utterance), utterance)
            if not isinstance(result, Utterance):
                return result
            utterance = result

    async def _hear_first(self, listener: Listener) -> Utterance | None:
        """The utterance, unless silence is asked for first."""
        self._state("listening")
        hearing = asyncio.create_task(listener.utterance())
        interruption = await self._attention.attend(hearing, None)
        if interruption is None:
            return hearing.result()
        hearing.cancel()
        return None

    async def _attend_work(self, work_coroutine, utterance: Utterance | None = None):  # type: ignore[no-untyped-def]
        """Do the work unless something takes its place; the longer utterance or next trigger if something did."""
        work = asyncio.create_task(work_coroutine)
        provisional = self._listener if utterance is not None and utterance.provisional else None
        self._working_on = utterance
        interruption = await self._attention.attend(work, provisional)
        if interruption is None:
            await work
            return None
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        self.session.mouth.stop()
        if isinstance(interruption, Stopped):
            self._settle(self.trigger.text)
        if isinstance(interruption, Longer):
            self._attention = self._new_attention()
            self._publish(TurnReopened(text=_text(interruption.utterance)))
            return interruption.utterance
        self.outcome, self.reason = "cancelled", "stopped" if isinstance(interruption, Stopped) else "replaced"
        return interruption.trigger if isinstance(interruption, Replaced) else None

    # --- listening

    def _listen(self) -> Listener:
        trigger, config = self.trigger, self._services.config
        return self.session.listener(
            ListenRequest(
                start=trigger.start, view=self._view(ORDERS if trigger.addressed else FOLLOW_UPS),
                accept=config.thresholds.accept, prefix=trigger.phrase, prefix_end=trigger.phrase_end,
                no_speech=config.no_speech_seconds, risky=self._is_risky,
            ),
            self._on_partial, self.session.mouth.chime if config.chime and trigger.reason == "wake" else _nothing,
        )

    def _view(self, view: View) -> View:
        return replace(view, area=self.session.area)

    def _on_partial(self, text: str, stable: int) -> None:
        self._publish(PartialHeard(text=text, stable=stable))

    def _is_risky(self, reading: Reading) -> bool:
        match = self._understand(reading.text, "", self._view(ORDERS))
        return match is not None and self._services.is_risky(match)

    # --- thinking

    async def _respond(self, utterance: Utterance) -> None:
        """Find the meaning, do it, say the answer."""
        self._state("thinking")
        self._tell_heard(utterance)
        if utterance.failure:
            await self._fail(utterance.failure)
            return
        judgement = judge(self._services.config.thresholds, utterance.hypothesis, addressed=self.trigger.addressed)
        match = await self._meaning(judgement, utterance)
        if match is not None:
            await self._carry_out(match, utterance.provisional)

    async def _respond_to_text(self) -> None:
        self._state("thinking")
        text = self.trigger.text
        match = self._understand(text, text, self._view(FOLLOW_UPS))
        if match is None:
            await self._refuse(text, 0.0)
        else:
            await self._carry_out(match, False)

    async def _meaning(self, judgement: Judgement, utterance: Utterance) -> Match | None:
        hypothesis = utterance.hypothesis
        view = self._view(ORDERS if self.trigger.addressed else FOLLOW_UPS)
        confidence = judgement.reading.confidence if judgement.reading else 0.0
        if judgement.verdict is Verdict.IGNORE:
            self.outcome, self.reason = "cancelled", "nothing for us"
            return None
        if judgement.verdict is Verdict.REFUSE:
            match = self._understand(hypothesis.free_text, hypothesis.free_text, view)
        else:
            assert judgement.reading is not None
            match = self._understand(judgement.reading.text, hypothesis.free_text, view)
        if match is None:
            await self._refuse(hypothesis.free_text, confidence)
        elif judgement.verdict is Verdict.ASK_BACK:
            assert judgement.reading is not None
            if not await self.confirm(phrases.did_you_mean(judgement.reading.text)):
                await self._answer(phrases.CANCELLED, "cancelled")
                return None
        return match

    def _understand(self, reading: str, heard: str, view: View) -> Match | None:
        found = self._services.chain.understand(reading, heard, view)
        return found.match if found is not None else None

    async def _carry_out(self, match: Match, provisional: bool) -> None:
        """Let the skill act and say what it answers; what an earlier, shorter reading did is taken back."""
        now = asyncio.get_running_loop().time()
        self._publish(
            Understood(skill=match.skill, intent=match.intent, slots=match.slots, text=match.text, provisional=provisional)
        )
        earlier, self._effects = self._effects, self._services.effects(self.id)
        request = HandleRequest(
            skill=match.skill, intent=match.intent, slots=match.slots, text=match.text, source=self.session.name,
            turn=self.id, area=self.session.area, person="",
            conversation=self.session.conversation.snapshot(now),
        )
        self.session.conversation.understood(f"{match.skill}.{match.intent}", match.slots, match.text, now)
        try:
            answer = await self._services.handle(request, self._effects, self)
        except WorkerError:
            answer = Answer(phrases.SKILL_LOST, "failed")
        self._time("act", now)
        await earlier.undo_except(self._effects)
        self.session.conversation.answered(answer.text, list(answer.devices))
        await self._answer(answer.text, answer.outcome)

    # --- answering

    async def _refuse(self, heard: str, confidence: float) -> None:
        self._publish(NotUnderstood(text=heard, reason="no sentence fits", confidence=confidence))
        conversation = self.session.conversation
        conversation.failures += 1
        text = phrases.not_understood(heard, conversation.failures, self._services.examples())
        await self._answer(text, "not_understood")

    async def _fail(self, failure: str) -> None:
        texts = {"no_speech": phrases.NO_SPEECH, "too_long": phrases.TOO_LONG, "recogniser": phrases.RECOGNISER_LOST}
        self.reason = failure
        if self.trigger.addressed or failure == "recogniser":
            await self._answer(texts[failure], "failed")

    async def _answer(self, text: str, outcome: str) -> None:
        self.outcome = outcome
        self._publish(Answered(text=text, outcome=outcome))
        self._settle(text)
        self._state("speaking")
        await self.session.mouth.say(text)

    async def _ring(self) -> None:
        """Tell of a timer, then ring, growing, until somebody stops it."""
        self.outcome = "done"
        self._publish(Answered(text=self.trigger.text, outcome="info"))
        self._state("speaking")
        loop = asyncio.get_running_loop()
        began = loop.time()
        spoken = await self.session.mouth.say(self.trigger.text)
        if spoken.completed:
            self._settle(self.trigger.text)
        while self.trigger.reason == "ring" and (elapsed := loop.time() - began) < RING_SECONDS:
            await self.session.mouth.ring(min(1.0, elapsed / RING_GROWS_SECONDS))

    def _settle(self, text: str) -> None:
        """Tell who waits for the turn's answer."""
        if not self.trigger.done.done():
            self.trigger.done.set_result(text)

    # --- questions of skills and permissions

    async def confirm(self, question: str) -> bool:
        """Ask for a yes; asked once more when the answer was not understood. Silence and "never mind" are a no."""
        match = await self.ask(question, YES_NO, "yes_no")
        return match is not None and match.intent == "Yes"

    async def ask(self, question: str, view: View, expects: str = "choice") -> Match | None:
        """Ask and return the answer's meaning; None when there was none or it was "never mind"."""
        for _ in range(2):
            self._publish(QuestionAsked(text=question, expects=expects))
            if self.session.silent:
                match = await self._ask_in_text(question, view)
            else:
                match = await self._ask_aloud(question, view)
            if match is not None:
                return None if self._services.is_stop(match) else match
        return None

    async def _ask_in_text(self, question: str, view: View) -> Match | None:
        text = await self.session.next_text(question, self.trigger)
        return None if text is None else self._understand(text, text, self._view(view))

    async def _ask_aloud(self, question: str, view: View) -> Match | None:
        self._state("speaking")
        await self.session.mouth.say(question, "question")
        self._state("listening")
        thresholds = self._services.config.thresholds
        listener = self.session.listener(
            ListenRequest(
                start=max(0, self.session.ears.now - PREROLL), view=self._view(view), accept=thresholds.accept,
                no_speech=QUESTION_SECONDS,
            ),
            self._on_partial, _nothing,
        )
        answering = asyncio.create_task(listener.utterance())
        typed = asyncio.create_task(self.session.next_text("", None))
        try:
            await asyncio.wait((answering, typed), return_when=asyncio.FIRST_COMPLETED)
            if typed.done():
                text = typed.result() or ""
                return self._understand(text, text, self._view(view))
            judgement = judge(thresholds, answering.result().hypothesis, addressed=True)
            if judgement.verdict is not Verdict.ACCEPT or judgement.reading is None:
                return None
            return self._understand(judgement.reading.text, "", self._view(view))
        finally:
            answering.cancel()
            typed.cancel()
            await listener.close()

    # --- what attention asks

    def is_longer(self, utterance: Utterance) -> bool:
        first, best = self._working_on, utterance.hypothesis.best
        if first is None or best is None or not best.complete or utterance.failure:
            return False
        if utterance.end <= first.end:
            return False
        threshold = self._services.config.thresholds.accept
        return best.confidence >= threshold and len(best.text) > len(_text(first))

    def listen_over(self, start: int) -> Listener:
        config = self._services.config
        return self.session.listener(
            ListenRequest(
                start=start, view=self._view(OVER_ANSWER), accept=config.thresholds.accept_follow_up, no_speech=1.0
            ),
            _nothing, _nothing, hurried=True,
        )

    def weigh(self, utterance: Utterance, listener: Listener) -> Interruption | None:
        judgement = judge(self._services.config.thresholds, utterance.hypothesis, addressed=False)
        if judgement.verdict is not Verdict.ACCEPT or judgement.reading is None or utterance.failure:
            return None
        match = self._understand(judgement.reading.text, "", self._view(OVER_ANSWER))
        if match is None:
            return None
        if self._services.is_stop(match):
            return Stopped()
        return Replaced(Trigger("barge_in", utterance.start, listener=listener, utterance=utterance))

    async def says_stop(self, start: int, end: int) -> bool:
        return await self.session.says_stop(start, end)

    # --- telling

    def _new_attention(self) -> Attention:
        session = self.session
        self._working_on: Utterance | None = None
        return Attention(session.ears, session.ring, session.mouth, BargeIn(session.services.config.bargein), self)

    def _publish(self, event: Event) -> None:
        self.session.publish(event, self.id)

    def _state(self, state: str) -> None:
        self._state_now = state
        self._publish(TurnStateChanged(state=state))

    def _time(self, stage: str, began: float) -> None:
        self._publish(StageTimed(stage=stage, seconds=asyncio.get_running_loop().time() - began))

    def _tell_heard(self, utterance: Utterance) -> None:
        hypothesis = utterance.hypothesis
        best = hypothesis.best
        self._publish(
            FinalHeard(
                text=best.text if best else hypothesis.free_text, free_text=hypothesis.free_text,
                confidence=best.confidence if best else 0.0, grammar_version=hypothesis.grammar_version,
                sample=utterance.start, end=utterance.end,
            )
        )
        waited = (utterance.ended_at - utterance.end) / SAMPLE_RATE
        self._publish(StageTimed(stage="endpoint", seconds=waited))
        self._publish(StageTimed(stage="decode", seconds=sum(hypothesis.seconds.values())))


def _text(utterance: Utterance) -> str:
    best = utterance.hypothesis.best
    return best.text if best is not None else utterance.hypothesis.free_text


def _nothing(*_: object) -> None:
    """For callbacks that nobody needs."""


