"""What the last link says on its way to the ear: sentence by sentence, while the rest is still being written."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from assistant.events import StageTimed
from assistant.grammar.base import Match, View
from assistant.skills.messages import Answer, HandleRequest
from assistant.turns.mouth import Spoken

if TYPE_CHECKING:
    from assistant.turns.turn import Turn

TOOLS = "mcp"
"""What the rules call the tools of servers."""
Parts = asyncio.Queue[str | None]
"""Sentences; None ends them."""


class Talking:
    """The floor of one free answer.

    Args:
        view: what may be ordered.
        perform: carries an order out.
    """

    def __init__(self, turn: Turn, view: View, perform: Callable[[Match], Awaitable[Answer]]) -> None:
        self.view = turn.here(view)
        self._turn = turn
        self._perform = perform
        self._began = time.perf_counter()
        self._parts: Parts | None = None
        self._speaking: list[asyncio.Task[Spoken]] = []

    @property
    def exchanges(self) -> Sequence[tuple[str, str]]:
        """What was said in this conversation before, and what was answered."""
        return self._turn.session.conversation.exchanges(asyncio.get_running_loop().time())

    def say(self, sentence: str) -> None:
        """Say a sentence after those before it; returns at once."""
        if not self._speaking:
            self._turn.publish(StageTimed(stage="talk", seconds=time.perf_counter() - self._began))
        if self._parts is None:
            self._parts = Parts()
            self._turn.enter("speaking")
            self._speaking.append(asyncio.create_task(self._turn.session.mouth.say_all(_each(self._parts))))
        self._parts.put_nowait(sentence)

    def pause(self) -> None:
        """Nothing follows for a while: a question that is asked now is heard after what was said."""
        if self._parts is not None:
            self._parts.put_nowait(None)
            self._parts = None

    async def order(self, match: Match) -> Answer:
        """Give an order as the speaker would."""
        self._turn.enter("thinking")
        return await self._perform(match)

    async def final(self) -> None:
        """Wait until the speaker cannot go on any more."""
        await self._turn.final()

    async def refused(self, tool: str) -> str:
        """Why the speaker may not have a tool used; empty: they may. To the rules it is an intent of ``mcp``."""
        turn, guard = self._turn, self._turn.services.guard
        if guard is None:
            return ""
        order = HandleRequest(
            TOOLS, tool, text=tool, source=turn.session.name, turn=turn.id, area=turn.session.area,
            person=await turn.voice.person(),
        )
        return await guard.refused(order, turn.questions)

    async def confirm(self, question: str) -> bool:
        """Ask the speaker for a yes."""
        return await self._turn.questions.confirm(question)

    async def heard(self) -> None:
        """Wait until all of it has been heard or was stopped."""
        self.pause()
        await asyncio.gather(*self._speaking)

    def close(self) -> None:
        """Be quiet."""
        for speaking in self._speaking:
            speaking.cancel()


async def _each(parts: Parts) -> AsyncIterator[str]:
    while (sentence := await parts.get()) is not None:
        yield sentence
