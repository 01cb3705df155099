"""Answers with a language model: asks it, says what it writes as it comes, gives the orders it wants given."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime

from assistant.config.understanding import Llm
from assistant.dialogue import phrases
from assistant.dialogue.chain import Floor, Replied
from assistant.errors import LinkError, SkillError
from assistant.events import Event
from assistant.grammar.phrasing import Phrasing
from assistant.llm import prompt
from assistant.llm.base import Call, Message, Tool
from assistant.llm.client import Endpoint
from assistant.llm.events import Reply
from assistant.llm.mcp import PREFIX, ToolServers
from assistant.llm.orders import Orders
from assistant.llm.sentences import Sentences
from assistant.skills.messages import LONGEST_ANSWER, Answer

log = logging.getLogger(__name__)

DONE = ("done", "already")


class LanguageModel:
    """The last link of the chain.

    Args:
        phrasing: of the agent's grammar.
        publish: takes events.
    """

    def __init__(
        self, config: Llm, phrasing: Phrasing, publish: Callable[[Event], None] = lambda event: None
    ) -> None:
        self._config = config
        self._endpoint = Endpoint(config)
        self._orders = Orders(phrasing, config.skills)
        self._servers = ToolServers(config.mcp, publish)

    def start(self) -> None:
        """Connect to the servers of tools, in the background."""
        self._servers.start()

    async def close(self) -> None:
        """Hang up."""
        await self._servers.close()
        await self._endpoint.close()

    async def answer(self, words: str, floor: Floor) -> Replied:
        """Answer words; why they cannot be answered is said as well. Cancelling hangs up."""
        now = datetime.now().astimezone()
        messages = [
            prompt.system(self._config.system, floor.view.area, now), *prompt.history(floor.exchanges),
            prompt.said(words),
        ]
        talk = _Talk(floor, messages, self._config.seconds)
        try:
            await self._rounds(talk)
        except LinkError as error:
            log.warning("the language model: %s", error)
            talk.say(phrases.model_failed(error))
            talk.outcome = "failed"
        return Replied(" ".join(talk.told), talk.outcome)

    async def _rounds(self, talk: _Talk) -> None:
        """Ask again after each use of tools; in the last round it has none."""
        for left in range(self._config.rounds, -1, -1):
            tools = self._tools() if left else ()
            calls = await self._round(talk, tools)
            if not calls:
                if not talk.told:
                    talk.say(talk.answered.text or phrases.MODEL_SILENT)
                return
            if not left:
                break
            talk.floor.pause()
            for call in calls:
                talk.messages.append(await self._call(call, talk))
        talk.say(phrases.MODEL_ROUNDS)
        talk.outcome = "failed"

    def _tools(self) -> Sequence[Tool]:
        return [*self._orders.tools, *self._servers.tools]

    async def _round(self, talk: _Talk, tools: Sequence[Tool]) -> list[Call]:
        """One reply: its text is said, its calls are returned."""
        loop = asyncio.get_running_loop()
        began, reply, sentences, text = loop.time(), Reply(), Sentences(), ""
        try:
            async with (
                self._endpoint.ask(talk.messages, tools) as response,
                aclosing(self._endpoint.pieces(response, reply, began + talk.seconds)) as pieces,
            ):
                async for piece in pieces:
                    text += piece
                    for sentence in sentences.feed(piece):
                        talk.say(sentence)
                    if len(text) > LONGEST_ANSWER:
                        talk.say(phrases.MODEL_ENDLESS)
                        return []
        finally:
            talk.seconds -= loop.time() - began
        for sentence in sentences.end():
            talk.say(sentence)
        if reply.calls:
            plain = [call.plain() for call in reply.calls]
            talk.messages.append({"role": "assistant", "content": text, "tool_calls": plain})
        return reply.calls

    async def _call(self, call: Call, talk: _Talk) -> Message:
        """Make a call; what came of it, for the model."""
        if call.name.startswith(PREFIX):
            return prompt.result(call.id, *await self._use(call, talk))
        try:
            match = self._orders.meant(call.name, call.arguments, talk.floor.view)
        except SkillError as error:
            log.info("the language model called %s(%s): %s", call.name, call.arguments[:200], error)
            return prompt.result(call.id, "failed", error.what)
        talk.answered = await talk.floor.order(match)
        if talk.answered.outcome in DONE:
            talk.outcome = "done"
        return prompt.result(call.id, talk.answered.outcome, talk.answered.text)


    async def _use(self, call: Call, talk: _Talk) -> tuple[str, str]:
        """Use a tool of a server, after a yes where it needs one; outcome and text of its answer.

        Nobody here can take back what it does, nor tell whether twice is once: it waits until the order is whole.
        """
        await talk.floor.final()
        refused = await talk.floor.refused(call.name)
        if refused:
            return "refused", refused
        question = self._servers.question(call.name)
        if question and not await talk.floor.confirm(question):
            return "refused", "the speaker was asked, and does not want it"
        return await self._servers.call(call.name, call.arguments)


@dataclass(slots=True)
class _Talk:
    """One answer in the making."""

    floor: Floor
    messages: list[Message]
    seconds: float
    """Time that is left to the model."""
    told: list[str] = field(default_factory=list)
    outcome: str = "info"
    answered: Answer = field(default_factory=Answer)
    """Of the latest order."""

    def say(self, sentence: str) -> None:
        self.told.append(sentence)
        self.floor.say(sentence)
