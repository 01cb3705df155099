"""A skill under test: sentences go through the real grammar, the code runs in this process, the home is a fake.

.. code-block:: python

    async def test_order():
        async with Harness(Path(__file__).parents[1]) as h:
            answer = await h.say("make me a large latte")
            assert answer.text == "One large latte, coming up."
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from assistant.dialogue.conversation import Conversation
from assistant.errors import AssistantError
from assistant.events import ComponentFailed, Event
from assistant.grammar.base import Match, View
from assistant.grammar.grammar import Grammar
from assistant.home.schema import Household
from assistant.home.vocabulary import vocabulary
from assistant.people.permissions import Permissions
from assistant.skills.effects import Effects, Journals
from assistant.skills.fake_home import FakeHome
from assistant.skills.messages import Answer, HandleRequest
from assistant.skills.requests import AgentParts, AgentRequests
from assistant.skills.runner import SkillRunner
from assistant.skills.skillset import SkillSet
from assistant.store.store import Store
from assistant.store.timers import Clocks, Timers
from assistant.store.values import SkillData
from assistant.workers.spec import WorkerSpec

SCOPES = ("order", "follow_up", "stop")
"""What may be said to a harness."""


_grammars: dict[str, Grammar] = {}
"""The latest grammar: building one takes longer than most tests."""


class NotUnderstoodError(AssertionError):
    """No sentence of the skill fits what was said."""


class LocalWorker:
    """Runs a skill's service without a process: same calls, same plain data."""

    pid: int | None = None

    def __init__(
        self, spec: WorkerSpec, on_event: Any = None, *, on_request: Callable[..., Awaitable[Any]], **_: Any
    ) -> None:
        self._spec = spec
        self._service: Any = None
        self.request = on_request

    async def start(self, *, patient: bool = False) -> None:
        self._service = SkillRunner(**self._spec.config)
        self._service.parent = self

    async def close(self) -> None:
        self._service = None

    async def wait_ready(self) -> None:
        return

    async def call(self, method: str, *args: Any, timeout: float | None = None) -> Any:  # noqa: ASYNC109
        result = getattr(self._service, method)(*args)
        async with asyncio.timeout(timeout):
            return await result if asyncio.iscoroutine(result) else result


class Room:
    """A source as skills see it."""

    def __init__(self) -> None:
        self.volume = 60
        self.playback = self
        self.stopped = 0

    def set_volume(self, percent: int) -> None:
        self.volume = percent

    def stop(self) -> None:
        self.stopped += 1


class Harness:
    """One skill, or several, and the world around.

    Args:
        folders: of the skills.
        home: a household, its file, or a home that answers like ``Home``; None for a home without devices.
        area: room of the source.
        clocks: what timers go by.
    """

    def __init__(
        self,
        *folders: Path,
        home: Household | Path | FakeHome | None = None,
        area: str = "",
        clocks: Clocks | None = None,
    ) -> None:
        household = Household.load(home) if isinstance(home, Path) else home or Household()
        self.home = FakeHome(household) if isinstance(household, Household) else household
        self.area = area
        self.room = Room()
        self.grammar: Grammar
        self.events: list[Event] = []
        self.questions: list[str] = []
        self.prepared: list[str] = []
        self.conversation = Conversation()
        self.permissions = Permissions()
        self._store = Store(":memory:")
        self.timers = Timers(self._store, self.events.append, clocks)
        self._replies: list[str] = []
        self._turns = itertools.count(1)
        self._journals = Journals()
        self.effects = Effects()
        self.requests = AgentRequests(
            AgentParts(
                self.home, self.timers, SkillData(self._store), self.permissions, lambda source: self.room,
                self.prepared.append, lambda: self.skills.examples(),
            )
        )
        self.skills = SkillSet(folders, (), self.requests, self.events.append, worker=LocalWorker)

    async def __aenter__(self) -> Harness:
        await self._store.open()
        await self.timers.start()
        await self.skills.start()
        if self.skills.problems:
            raise self.skills.problems[0]
        self.grammar = self._taught()
        return self

    def _taught(self) -> Grammar:
        """The grammar of these skills and this home, shared with the harnesses before."""
        lists = vocabulary(self.home)
        key = repr((lists, [(name, skill.sentences.rules) for name, skill in self.skills.skills.items()]))
        if key not in _grammars:
            grammar = Grammar()
            for name, values in lists.items():
                grammar.set_list(name, values)
            self.skills.teach(grammar)
            _grammars.clear()
            _grammars[key] = grammar
        return _grammars[key]

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.timers.close()
        await self.skills.close()
        await self._store.close()

    def understand(self, text: str, scopes: Iterable[str] = SCOPES) -> Match | None:
        """The best meaning of a sentence."""
        matches = self.grammar.match(text, View(tuple(scopes), self.area))
        return matches[0] if matches else None

    async def say(self, text: str, *, replies: Sequence[str] = (), turn: str = "") -> Answer:
        """Say something.

        Args:
            replies: answers to the questions that the skill asks, in their order.
            turn: the same turn twice: the speaker went on, and what the shorter order did is taken back.

        Raises:
            NotUnderstoodError: no sentence fits.
            AssistantError: the skill failed; the error is its own.
        """
        match = self.understand(text)
        if match is None:
            raise NotUnderstoodError(f"nothing understands {text!r}")
        now = asyncio.get_running_loop().time()
        turn = turn or f"turn {next(self._turns)}"
        self._replies = list(replies)
        earlier, self.effects = self.effects, self._journals(turn)
        order = HandleRequest(
            match.skill, match.intent, match.slots, match.text, "test", turn, self.area,
            conversation=self.conversation.snapshot(now),
        )
        failures = len(self.events)
        answer = await self.skills.handle(order, self.effects, self)
        for event in self.events[failures:]:
            if isinstance(event, ComponentFailed):
                raise AssistantError(event.error)
        if earlier.turn == turn:
            await earlier.undo_except(self.effects)
        self.conversation.understood(f"{match.skill}.{match.intent}", match.slots, match.text, now)
        self.conversation.answered(answer.text, list(answer.devices))
        return answer

    # The turn, as far as questions are concerned.

    async def confirm(self, question: str) -> bool:
        """Answer a yes-no question with the next reply; none is a no."""
        match = await self.ask(question, View(("yes_no", "stop")), "yes_no")
        return match is not None and match.intent == "Yes"

    async def ask(self, question: str, view: View, expects: str = "choice") -> Match | None:
        """Answer a question with the next reply."""
        self.questions.append(question)
        if not self._replies:
            return None
        matches = self.grammar.match(self._replies.pop(0), view)
        return matches[0] if matches and matches[0].intent not in ("Stop", "NeverMind") else None
