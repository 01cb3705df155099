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
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
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
from assistant.home.registry import Registry
from assistant.home.schema import Household
from assistant.home.settings import ZIGBEE2MQTT
from assistant.home.topics import matches
from assistant.home.vocabulary import vocabulary
from assistant.people.permissions import Permissions
from assistant.planner import Planner
from assistant.ringer import Ringer
from assistant.skills.effects import Effects, Journals
from assistant.skills.fake_home import FakeHome
from assistant.skills.fake_web import FakeWeb
from assistant.skills.host import Asker
from assistant.skills.loader import LANGUAGE, MANIFEST
from assistant.skills.messages import Answer, HandleRequest, joined
from assistant.skills.order_requests import OrderPort
from assistant.skills.requests import AgentParts, AgentRequests
from assistant.skills.runner import SkillRunner
from assistant.skills.skillset import SkillSet
from assistant.skills.words import Words
from assistant.store.clocks import Clocks, LoopClocks
from assistant.store.store import Store
from assistant.store.timers import Timers
from assistant.store.values import SkillData
from assistant.turns.questions import TIMES
from assistant.workers.spec import WorkerSpec

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


class LocalWorker:
    """Runs a skill's service without a process: same calls, same plain data."""

    pid: int | None = None

    def __init__(
        self, spec: WorkerSpec, on_event: Any = None, *, on_request: Callable[..., Awaitable[Any]],
        clock: Callable[[], datetime], **_: Any,
    ) -> None:
        self._spec = spec
        self._clock = clock
        self._service: SkillRunner | None = None
        self.request = on_request

    async def start(self, *, patient: bool = False) -> None:
        self._service = SkillRunner(**self._spec.config)
        self._service.parent = self
        self._service.clock = self._clock

    async def close(self) -> None:
        if self._service is not None:
            self._service.end()
        self._service = None

    async def wait_ready(self) -> None:
        return

    async def call(self, method: str, *args: Any, timeout: float | None = None) -> Any:  # noqa: ASYNC109
        result = getattr(self._service, method)(*args)
        async with asyncio.timeout(timeout):
            return await result if asyncio.iscoroutine(result) else result

    def send(self, method: str, *args: Any) -> None:
        getattr(self._service, method)(*args)

    def kill(self, reason: str) -> None:
        raise AssistantError(f"the skill would be stopped: {reason}")

    def pss_mb(self) -> float:
        return 0.0


class Source:
    """A source as skills see it.

    Attributes:
        spoken: what was said there before an answer, or unasked.
        played: sounds: "chime", or names of files.
        rung: words of what was due and rang.
    """

    def __init__(self, area: str = "") -> None:
        self.name = "test"
        self.area = area
        self.silent = False
        self.volume = 60
        self.playback = self
        self.stopped = 0
        self.spoken: list[str] = []
        self.played: list[str] = []
        self.rung: list[str] = []

    def set_volume(self, percent: int) -> None:
        self.volume = percent

    def stop(self) -> None:
        self.stopped += 1

    async def tell(self, text: str) -> None:
        self.spoken.append(text)

    async def announce(self, text: str, *, ring: float = 0.0) -> bool:
        (self.rung if ring else self.spoken).append(text)
        return True

    async def sound(self, pcm: bytes, rate: int, name: str) -> None:
        self.played.append(name)

    def chime(self) -> None:
        self.played.append("chime")


class Broker:
    """A broker in memory. It refuses what the agent refuses: orders of devices, and announcements that no grant covers.

    Attributes:
        published: topic and payload of each message.

    Args:
        household: devices whose topics are known before any is announced.
    """

    def __init__(self, household: Household) -> None:
        self.published: list[tuple[str, str]] = []
        self._registry = Registry(household, bridges=(ZIGBEE2MQTT,))
        self._taps: list[tuple[str, Callable[[str, bytes], None]]] = []

    def listen(self, pattern: str, callback: Callable[[str, bytes], None]) -> Callable[[], None]:
        self._taps.append((pattern, callback))
        return lambda: self._taps.remove((pattern, callback))

    async def publish(self, topic: str, payload: str, *, retain: bool = False, announce: bool = False) -> None:
        self._registry.check_message(topic, announce=announce)
        self.published.append((topic, payload))
        self.deliver(topic, payload)

    def deliver(self, topic: str, payload: str) -> None:
        self._registry.announce(topic, payload.encode())
        for pattern, callback in tuple(self._taps):
            if matches(pattern, topic):
                callback(topic, payload.encode())


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
        self.cancelled = False
        household = Household.load(home) if isinstance(home, Path) else home or Household()
        self.home = FakeHome(household) if isinstance(household, Household) else household
        self.mqtt = Broker(self.home.household)
        self.area = area
        self.room = Source(area)
        self.grammar: Grammar
        self.events: list[Event] = []
        self.questions: list[str] = []
        self.prepared: list[str] = []
        self.conversation = Conversation()
        self.permissions = Permissions()
        self.web = FakeWeb(web or {})
        self._store = Store(":memory:")
        if clocks is None and self._virtual:
            clocks = LoopClocks(self._first.timestamp())
        self.timers = Timers(self._store, self._published, clocks)
        self._ringer = Ringer(self.timers, lambda: {self.room.name: self.room})
        self._replies: list[str] = []
        self._turns = itertools.count(1)
        self._journals = Journals()
        self.effects = Effects()
        self._words = Words()
        self.chain = Chain([("grammar", self._meaning)])
        self._orders = OrderPort(self.chain.orders, self._handle)
        self._planner = Planner(
            self.timers, lambda: {self.room.name: self.room}, lambda source: area, self._orders, self.events.append
        )
        self.requests = AgentRequests(
            AgentParts(
                self.home, self.timers, SkillData(self._store), self.permissions,
                lambda source: self.room if source else None, lambda: [self.room], self.mqtt, self._watch, self.web,
                self.prepared.append, lambda skill: self.skills.examples(skill), self._words,
                self._orders,
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
        self._replies = replies
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
        answer = await self.skills.handle(order, self.effects, self)
        self._raise_since(failures)
        self.conversation.understood(f"{match.skill}.{match.intent}", match.slots, match.text, now)
        self.conversation.answered(answer.text, list(answer.devices))
        return answer

    # The turn, as far as questions are concerned.

    async def confirm(self, question: str) -> bool:
        """Answer a yes-no question with the next reply; none is a no."""
        match = await self.ask(question, View(("yes_no", "stop")), "yes_no")
        return match is not None and match.intent == "Yes"

    async def ask(self, question: str, view: View, expects: str = "choice") -> Match | None:
        """Answer a question with the next reply; one that is no answer is passed over, as a person is asked again."""
        self.cancelled = False
        for _ in range(TIMES):
            self.questions.append(question)
            if not self._replies:
                return None
            matches = self.grammar.match(self._replies.pop(0), view)
            if matches:
                self.cancelled = matches[0].intent in ("Stop", "NeverMind")
                return None if self.cancelled else matches[0]
        return None


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
        run_virtual(_tried(folder, test))

    run.__name__, run.__doc__, run.__module__ = test.__name__, test.__doc__, test.__module__
    return run


async def _tried(folder: Path, test: Callable[[Harness], Coroutine[Any, Any, None]]) -> None:
    async with Harness(folder, home=household_of(folder)) as h:
        await test(h)


def household_of(folder: Path) -> Path | None:
    """The home of a skill's tests, where it has one."""
    return folder / HOUSEHOLD if (folder / HOUSEHOLD).is_file() else None
