"""The agent's side of one skill process: orders go in, requests come out, and a skill that misbehaves is named.

A skill that raises, never returns or floods costs one answer ("Sorry, the coffee skill failed.") and nothing else.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from assistant.allowance import Allowance
from assistant.errors import AssistantError, SkillError, WorkerError
from assistant.events import ComponentFailed, Event
from assistant.grammar.base import Match, View
from assistant.skills.effects import Effects
from assistant.skills.loader import LoadedSkill
from assistant.skills.manifest import Manifest
from assistant.skills.messages import Answer, HandleRequest, Request
from assistant.skills.runner import REQUEST
from assistant.workers.spec import Limits, WorkerSpec
from assistant.workers.worker import Worker

CALL_SECONDS = 8.0
"""Deadline of an order. It stands still while the skill waits for the agent (a question, a slow device)."""
RESTART_SECONDS = 2.0
"""An order that comes while the process restarts waits so long for it."""
BEAT_SECONDS = 1.0
"""Interval of life signs while an order is handled."""
BEAT_TIMEOUT = 2.0
"""A loop that shows none for so long is blocked: one skill must not keep the others of its process waiting."""
BURST = 200
"""Requests of one order that may come at once ..."""
REQUESTS_PER_SECOND = 50.0
"""... and so many more each second. A rich order needs about ten."""
FOREIGN_LIMITS = Limits(memory_mb=512, cpu_seconds=3600, open_files=64)
"""For a skill that did not ship. Processor seconds are over the life of its process; when spent, it restarts."""

log = logging.getLogger(__name__)


class Asker(Protocol):
    """The turn, as far as questions are concerned."""

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

    @property
    def skill(self) -> str:
        return self.order.skill


class SkillRequests(Protocol):
    """Answers what skills ask for."""

    async def request(self, call: SkillCall, name: str, args: dict[str, Any]) -> Any:
        """Raises AssistantError where it cannot be done or may not be."""
        ...


class WorkerLike(Protocol):
    """What the host needs of a worker; the harness has one without a process."""

    @property
    def pid(self) -> int | None: ...

    async def start(self, *, patient: bool = False) -> None: ...

    async def close(self) -> None: ...

    async def wait_ready(self) -> None: ...

    async def call(self, method: str, *args: Any, timeout: float | None = None) -> Any: ...  # noqa: ASYNC109


@dataclass(slots=True)
class _Running:
    call: SkillCall
    allowance: Allowance
    flooded: asyncio.Future[None]
    asking: int = 0
    """Requests that wait for us."""


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
    ) -> None:
        self.name = name
        self.skills = {skill.name: skill for skill in skills}
        self.failures: Counter[str] = Counter()
        """Failed orders by skill."""
        self._requests = requests
        self._publish = publish or (lambda event: None)
        self._deadline = deadline
        self._running: dict[int, _Running] = {}
        self._numbers = itertools.count(1)
        self._strays = Allowance(BURST, REQUESTS_PER_SECOND)
        self._beating: asyncio.Task[None] | None = None
        config = {"skills": [{"name": skill.name, "folder": str(skill.folder)} for skill in skills]}
        self._worker = worker(
            WorkerSpec(
                f"skill {name}" if name != "skills" else name, "assistant.skills.runner:SkillRunner", config,
                call_timeout=deadline, limits=limits or Limits(), start_timeout=15,
            ),
            publish, on_request=self._requested,
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
        """Start the process; skills whose code cannot be loaded, and why.

        Args:
            patient: it is waited for however long it takes. Code that we do not know may never end.

        Raises:
            WorkerError: it does not start.
        """
        await self._worker.start(patient=patient)
        problems: dict[str, str] = await self._worker.call("problems")
        for skill, problem in problems.items():
            self._report(skill, "", "", problem)
        return problems

    async def close(self) -> None:
        """End the process."""
        if self._beating is not None:
            self._beating.cancel()
        await self._worker.close()

    async def handle(self, order: HandleRequest, effects: Effects | None = None, asker: Asker | None = None) -> Answer:
        """Let a skill handle an order. Never raises for what the skill does wrong; cancelling ends the skill's work."""
        loop = asyncio.get_running_loop()
        manifest = self.skills[order.skill].manifest
        call = SkillCall(order, manifest, effects if effects is not None else Effects(order.turn), asker)
        number = next(self._numbers)
        running = self._running[number] = _Running(call, Allowance(BURST, REQUESTS_PER_SECOND), loop.create_future())
        if self._beating is None or self._beating.done():
            self._beating = asyncio.create_task(self._beat(), name="life signs of skills")
        try:
            return await self._carry_out(number, running)
        except AssistantError as error:
            self._report(order.skill, order.source, order.turn, str(error))
            return Answer(f"Sorry, the {spoken_name(order.skill)} skill failed.", "failed")
        finally:
            del self._running[number]

    async def _carry_out(self, number: int, running: _Running) -> Answer:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._worker.wait_ready(), RESTART_SECONDS)
        work = asyncio.ensure_future(
            self._worker.call("handle", number, running.call.order.to_dict(), timeout=self._deadline)
        )
        try:
            await asyncio.wait({work, running.flooded}, return_when=asyncio.FIRST_COMPLETED)
            if running.flooded.done():
                raise SkillError("asks for too much: its order was ended", where=running.call.skill)
            return Answer.from_dict(await work)
        finally:
            work.cancel()
            await asyncio.wait({work})

    async def _requested(self, name: str, *args: Any) -> Any:
        now = asyncio.get_running_loop().time()
        request = Request.from_dict(args[0] if args else None)
        running = self._running.get(request.call)
        if name != REQUEST or running is None or running.flooded.done():
            self._stray(now)
            raise SkillError("the order is over", where=name)
        if not running.allowance.take(now):
            running.flooded.set_result(None)
            raise SkillError("too many requests", where=running.call.skill)
        running.asking += 1
        try:
            return await self._requests.request(running.call, request.name, dict(request.args))
        finally:
            running.asking -= 1

    def _stray(self, now: float) -> None:
        """Requests after the end of their order: a process that goes on with them is killed, and restarted."""
        if not self._strays.take(now) and self.pid is not None:
            log.warning("skills %s: killed for a flood of requests", ", ".join(self.skills))
            os.kill(self.pid, signal.SIGKILL)

    async def _beat(self) -> None:
        """Look after the process's loop while orders are handled; the worker is killed where a life sign is late."""
        while self._running:
            await asyncio.sleep(BEAT_SECONDS)
            if self.busy:
                with suppress(WorkerError):
                    await self._worker.call("beat", timeout=BEAT_TIMEOUT)

    def _report(self, skill: str, source: str, turn: str, error: str) -> None:
        self.failures[skill] += 1
        log.warning("skill %s failed (%d): %s", skill, self.failures[skill], error)
        self._publish(ComponentFailed(source=source, turn=turn, component=f"skill {skill}", error=error))


def spoken_name(skill: str) -> str:
    """A skill's name as words."""
    return skill.replace("_", " ")
