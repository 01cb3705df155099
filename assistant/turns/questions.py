"""Questions inside a turn: asked aloud or in writing, asked once more, ended by silence or "never mind"."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from assistant.asr.fold import fold
from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.events import QuestionAnswered, QuestionAsked
from assistant.grammar.base import Match, View
from assistant.skills import builtin
from assistant.turns.judge import Verdict, judge
from assistant.turns.listener import Listener, ListenRequest
from assistant.turns.views import TYPED, YES_NO

if TYPE_CHECKING:
    from assistant.turns.turn import Turn

QUESTION_SECONDS = 8.0
"""Time to begin an answer."""
TYPED_SECONDS = 120.0
"""Time to type one. After that a "yes" may be meant for something else."""
SECRET_SECONDS = 60.0
"""Time to type a secret, where the question was asked aloud."""
T = TypeVar("T")
TIMES = 2
"""A question is asked so often before it is given up."""


class TypedQuestion:
    """A question that may be answered in writing."""

    def __init__(self, answers: Callable[[str], bool]) -> None:
        self.answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._answers = answers

    def take(self, text: str) -> bool:
        """Take a text as the answer; False: it is none, or there was one already."""
        if self.answer.done() or not self._answers(text):
            return False
        self.answer.set_result(text)
        return True


class Questions:
    """What skills and permissions may ask the speaker of one turn."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._asked: tuple[View, asyncio.Future[Match]] | None = None
        """The answers to the question that is being said, and the one that somebody gives meanwhile."""
        self.cancelled = False
        """Whether the latest question ended with "never mind"."""
        self._asking: set[asyncio.Task[Any]] = set()
        self._closed = False

    def close(self) -> None:
        """The turn has ended: its questions have no answer any more. Who asks is in no task of the turn's."""
        self._closed = True
        for asking in self._asking:
            asking.cancel()

    def over(self, view: View) -> View:
        """What may be said over the sound: ``view``, and the answers to the question that is being said."""
        if self._asked is None:
            return view
        asked, _ = self._asked
        return replace(asked, scopes=tuple(dict.fromkeys((*asked.scopes, *view.scopes))))

    def take(self, reading: str) -> bool:
        """Take words said over the question as its answer; False: they are none."""
        if self._asked is None:
            return False
        view, answer = self._asked
        match = self._turn.understand(reading, "", view)
        if match is None or self._turn.services.is_stop(match) or answer.done():
            return False
        answer.set_result(match)
        self._turn.session.mouth.stop()
        return True

    async def confirm(self, question: str) -> bool:
        """Ask for a yes. Silence and "never mind" are a no."""
        match = await self.ask(question, YES_NO, "yes_no")
        return match is not None and (match.skill, match.intent) == (builtin.SKILL, "Yes")

    async def ask(self, question: str, view: View, expects: str = "choice") -> Match | None:
        """Ask and return the answer's meaning; None when there was none, it was "never mind", or the turn has ended."""
        return await self._while_open(self._ask_in_time(question, view, expects))

    async def read_aloud(self, question: str, wanted: str, others: Sequence[str], seconds: float) -> Pcm | None:
        """Have a phrase read aloud; its sound. None: it was not read, not in time, or nobody is heard here.

        Args:
            others: phrases that might be heard instead: who reads something else reads none of them.
            seconds: from the end of the question to the end of the phrase.
        """
        if self._turn.session.silent:
            return None
        return await self._while_open(self._read_in_time(question, wanted, others, seconds))

    async def secret(self, question: str) -> str | None:
        """Have something typed that no event, record or sound holds; None: it was not."""
        return await self._while_open(self._type_secretly(question))

    async def _while_open(self, work: Coroutine[Any, Any, T]) -> T | None:
        """Do it unless the turn ends before."""
        if self._closed:
            work.close()
            return None
        asking = asyncio.create_task(work)
        self._asking.add(asking)
        try:
            await asyncio.wait({asking})
        finally:
            self._asking.discard(asking)
            asking.cancel()
        return None if asking.cancelled() else asking.result()

    async def _read_in_time(self, question: str, wanted: str, others: Sequence[str], seconds: float) -> Pcm | None:
        turn, session = self._turn, self._turn.session
        turn.publish(QuestionAsked(text=question, expects="phrase"))
        turn.enter("speaking")
        await session.mouth.say(question, "question")
        turn.enter("listening")
        asked = session.ears.now
        view, thresholds = View(scopes=("stop",), sentences=(wanted, *others)), turn.services.config.thresholds
        listener = self._listener(view, thresholds.accept)
        try:
            utterance = await listener.utterance()
        finally:
            await listener.close()
        read = judge(thresholds, utterance.hypothesis, addressed=True)
        said = read.reading.text if read.verdict is Verdict.ACCEPT and read.reading is not None else ""
        turn.publish(QuestionAnswered(text=said))
        in_time = utterance.start >= asked and utterance.end - asked <= seconds * SAMPLE_RATE
        return session.ring.read(utterance.start, utterance.end) if in_time and fold(said) == fold(wanted) else None

    async def _type_secretly(self, question: str) -> str | None:
        turn, session = self._turn, self._turn.session
        if turn.services.presence is not None:
            turn.services.presence.secret(turn.id)
        turn.publish(QuestionAsked(text=question, expects="secret"))
        typed = asyncio.create_task(session.next_text(lambda text: True))
        try:
            if session.silent:
                turn.settle(question)
            else:
                turn.enter("speaking")
                await session.mouth.say(question, "question")
                turn.enter("thinking")  # nobody listens: what is said aloud now is no secret any more
            async with asyncio.timeout(TYPED_SECONDS if session.silent else SECRET_SECONDS):
                return await typed
        except TimeoutError:
            return None
        finally:
            typed.cancel()
            turn.publish(QuestionAnswered())

    async def _ask_in_time(self, question: str, view: View, expects: str) -> Match | None:
        if not self._turn.session.silent:
            return await self._ask(self._aloud, question, view, expects)
        try:
            async with asyncio.timeout(TYPED_SECONDS):
                return await self._ask(self._in_writing, question, view, expects)
        except TimeoutError:
            return None

    async def _ask(
        self, how: Callable[[str, View], Awaitable[Match | None]], question: str, view: View, expects: str
    ) -> Match | None:
        self.cancelled = False
        for _ in range(TIMES):
            self._turn.publish(QuestionAsked(text=question, expects=expects))
            match = await how(question, view)
            self._turn.publish(QuestionAnswered(text=match.text if match is not None else ""))
            if match is not None:
                self.cancelled = self._turn.services.is_stop(match)
                return None if self.cancelled else match
        return None

    async def _in_writing(self, question: str, view: View) -> Match | None:
        self._turn.settle(question)
        return await self._typed(view)

    async def _typed(self, view: View) -> Match | None:
        """The meaning of the next typed text that is no order of its own."""
        understand = self._turn.understand

        def answers(text: str) -> bool:
            return understand(text, text, view) is not None or understand(text, text, TYPED) is None

        text = await self._turn.session.next_text(answers)
        return understand(text, text, view)

    async def _aloud(self, question: str, view: View) -> Match | None:
        """Say it, then listen; a typed answer counts as well."""
        typed = asyncio.create_task(self._typed(view))
        speaking = asyncio.create_task(self._say_and_listen(question, view))
        try:
            await asyncio.wait((speaking, typed), return_when=asyncio.FIRST_COMPLETED)
            return typed.result() if typed.done() else speaking.result()
        finally:
            for task in (speaking, typed):
                task.cancel()
            await asyncio.gather(speaking, typed, return_exceptions=True)

    async def _say_and_listen(self, question: str, view: View) -> Match | None:
        turn = self._turn
        turn.enter("speaking")
        early = await self._say(question, view)
        if early is not None:
            return early
        turn.enter("listening")
        thresholds = turn.services.config.thresholds
        listener = self._listener(view, thresholds.accept)
        try:
            hypothesis = (await listener.utterance()).hypothesis
        finally:
            await listener.close()
        judgement = judge(thresholds, hypothesis, addressed=True)
        if judgement.verdict is not Verdict.ACCEPT or judgement.reading is None:
            return None
        return turn.understand(judgement.reading.text, "", view)

    async def _say(self, question: str, view: View) -> Match | None:
        """Say it; the answer, where somebody does not wait for its end."""
        answer: asyncio.Future[Match] = asyncio.get_running_loop().create_future()
        self._asked = view, answer
        try:
            await self._turn.session.mouth.say(question, "question")
        finally:
            self._asked = None
        return answer.result() if answer.done() else None

    def _listener(self, view: View, accept: float) -> Listener:
        session = self._turn.session
        start = session.ears.onset if session.ears.speech else session.ears.now
        request = ListenRequest(max(0, start), self._turn.here(view), accept, no_speech=QUESTION_SECONDS)
        return session.listener(request, self._turn.tell_partial)
