"""Questions inside a turn: asked aloud or in writing, asked once more, ended by silence or "never mind"."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from assistant.events import QuestionAsked
from assistant.grammar.base import Match, View
from assistant.turns.judge import Verdict, judge
from assistant.turns.listener import Listener, ListenRequest
from assistant.turns.views import YES_NO

if TYPE_CHECKING:
    from assistant.turns.turn import Turn

QUESTION_SECONDS = 8.0
"""Time to begin an answer."""
TIMES = 2
"""A question is asked so often before it is given up."""


class Questions:
    """What skills and permissions may ask the speaker of one turn."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn

    async def confirm(self, question: str) -> bool:
        """Ask for a yes. Silence and "never mind" are a no."""
        match = await self.ask(question, YES_NO, "yes_no")
        return match is not None and match.intent == "Yes"

    async def ask(self, question: str, view: View, expects: str = "choice") -> Match | None:
        """Ask and return the answer's meaning; None when there was none or it was "never mind"."""
        for _ in range(TIMES):
            self._turn.publish(QuestionAsked(text=question, expects=expects))
            asking = self._in_text if self._turn.session.silent else self._aloud
            match = await asking(question, view)
            if match is not None:
                return None if self._turn.services.is_stop(match) else match
        return None

    async def _in_text(self, question: str, view: View) -> Match | None:
        text = await self._turn.session.next_text(question, self._turn.trigger)
        return None if text is None else self._turn.understand(text, text, view)

    async def _aloud(self, question: str, view: View) -> Match | None:
        """Say it, then listen; a typed answer counts as well."""
        turn = self._turn
        typed = asyncio.create_task(turn.session.next_text("", None))
        speaking = asyncio.create_task(self._say_and_listen(question, view))
        try:
            await asyncio.wait((speaking, typed), return_when=asyncio.FIRST_COMPLETED)
            if typed.done():
                text = typed.result() or ""
                return turn.understand(text, text, view)
            return speaking.result()
        finally:
            for task in (speaking, typed):
                task.cancel()
            await asyncio.gather(speaking, typed, return_exceptions=True)

    async def _say_and_listen(self, question: str, view: View) -> Match | None:
        turn = self._turn
        turn.enter("speaking")
        await turn.session.mouth.say(question, "question")
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

    def _listener(self, view: View, accept: float) -> Listener:
        session = self._turn.session
        start = session.ears.onset if session.ears.speech else session.ears.now
        request = ListenRequest(max(0, start), self._turn.here(view), accept, no_speech=QUESTION_SECONDS)
        return session.listener(request, self._turn.tell_partial)
