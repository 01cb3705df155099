"""A skill under test: sentences go through the real grammar, the code runs in this process, the home is a fake.

.. code-block:: python

    @trial
    async def test_order(h: Harness) -> None:
        answer = await h.say("make me a large latte")
        assert answer.text == "One large latte, coming up."
"""

from __future__ import annotations

import asyncio
import inspect
import itertools
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from assistant.clock import VirtualLoop, hasten, run_virtual
from assistant.dialogue.chain import Chain
from assistant.dialogue.conversation import Conversation
from assistant.errors import AssistantError, SkillError
from assistant.events import ComponentFailed, Event
from assistant.grammar.base import FREE, Match, View
from assistant.grammar.grammar import Grammar
from assistant.home.schema import Household
from assistant.home.vocabulary import vocabulary
from assistant.people.guard import Guard
from assistant.people.permissions import Permissions
from assistant.planner import Planner
from assistant.ringer import Ringer
from assistant.skills.calls import Asker
from assistant.skills.effects import Effects, Journals
from assistant.skills.fake_broker import FakeBroker
from assistant.skills.fake_home import FakeHome
from assistant.skills.fake_source import FakeSource
from assistant.skills.fake_speaker import FakeSpeaker
from assistant.skills.fake_waking import FakeWaking
from assistant.skills.fake_web import FakeWeb
from assistant.skills.loader import LANGUAGE, MANIFEST
from assistant.skills.local_worker import LocalWorker
from assistant.skills.messages import Answer, HandleRequest, joined
from assistant.skills.order_requests import OrderPort
from assistant.skills.requests import AgentParts, AgentRequests
from assistant.skills.skillset import SkillSet
from assistant.skills.words import Words
from assistant.store.clocks import Clocks, LoopClocks
from assistant.store.store import Store
from assistant.store.timers import Timers
from assistant.store.values import SkillData

SCOPES = ("order", "follow_up", FREE, "stop")
"""What may be said to a harness."""
HOUSEHOLD = "home.yaml"
"""In a skill's folder: the home of its tests."""
SOON = 0.05
"""Seconds in which a skill deals with a message."""
T = TypeVar("T")

_grammars: dict[str, Grammar] = {}
"""The latest grammar: building one takes longer than most tests."""


class NotUnderstoodError(AssertionError):
    """No sentence of the skill fits what was said."""


class Harness:
    """One skill, or several, and the world around.

    Args:
        folders: of the skills.
        home: a household, its file, or a home that answers like ``Home``; None for a home without devices.
        area: room of the source.
        person: who speaks; empty if nobody knows.
        language: of sentences and phrases, where the skill has them.
        settings: of the skills, by skill.
        now: local time at the beginning; None: the machine's.
        clocks: what timers go by; None: ``now``, and the loop's clock where it is virtual.
        web: servers of this machine that stand for others, by host: no other can be reached.

    On a loop of ``run_virtual`` (``trial`` uses one) time stands still while a skill works and leaps where it waits, so
    that an hour takes a millisecond.
    """

    def __init__(
        self,
        *folders: Path,
        home: Household | Path | FakeHome | None = None,
        area: str = "",
        person: str = "",
        language: str = LANGUAGE,
        settings: Mapping[str, Mapping[str, Any]] | None = None,
        now: datetime | None = None,
        clocks: Clocks | None = None,
        web: Mapping[str, str] | None = None,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._virtual = isinstance(self._loop, VirtualLoop)
        self._began = self._loop.time()
        self._first = now.astimezone() if now is not None else datetime.now().astimezone()
        self.person = person
        self._watches: list[tuple[type[Event], Callable[[Event], None]]] = []
        household = Household.load(home) if isinstance(home, Path) else home or Household()
        self.home = FakeHome(household) if isinstance(household, Household) else household
        self.mqtt = FakeBroker(self.home.household)
        self.area = area
        self.room = FakeSource(area)
        self.grammar: Grammar
        self.events: list[Event] = []
        self.prepared: list[str] = []
        self.conversation = Conversation()
        self.guard = Guard(Permissions())
        self.web = FakeWeb(web or {})
        self.waking = FakeWaking()
        self._store = Store(":memory:")
        if clocks is None and self._virtual:
            clocks = LoopClocks(self._first.timestamp())
        self.timers = Timers(self._store, self._published, clocks)
        self._ringer = Ringer(self.timers, lambda: {self.room.name: self.room})
        self._speaker = FakeSpeaker(lambda text, view: self.grammar.match(text, view))
        self.questions = self._speaker.questions
        self._turns = itertools.count(1)
        self._journals = Journals()
        self.effects = Effects()
        self._words = Words()
        self.chain = Chain([("grammar", self._meaning)])
        self._orders = OrderPort(self.chain.orders, self._handle)
        self._planner = Planner(
            self.timers, lambda: {self.room.name: self.room}, lambda source: area, self._orders, self.events.append,
            self.guard.claims.put,
        )
        self.requests = AgentRequests(
            AgentParts(
                self.home, self.timers, SkillData(self._store), self.guard,
                lambda source: self.room if source else None, lambda: [self.room], self.mqtt, self._watch, self.web,
                self.prepared.append, lambda skill: self.skills.examples(skill), self._words,
                self._orders, self.waking,
            )
        )
        self.skills: SkillSet = SkillSet(
            folders, (), self.requests, self.events.append, language=language, settings=settings, clock=self.clock,
            worker=partial(LocalWorker, clock=self.clock), words=self._words,
        )

    async def __aenter__(self) -> Harness:
        await self._store.open()
        await self.timers.start()
        await self.skills.start()
        if self.skills.problems:
            raise self.skills.problems[0]
        self.grammar = self._taught()
        self._words.connect(lambda skill, name, values: self.grammar.set_list(name, values, skill))
        return self

    def clock(self) -> datetime:
        """Local time here."""
        return self._first + timedelta(seconds=self._loop.time() - self._began)

    async def wait(self, seconds: float) -> None:
        """Let time go by: schedules come due, timers ring. Takes no time where the clock is virtual.

        Raises:
            AssistantError: what a skill raised meanwhile.
        """
        before = len(self.events)
        await self._hasten(asyncio.sleep(seconds))
        self._raise_since(before)

    async def receive(self, topic: str, payload: str) -> None:
        """Let a message come from the broker, and wait until the skills have dealt with it. Raises as ``wait``."""
        self.mqtt.deliver(topic, payload)
        await self.wait(SOON)

    async def happen(self, event: Event) -> None:
        """Let something happen in the house, and wait until the skills have dealt with it. Raises as ``wait``."""
        for kind, callback in tuple(self._watches):
            if isinstance(event, kind):
                callback(event)
        await self.wait(SOON)

    def _published(self, event: Event) -> None:
        self.events.append(event)
        self._ringer.happened(event)
        self._planner.happened(event)

    def _watch(self, kind: type[Event], callback: Callable[[Event], None]) -> Callable[[], None]:
        self._watches.append((kind, callback))
        return lambda: self._watches.remove((kind, callback))

    async def _hasten(self, work: Coroutine[Any, Any, T]) -> T:
        return await (hasten(work, self._busy) if self._virtual else work)

    def _busy(self) -> bool:
        """Whether something is at work that takes real time."""
        threads = isinstance(self._loop, VirtualLoop) and self._loop.threads_busy
        return threads or self._store.busy or self.web.busy

    def _raise_since(self, count: int) -> None:
        for event in self.events[count:]:
            if isinstance(event, ComponentFailed):
                raise AssistantError(event.error)

    def _taught(self) -> Grammar:
        """The grammar of these skills and this home, shared with the harnesses before."""
        lists = vocabulary(self.home)
        key = repr((lists, [(name, skill.sentences) for name, skill in self.skills.skills.items()]))
        grammar = _grammars.get(key) or Grammar()
        for name, values in lists.items():
            grammar.set_list(name, values)
        self.skills.teach(grammar)  # what the harness before gave its lists is gone
        _grammars.clear()
        _grammars[key] = grammar
        return grammar

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

    def _meaning(self, reading: str, heard: str, view: View) -> Match | None:
        return next(iter(self.grammar.match(reading, view)), None)

    async def _handle(
        self, order: HandleRequest, effects: Effects | None = None, asker: Asker | None = None
    ) -> Answer:
        return await self.skills.handle(order, effects, asker)

    async def say(self, text: str, *, replies: Sequence[str] = (), turn: str = "") -> Answer:
        """Say something.

        Args:
            replies: answers to the questions that the skill asks, in their order.
            turn: the same turn twice: the speaker went on, and what the shorter order did is taken back.

        Raises:
            NotUnderstoodError: no sentence fits.
            AssistantError: the skill failed; the error is its own.
        """
        matches = self.chain.orders(text, View(SCOPES, self.area))
        if not matches:
            raise NotUnderstoodError(f"nothing understands {text!r}")
        return await self._hasten(self._carry_out(matches, list(replies), turn or f"turn {next(self._turns)}"))

    async def _carry_out(self, matches: Sequence[Match], replies: list[str], turn: str) -> Answer:
        self._speaker.replies = replies
        earlier, self.effects = self.effects, self._journals(turn)
        answers = [await self._perform(match, turn) for match in matches]
        if earlier.turn == turn:
            await earlier.undo_except(self.effects)
        return joined(answers)

    async def _perform(self, match: Match, turn: str) -> Answer:
        now = asyncio.get_running_loop().time()
        order = HandleRequest(
            match.skill, match.intent, match.slots, match.text, self.room.name, turn, self.area, self.person,
            conversation=self.conversation.snapshot(now), written=match.written, meant=match.meant,
        )
        failures = len(self.events)
        answer = await self.skills.handle(order, self.effects, self._speaker)
        self._raise_since(failures)
        self.conversation.understood(f"{match.skill}.{match.intent}", match.slots, match.text, now)
        self.conversation.answered(answer.text, list(answer.devices), answer.outcome, answer.why)
        return answer


def trial(test: Callable[[Harness], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """A test of the skill in whose folder, or below it, the test stands; on a virtual clock.

    .. code-block:: python

        @trial
        async def test_order(h: Harness) -> None:
            assert (await h.say("order a large coffee")).text == "1 large coffee coming up."
    """
    folder = next(
        (place for place in Path(inspect.getfile(test)).resolve().parents if (place / MANIFEST).is_file()), None
    )

    def run() -> None:
        if folder is None:
            raise SkillError("no skill is around this test", where=inspect.getfile(test),
                             mend=f"put it beside {MANIFEST}, or into a folder there")
        in_house(test, folder, home=household_of(folder))

    run.__name__, run.__doc__, run.__module__ = test.__name__, test.__doc__, test.__module__
    return run


def in_house(test: Callable[[Harness], Coroutine[Any, Any, T]], *folders: Path, **options: Any) -> T:
    """Run a test on a virtual clock, in a house with these skills; what it gives.

    Args:
        options: of ``Harness``.
    """

    async def begin() -> T:
        async with Harness(*folders, **options) as h:
            return await test(h)

    return run_virtual(begin())


def household_of(folder: Path) -> Path | None:
    """The home of a skill's tests, where it has one."""
    return folder / HOUSEHOLD if (folder / HOUSEHOLD).is_file() else None
