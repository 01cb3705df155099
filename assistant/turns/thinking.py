"""From an utterance to its answer: judge it, find its meaning, let the skill act, say what came of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.asr.base import Hypothesis
from assistant.audio.frames import SAMPLE_RATE
from assistant.dialogue import phrases
from assistant.dialogue.chain import TALKER, Talker
from assistant.dialogue.stranger import stranger
from assistant.errors import WorkerError
from assistant.events import Answered, FinalHeard, NotUnderstood, StageTimed, Understood
from assistant.grammar.base import Match, View
from assistant.skills import builtin
from assistant.skills.messages import Answer, HandleRequest, joined
from assistant.tts.markup.ssml import words_of
from assistant.turns.judge import Judgement, Verdict, judge
from assistant.turns.listener import Utterance
from assistant.turns.sense import Sense, sense
from assistant.turns.talking import Talking
from assistant.turns.views import NAMES, TYPED, WHICH

if TYPE_CHECKING:
    from assistant.turns.turn import Turn

FAILURES = {
    "no_speech": phrases.NO_SPEECH, "too_long": phrases.TOO_LONG, "recogniser": phrases.RECOGNISER_LOST,
    "deaf": phrases.DEAF,
}
"""What is said when an utterance ended without words."""


class Thinking:
    """Thinks for one turn, once for each reading of its utterance: the speaker may have gone on."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._services = turn.services
        self._conversation = turn.session.conversation
        self._effects = turn.services.effects(turn.id)
        self._link = ""
        """Link of the chain that found the latest meaning."""

    async def respond(self, utterance: Utterance) -> None:
        """Find the meaning, do it, say the answer."""
        turn = self._turn
        turn.enter("thinking")
        turn.voice.hear(utterance.start, utterance.end)
        self._tell_heard(utterance)
        if utterance.failure:
            await self._fail(utterance.failure)
            return
        judgement = judge(self._services.config.thresholds, utterance.hypothesis, addressed=turn.trigger.addressed)
        if judgement.verdict is Verdict.IGNORE:
            turn.end("cancelled", "nothing for us")
            return
        found, words = self._sense(judgement, utterance.hypothesis, turn.view), utterance.hypothesis.free_text
        if not found.orders and (again := await self._hear_again(utterance)):
            judgement, words = Judgement(Verdict.REFUSE), again
            found = self._sense(judgement, Hypothesis(free_text=words), turn.view)
        if not found.orders:
            await self._guess(words, turn.view, judgement, utterance.provisional)
            return
        meant = await self._meant(judgement, found.orders) if found.doubted else found.orders
        if meant:
            await self._carry_out(meant, utterance.provisional, _confidence(judgement) if found.link else 1.0)
        else:
            await self.answer(phrases.CANCELLED, "cancelled")

    async def _hear_again(self, utterance: Utterance) -> str:
        """What a second recogniser makes of an utterance that nothing understood; empty if there is none, or no words.
        """
        turn, second, began = self._turn, self._services.second, time.perf_counter()
        if second is None:
            return ""
        phrase = turn.trigger.phrase if utterance.start < turn.trigger.phrase_end else ""
        words = await second.read(turn.session.ring.read(utterance.start, utterance.ended_at), phrase)
        turn.publish(StageTimed(stage="second", seconds=time.perf_counter() - began))
        return words

    async def respond_to_text(self, text: str) -> None:
        """The same for a typed order."""
        self._turn.enter("thinking")
        typed = Judgement(Verdict.REFUSE)
        found = self._sense(typed, Hypothesis(free_text=text), TYPED)
        if found.orders:
            await self._carry_out(found.orders, False)
        else:
            await self._guess(text, TYPED, typed, False)

    async def _guess(self, words: str, view: View, judgement: Judgement, provisional: bool) -> None:
        """Act on words that no sentence fits if a link of the chain is sure of them; ask if it is not."""
        turn, began, chain = self._turn, time.perf_counter(), self._services.chain
        found = await chain.consider(words, turn.here(view)) if words.strip() else None
        self._link = found.link if found is not None else ""
        if chain.late:
            turn.publish(StageTimed(stage="guess", seconds=time.perf_counter() - began))
        if found is None and chain.talker is not None and words.strip():
            await self._talk(chain.talker, words, view, provisional)
        elif found is None:
            await self._refuse(words, judgement)
        elif not found.sure and not await turn.questions.confirm(phrases.did_you_mean(found.match.text)):
            await self.answer(phrases.CANCELLED, "cancelled")
        else:
            await self._carry_out((found.match,), provisional, found.certainty)

    async def answer(self, text: str, outcome: str) -> None:
        """Say what came of the order."""
        turn = self._turn
        turn.end(outcome)
        words = words_of(text)
        turn.publish(Answered(text=words, outcome=outcome))
        turn.settle(words)
        turn.enter("speaking")
        await turn.session.mouth.say(text)

    def _sense(self, judgement: Judgement, hypothesis: Hypothesis, view: View) -> Sense:
        began = time.perf_counter()
        found = self._meant_first(judgement, hypothesis, view)
        if not found.orders:
            found = sense(self._services.chain, judgement, hypothesis, self._turn.here(view))
        self._turn.publish(StageTimed(stage="understand", seconds=time.perf_counter() - began))
        self._link = found.link
        return found

    def _meant_first(self, judgement: Judgement, hypothesis: Hypothesis, view: View) -> Sense:
        """The same with the sentences of the skill that the wake phrase is for; nothing where it is for none."""
        skill = self._turn.trigger.skill
        if not skill:
            return Sense()
        view = replace(self._turn.here(view), skills=(skill, builtin.SKILL))
        return sense(self._services.chain, judgement, hypothesis, view)

    async def _meant(self, judgement: Judgement, orders: tuple[Match, ...]) -> tuple[Match, ...]:
        """Ask which meaning it was; empty: none of those that were asked about."""
        questions, (match, *_) = self._turn.questions, orders
        if judgement.reading is None:
            meant = " and ".join(order.text for order in orders)
            return orders if await questions.confirm(phrases.did_you_mean(meant)) else ()
        reading, rival = judgement.reading.text, judgement.rival
        if rival is None:
            return (match,) if await questions.confirm(phrases.did_you_mean(reading)) else ()
        reply = await questions.ask(phrases.did_you_mean(reading, rival.text), WHICH)
        if reply is None:
            return ()
        if reply.skill != builtin.SKILL:
            return (reply,)  # the order, said again
        if reply.intent == "Second":
            other = self._turn.understand(rival.text, "", self._turn.view)
            return (other,) if other is not None else ()
        return (match,) if reply.intent in ("First", "Yes") else ()

    async def _carry_out(self, orders: Sequence[Match], provisional: bool, confidence: float = 1.0) -> None:
        """Let the skills act; what an earlier, shorter reading did and this one does not is taken back."""
        turn, began = self._turn, asyncio.get_running_loop().time()
        if not await self._is_wanted(orders):
            await self.answer(phrases.CANCELLED, "cancelled")
            return
        earlier, self._effects = self._effects, self._services.effects(turn.id)
        answers = [await self._perform(match, provisional, confidence) for match in orders]
        turn.publish(StageTimed(stage="act", seconds=asyncio.get_running_loop().time() - began))
        await earlier.undo_except(self._effects)
        answer = joined(answers)
        self._conversation.heard = " and ".join(match.text for match in orders)
        self._conversation.answered(answer.text, list(answer.devices), answer.outcome, answer.why)
        self._conversation.exchange(self._conversation.heard, answer.text, asyncio.get_running_loop().time())
        await self.answer(answer.text, answer.outcome)

    async def _is_wanted(self, orders: Sequence[Match]) -> bool:
        """Whether orders are done in which a second voice set in: who it is was not asked, what it wants is."""
        voice = self._turn.voice
        await voice.person()
        if not voice.second or all(match.skill == builtin.SKILL for match in orders):
            return True
        return await self._turn.questions.confirm(phrases.two_voices([match.text for match in orders]))

    async def _perform(self, match: Match, provisional: bool, confidence: float = 1.0) -> Answer:
        """Let the skill of one order act."""
        turn, now = self._turn, asyncio.get_running_loop().time()
        turn.publish(
            Understood(
                skill=match.skill, intent=match.intent, slots=match.slots, text=match.text, confidence=confidence,
                link=self._link, provisional=provisional,
            )
        )
        request = HandleRequest(
            skill=match.skill, intent=match.intent, slots=match.slots, text=match.text, source=turn.session.name,
            turn=turn.id, area=turn.session.area, person=await turn.voice.person(),
            conversation=self._conversation.snapshot(now), written=match.written, meant=match.meant,
        )
        self._conversation.understood(f"{match.skill}.{match.intent}", match.slots, match.text, now, confidence)
        try:
            answer = await self._answered(match, request)
        except WorkerError:
            answer = Answer(phrases.SKILL_LOST, "failed")
        self._conversation.answered(answer.text, list(answer.devices), answer.outcome, answer.why)
        return answer

    async def _talk(self, talker: Talker, words: str, view: View, provisional: bool) -> None:
        """Let the last link answer; what it says is spoken as it comes, what it orders is done as if it were said."""
        self._link = TALKER
        turn, loop = self._turn, asyncio.get_running_loop()
        earlier, self._effects, self._link = self._effects, self._services.effects(turn.id), TALKER
        talking = Talking(turn, view, lambda match: self._perform(match, provisional))
        try:
            replied = await talker.answer(words, talking)
            await earlier.undo_except(self._effects)
            self._conversation.failures = 0
            self._conversation.answered(replied.text, [])
            self._conversation.exchange(words, replied.text, loop.time())
            turn.end(replied.outcome)
            turn.publish(Answered(text=replied.text, outcome=replied.outcome))
            turn.settle(replied.text)
            await talking.heard()
        finally:
            talking.close()

    async def _answered(self, match: Match, request: HandleRequest) -> Answer:
        """What the skill says, in the household's language where the order came in the words of another."""
        services, effects, questions = self._services, self._effects, self._turn.questions
        if services.interpreter is None:
            return await services.handle(request, effects, questions)
        done = len(effects.results)
        return await services.interpreter.answered(
            match, lambda: services.handle(request, effects, questions), lambda: effects.results[done:]
        )

    async def _refuse(self, heard: str, judgement: Judgement) -> None:
        self._turn.publish(NotUnderstood(text=heard, reason="no sentence fits", confidence=_confidence(judgement)))
        self._conversation.not_understood(heard, asyncio.get_running_loop().time())
        theirs = self._services.interpreter.not_understood() if self._services.interpreter is not None else None
        unknown = stranger(heard, lambda name: self._turn.understand(name, name, NAMES) is not None)
        text = theirs or phrases.not_understood(
            heard, self._conversation.failures, self._services.examples(), unknown)
        await self.answer(text, "not_understood")

    async def _fail(self, failure: str) -> None:
        self._turn.end("failed", failure)
        if self._turn.trigger.addressed or failure == "recogniser":
            await self.answer(FAILURES[failure], "failed")
            self._turn.end("failed", failure)

    def _tell_heard(self, utterance: Utterance) -> None:
        hypothesis, publish = utterance.hypothesis, self._turn.publish
        best, thresholds = hypothesis.best, self._services.config.thresholds
        if best is not None and best.confidence < thresholds.ask_back:
            best = None  # no sentence: what was heard is the open text
        publish(
            FinalHeard(
                text=best.text if best else hypothesis.free_text, free_text=hypothesis.free_text,
                confidence=best.confidence if best else 0.0, grammar_version=hypothesis.grammar_version,
                sample=utterance.start, end=utterance.end, late=utterance.late,
            )
        )
        publish(StageTimed(stage="endpoint", seconds=(utterance.ended_at - utterance.end) / SAMPLE_RATE))
        publish(StageTimed(stage="decode", seconds=sum(hypothesis.seconds.values())))


def _confidence(judgement: Judgement) -> float:
    """Probability of the reading that was judged; 0 if there was none."""
    return judgement.reading.confidence if judgement.reading is not None else 0.0
