"""The agent's side of one skill process: orders go in, requests come out, and a skill that misbehaves is named.

A skill that raises, never returns or floods costs one answer ("Sorry, the coffee skill failed.") and nothing else. One
that goes on so, or grows without end, is stopped with everything that it started, and begins anew, later each time.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.allowance import Allowance
from assistant.errors import AssistantError, SkillError, WorkerLost
from assistant.events import Event
from assistant.skills.calls import Asker, SkillCall, SkillRequests, unasked_call
from assistant.skills.effects import Effects
from assistant.skills.failures import Failures
from assistant.skills.hearing import Hearing
from assistant.skills.life_signs import SHIPPED_MB, LifeSigns
from assistant.skills.loader import LoadedSkill
from assistant.skills.messages import Answer, HandleRequest, Request
from assistant.skills.runner import FAILED, REQUEST
from assistant.skills.worker_port import WorkerFactory
from assistant.workers.spec import Limits, WorkerSpec
from assistant.workers.worker import Worker

CALL_SECONDS = 8.0
"""Deadline of an order. It stands still while the skill waits for the agent (a question, a slow device)."""
RESTART_SECONDS = 0.8
"""An order that comes while the process restarts waits so long for it."""
BURST = 200
"""Requests of one order that may come at once ..."""
REQUESTS_PER_SECOND = 50.0
"""... and so many more each second. A rich order needs about ten."""
UNASKED_BURST, UNASKED_PER_SECOND = 100, 20.0
"""Requests outside orders that a skill may make."""
FOREIGN_LIMITS = Limits(memory_mb=512, cpu_seconds=3600, open_files=64)
"""For a skill that did not ship. Processor seconds are over the life of its process; when spent, it restarts."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Running:
    call: SkillCall
    allowance: Allowance
    flooded: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    asking: int = 0
    """Requests that wait for us."""
    begun: bool = False
    """Whether the process has it."""


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
        self.retired = False
        """Whether another has taken its place: it only finishes what it has begun."""
        self._requests = requests
        self._deadline = deadline
        self._running: dict[int, _Running] = {}
        self._numbers = itertools.count(1)
        self._lives = {name: next(self._numbers) for name in self.skills}
        self._unasked = {
            self._lives[skill.name]: _Running(unasked_call(skill), Allowance(UNASKED_BURST, UNASKED_PER_SECOND))
            for skill in skills
        }
        self._strays = Allowance(BURST, REQUESTS_PER_SECOND)
        self._failures = Failures(publish or (lambda event: None))
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
        self._hearing = Hearing(requests, self.skills, lambda *words: self._worker.send("deliver", *words))
        self._life = LifeSigns(self._worker, name, most_mb, lambda: (bool(self._running), self.at_work), self._grown)

    @property
    def failures(self) -> Counter[str]:
        """Failures by skill."""
        return self._failures.counts

    @property
    def pid(self) -> int | None:
        """Of the process."""
        return self._worker.pid

    @property
    def at_work(self) -> bool:
        """Whether an order is at work that waits for nothing from us."""
        return any(not running.asking for running in self._running.values())

    @property
    def busy(self) -> bool:
        """Whether the process owes us something, the end of an order or a life sign: audio time waits for it."""
        return self.at_work or self._life.asked

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
        problems.update(self._hearing.refused)
        for skill, problem in problems.items():
            self._failures.report(skill, problem)
        if self.pid is not None:
            self._life.watch()
        return problems

    async def troubles(self) -> dict[str, list[AssistantError]]:
        """What does not work as the household set it up, by skill.

        Raises:
            WorkerError: the process does not say.
        """
        found: dict[str, list[list[str]]] = await self._worker.call("troubles", timeout=self._deadline)
        return {skill: [SkillError(what, where=where, mend=mend) for what, where, mend in told]
                for skill, told in found.items()}

    async def close(self) -> None:
        """End the process."""
        self._hearing.end()
        self._life.close()
        await self._worker.close()

    async def retire(self) -> None:
        """End the process when the orders at hand are done."""
        self.retired = True
        self._hearing.end()
        await self._idle.wait()
        await self.close()

    async def handle(self, order: HandleRequest, effects: Effects | None = None, asker: Asker | None = None) -> Answer:
        """Let a skill handle an order. Never raises for what the skill does wrong; cancelling ends the skill's work."""
        skill, effects = self.skills[order.skill], effects if effects is not None else Effects(order.turn)
        call = SkillCall(order, skill.manifest, effects, asker, lists=skill.sentences.lists)
        number, others = next(self._numbers), self.at_work
        running = self._running[number] = _Running(call, Allowance(BURST, REQUESTS_PER_SECOND))
        self._idle.clear()
        self._life.order()
        try:
            if others and not await self._life.alive():
                return self._late(order, "does not answer")
            answer = await self._carry_out(number, running)
            self._failures.well(order.skill)
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
            self._failures.report(running.call.skill, "asks for too much outside orders")
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
        self._hearing.end()
        for running in self._unasked.values():
            running.allowance = Allowance(UNASKED_BURST, UNASKED_PER_SECOND)
        wishes: dict[str, list[list[str]]] = await self._worker.call("begin", self._lives)
        for skill, wanted in wishes.items() if not self.retired else ():
            self._hearing.begin(self._unasked[self._lives[skill]].call, wanted)

    def _restart(self, skill: str, reason: str) -> None:
        log.warning("skill %s: its process is killed and begins anew: %s", skill, reason)
        self._failures.forget()
        self._worker.kill(reason)

    def _grown(self, reason: str) -> None:
        names = ", ".join(self.skills)
        self._failures.report(names, f"{reason}: they grow without end")
        self._restart(names, reason)

    # Failing.

    def _failed(self, order: HandleRequest, error: AssistantError) -> Answer:
        self._failures.report(order.skill, str(error), order.source, order.turn)
        if reason := self._failures.failed(order.skill):
            self._restart(order.skill, reason)
        return Answer(f"Sorry, the {spoken_name(order.skill)} skill failed.", "failed")

    def _late(self, order: HandleRequest, why: str) -> Answer:
        self._failures.report(order.skill, why, order.source, order.turn)
        return Answer(f"Sorry, the {spoken_name(order.skill)} skill {why}.", "failed")

    def _failed_unasked(self, skill: str, error: str) -> None:
        self._failures.report(skill, error)
        if reason := self._failures.failed_unasked():
            self._restart(skill, reason)


def spoken_name(skill: str) -> str:
    """A skill's name as words."""
    return skill.replace("_", " ")


def plain_skill(skill: LoadedSkill) -> dict[str, Any]:
    """What a process is told of a skill."""
    return {
        "name": skill.name, "folder": str(skill.folder), "settings": dict(skill.settings),
        "phrases": dict(skill.phrases),
    }
