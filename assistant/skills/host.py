"""The agent's side of one skill process: orders go in, requests come out, and a skill that misbehaves is named.

A skill that raises, never returns or floods costs one answer ("Sorry, the coffee skill failed.") and nothing else. One
that goes on so, or grows without end, is stopped with everything that it started, and begins anew, later each time.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Protocol

from assistant.allowance import Allowance
from assistant.errors import AssistantError, SkillError, WorkerError, WorkerLost
from assistant.events import ComponentFailed, Event
from assistant.grammar.base import Match, View
from assistant.grammar.sentences import AnyList
from assistant.skills.effects import Effects, Unjournalled
from assistant.skills.loader import LoadedSkill
from assistant.skills.manifest import Manifest
from assistant.skills.messages import Answer, HandleRequest, Request
from assistant.skills.runner import FAILED, REQUEST
from assistant.workers.spec import Limits, WorkerSpec
from assistant.workers.worker import Worker

CALL_SECONDS = 8.0
"""Deadline of an order. It stands still while the skill waits for the agent (a question, a slow device)."""
RESTART_SECONDS = 0.8
"""An order that comes while the process restarts waits so long for it."""
ANSWER_SECONDS = 0.8
"""An order that comes while another is at work waits so long for a sign of life; then it is answered in its stead."""
BEAT_SECONDS = 1.0
"""Interval of life signs while an order is handled."""
BEAT_TIMEOUT = 2.0
"""A loop that shows none for so long is blocked: one skill must not keep the others of its process waiting."""
BURST = 200
"""Requests of one order that may come at once ..."""
REQUESTS_PER_SECOND = 50.0
"""... and so many more each second. A rich order needs about ten."""
UNASKED_BURST, UNASKED_PER_SECOND = 100, 20.0
"""Requests outside orders that a skill may make."""
DELIVERIES_PER_SECOND = 50.0
"""Messages and events that a skill is given; more are dropped."""
MOST_FAILURES = 5
"""So many failures in a row, or within a minute outside orders, and the process begins anew."""
FAILURE_SECONDS = 60.0
WATCH_SECONDS = 5.0
"""The process is looked at so often: its memory, its tasks."""
MOST_TASKS = 300
"""Tasks in the process beyond which they leak."""
SHIPPED_MB, FOREIGN_MB = 600, 300
"""Memory (PSS, MiB) from which a process has grown without end; it may allocate somewhat more."""
FOREIGN_LIMITS = Limits(memory_mb=512, cpu_seconds=3600, open_files=64)
"""For a skill that did not ship. Processor seconds are over the life of its process; when spent, it restarts."""

log = logging.getLogger(__name__)


class Asker(Protocol):
    """The turn, as far as questions are concerned."""

    @property
    def cancelled(self) -> bool:
        """Whether the latest question ended with "never mind"."""
        ...

    async def confirm(self, question: str) -> bool: ...

    async def ask(self, question: str, view: View, expects: str = "choice") -> Match | None: ...


@dataclass(slots=True)
class SkillCall:
    """An order under way, as the agent knows it. A skill cannot change it."""

    order: HandleRequest
    manifest: Manifest
    effects: Effects
    asker: Asker | None = None
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One question at a time."""
    written: list[str] = field(default_factory=list)
    """What was said before the answer where nobody listens but reads."""
    unasked: bool = False
    """Whether nobody ordered it: a schedule, a message."""
    lists: Mapping[str, AnyList] = field(default_factory=dict)
    """Those of the skill's sentences."""

    @property
    def skill(self) -> str:
        return self.order.skill


class SkillRequests(Protocol):
    """Answers what skills ask for."""

    async def request(self, call: SkillCall, name: str, args: dict[str, Any]) -> Any:
        """Raises AssistantError where it cannot be done or may not be."""
        ...

    def listen(self, call: SkillCall, kind: str, what: str, hear: Callable[[list[Any]], None]) -> Callable[[], None]:
        """Let a skill hear of messages (``mqtt``) or events (``event``); gives the function that ends it.

        Raises:
            SkillError: no grant covers it; ``where`` names the skill.
        """
        ...


class WorkerLike(Protocol):
    """What the host needs of a worker; the harness has one without a process."""

    @property
    def pid(self) -> int | None: ...

    async def start(self, *, patient: bool = False) -> None: ...

    async def close(self) -> None: ...

    async def wait_ready(self) -> None: ...

    async def call(self, method: str, *args: Any, timeout: float | None = None) -> Any: ...  # noqa: ASYNC109

    def send(self, method: str, *args: Any) -> None: ...

    def kill(self, reason: str) -> None: ...

    def pss_mb(self) -> float: ...


@dataclass(slots=True)
class _Running:
    call: SkillCall
    allowance: Allowance
    flooded: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    asking: int = 0
    """Requests that wait for us."""
    begun: bool = False
    """Whether the process has it."""


WorkerFactory = Callable[..., WorkerLike]


class SkillHost:
    """One process and the skills in it.

    Args:
        name: of the process: ``skills`` for those that ship, else the skill's.
        requests: answers what they ask for.
        publish: takes events: WorkerReady, WorkerDied, ComponentFailed.
        deadline: seconds for an order.
    """

    def __init__(
        self,
        name: str,
        skills: Sequence[LoadedSkill],
        requests: SkillRequests,
        publish: Callable[[Event], None] | None = None,
        *,
        limits: Limits | None = None,
        deadline: float = CALL_SECONDS,
        worker: WorkerFactory = Worker,
        most_mb: float = SHIPPED_MB,
    ) -> None:
        self.name = name
        self.skills = {skill.name: skill for skill in skills}
        self.failures: Counter[str] = Counter()
        """Failures by skill."""
        self.retired = False
        """Whether another has taken its place: it only finishes what it has begun."""
        self._requests = requests
        self._publish = publish or (lambda event: None)
        self._deadline = deadline
        self._most_mb = most_mb
        self._running: dict[int, _Running] = {}
        self._numbers = itertools.count(1)
        self._lives = {name: next(self._numbers) for name in self.skills}
        self._unasked = {
            self._lives[skill.name]: _Running(unasked_call(skill), Allowance(UNASKED_BURST, UNASKED_PER_SECOND))
            for skill in skills
        }
        self._deliveries = {name: Allowance(BURST, DELIVERIES_PER_SECOND) for name in self.skills}
        self._strays = Allowance(BURST, REQUESTS_PER_SECOND)
        self._streaks: Counter[str] = Counter()
        self._recent: deque[float] = deque(maxlen=MOST_FAILURES)
        self._hearing: list[Callable[[], None]] = []
        self._unheard: dict[str, str] = {}
        """Skills that want to hear of what no grant of theirs covers, and why not."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._beating: asyncio.Task[None] | None = None
        self._idle = asyncio.Event()
        self._idle.set()
        config = {"skills": [plain_skill(skill) for skill in skills]}
        self._worker = worker(
            WorkerSpec(
                f"skill {name}" if name != "skills" else name, "assistant.skills.runner:SkillRunner", config,
                call_timeout=deadline, limits=limits or Limits(), start_timeout=15, contain=True,
            ),
            publish, on_request=self._requested, on_restart=self._begin,
        )

    @property
    def pid(self) -> int | None:
        """Of the process."""
        return self._worker.pid

    @property
    def busy(self) -> bool:
        """Whether an order is at work that waits for nothing from us."""
        return any(not running.asking for running in self._running.values())

    async def start(self, *, patient: bool = False) -> dict[str, str]:
        """Start the process; skills that cannot be loaded or want to hear of what they may not, and why.

        Args:
            patient: it is waited for however long it takes. Code that we do not know may never end.

        Raises:
            WorkerError: it does not start.
        """
        await self._worker.start(patient=patient)
        problems: dict[str, str] = await self._worker.call("problems")
        await self._begin()
        problems.update(self._unheard)
        for skill, problem in problems.items():
            self._report(skill, "", "", problem)
        if self.pid is not None:
            self._go_on(self._watch())
        return problems

    async def close(self) -> None:
        """End the process."""
        self._stop_hearing()
        for task in [*self._tasks, *([self._beating] if self._beating is not None else [])]:
            task.cancel()
        await self._worker.close()

    async def retire(self) -> None:
        """End the process when the orders at hand are done."""
        self.retired = True
        self._stop_hearing()
        await self._idle.wait()
        await self.close()

    async def handle(self, order: HandleRequest, effects: Effects | None = None, asker: Asker | None = None) -> Answer:
        """Let a skill handle an order. Never raises for what the skill does wrong; cancelling ends the skill's work."""
        skill, effects = self.skills[order.skill], effects if effects is not None else Effects(order.turn)
        call = SkillCall(order, skill.manifest, effects, asker, lists=skill.sentences.lists)
        number, others = next(self._numbers), self.busy
        running = self._running[number] = _Running(call, Allowance(BURST, REQUESTS_PER_SECOND))
        self._idle.clear()
        if self._beating is None or self._beating.done():
            self._beating = asyncio.create_task(self._beat(), name="life signs of skills")
        try:
            if others and not await self._alive():
                return self._late(order, "does not answer")
            answer = await self._carry_out(number, running)
            self._streaks[order.skill] = 0
            return answer
        except WorkerLost as error:
            if self.pid is None and not running.begun:
                return self._late(order, "is starting again")
            return self._failed(order, error)
        except AssistantError as error:
            return self._failed(order, error)
        finally:
            del self._running[number]
            if not self._running:
                self._idle.set()

    def hear(self, skill: str, method: str, args: list[Any]) -> None:
        """Give a skill a message or event that it wanted; too many are dropped."""
        if self._deliveries[skill].take(asyncio.get_running_loop().time()):
            self._worker.send("deliver", skill, method, args)

    async def _carry_out(self, number: int, running: _Running) -> Answer:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._worker.wait_ready(), RESTART_SECONDS)
        work = asyncio.ensure_future(
            self._worker.call("handle", number, running.call.order.to_dict(), timeout=self._deadline)
        )
        running.begun = self.pid is not None
        try:
            await asyncio.wait({work, running.flooded}, return_when=asyncio.FIRST_COMPLETED)
            if running.flooded.done():
                raise SkillError("asks for too much: its order was ended", where=running.call.skill)
            answer = Answer.from_dict(await work)
            written = " ".join([*running.call.written, answer.text]).strip()
            return replace(answer, text=written) if running.call.written else answer
        finally:
            work.cancel()
            await asyncio.wait({work})

    # What is asked of us.

    async def _requested(self, name: str, *args: Any) -> Any:
        now = asyncio.get_running_loop().time()
        request = Request.from_dict(args[0] if args else None)
        running = self._running.get(request.call) or self._unasked.get(request.call)
        if name != REQUEST or running is None or running.flooded.done():
            self._stray(now)
            raise SkillError("the order is over", where=name)
        if not running.allowance.take(now):
            self._flood(running)
            raise SkillError("too many requests", where=running.call.skill)
        if request.name == FAILED:
            return self._failed_unasked(running.call.skill, str(request.args.get("error", ""))[:500])
        running.asking += 1
        try:
            return await self._requests.request(running.call, request.name, dict(request.args))
        finally:
            running.asking -= 1

    def _flood(self, running: _Running) -> None:
        if running.call.unasked:
            self._report(running.call.skill, "", "", "asks for too much outside orders")
            self._restart(running.call.skill, "a flood of requests")
        else:
            running.flooded.set_result(None)

    def _stray(self, now: float) -> None:
        """Requests after the end of their order: a process that goes on with them is killed, and restarted."""
        if not self._strays.take(now) and self.pid is not None:
            self._restart(", ".join(self.skills), "a flood of requests")

    # Beginning, and beginning anew.

    async def _begin(self) -> None:
        """Start the skills in a fresh process, and what they want to hear."""
        self._stop_hearing()
        for running in self._unasked.values():
            running.allowance = Allowance(UNASKED_BURST, UNASKED_PER_SECOND)
        wishes: dict[str, list[list[str]]] = await self._worker.call("begin", self._lives)
        for skill, wanted in wishes.items() if not self.retired else ():
            try:
                self._listen(skill, wanted)
            except SkillError as error:
                self._unheard[skill] = str(error)

    def _listen(self, skill: str, wanted: list[list[str]]) -> None:
        call = self._unasked[self._lives[skill]].call
        for method, kind, what in wanted:
            self._hearing.append(self._requests.listen(call, kind, what, partial(self.hear, skill, method)))

    def _stop_hearing(self) -> None:
        while self._hearing:
            self._hearing.pop()()

    def _restart(self, skill: str, reason: str) -> None:
        log.warning("skill %s: its process is killed and begins anew: %s", skill, reason)
        self._streaks.clear()
        self._recent.clear()
        self._worker.kill(reason)

    # Looking after it.

    async def _alive(self) -> bool:
        """Whether the process shows a sign of life soon enough for somebody who waits for an answer."""
        if self.pid is None:
            return True
        probe = asyncio.ensure_future(self._worker.call("beat", timeout=BEAT_TIMEOUT))
        self._tasks.add(task := asyncio.ensure_future(_quietly(probe)))
        task.add_done_callback(self._tasks.discard)
        await asyncio.wait({probe}, timeout=ANSWER_SECONDS)
        return probe.done()

    async def _beat(self) -> None:
        """Look after the process's loop while orders are handled; the worker is killed where a life sign is late."""
        while self._running:
            await asyncio.sleep(BEAT_SECONDS)
            if self.busy:
                with suppress(WorkerError):
                    await self._worker.call("beat", timeout=BEAT_TIMEOUT)

    async def _watch(self) -> None:
        """Look at the process now and then: its loop, its tasks, its memory."""
        while self.pid is not None or not self.retired:
            await asyncio.sleep(WATCH_SECONDS)
            with suppress(WorkerError):
                self._judge(int(await self._worker.call("beat", timeout=BEAT_TIMEOUT)), self._worker.pss_mb())

    def _judge(self, tasks: int, memory: float) -> None:
        reason = f"has {tasks} tasks" if tasks > MOST_TASKS else ""
        if memory > self._most_mb:
            reason = f"has {memory:.0f} MB of memory"
        if reason:
            names = ", ".join(self.skills)
            self._report(names, "", "", f"{reason}: they grow without end")
            self._restart(names, reason)

    def _go_on(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name=f"watch over {self.name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # Failing.

    def _failed(self, order: HandleRequest, error: AssistantError) -> Answer:
        self._report(order.skill, order.source, order.turn, str(error))
        self._streaks[order.skill] += 1
        if self._streaks[order.skill] >= MOST_FAILURES:
            self._restart(order.skill, f"{MOST_FAILURES} failures in a row")
        return Answer(f"Sorry, the {spoken_name(order.skill)} skill failed.", "failed")

    def _late(self, order: HandleRequest, why: str) -> Answer:
        self._report(order.skill, order.source, order.turn, why)
        return Answer(f"Sorry, the {spoken_name(order.skill)} skill {why}.", "failed")

    def _failed_unasked(self, skill: str, error: str) -> None:
        now = asyncio.get_running_loop().time()
        self._report(skill, "", "", error)
        self._recent.append(now)
        if len(self._recent) == MOST_FAILURES and now - self._recent[0] < FAILURE_SECONDS:
            self._restart(skill, f"{MOST_FAILURES} failures within a minute")

    def _report(self, skill: str, source: str, turn: str, error: str) -> None:
        self.failures[skill] += 1
        log.warning("skill %s failed (%d): %s", skill, self.failures[skill], error)
        self._publish(ComponentFailed(source=source, turn=turn, component=f"skill {skill}", error=error))


def spoken_name(skill: str) -> str:
    """A skill's name as words."""
    return skill.replace("_", " ")


def plain_skill(skill: LoadedSkill) -> dict[str, Any]:
    """What a process is told of a skill."""
    return {
        "name": skill.name, "folder": str(skill.folder), "settings": dict(skill.settings),
        "phrases": dict(skill.phrases),
    }


def unasked_call(skill: LoadedSkill) -> SkillCall:
    """What a skill does without an order: nothing of it is undone, and there is nobody to be asked."""
    order, lists = HandleRequest(skill.name, ""), skill.sentences.lists
    return SkillCall(order, skill.manifest, Unjournalled(), unasked=True, lists=lists)


async def _quietly(work: Awaitable[Any]) -> None:
    with suppress(AssistantError):
        await work
