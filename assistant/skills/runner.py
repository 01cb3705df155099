"""The service inside a skill's process: it loads the skills' code, runs their handlers and what they do unasked."""

from __future__ import annotations

import asyncio
import contextlib
import traceback
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError, SkillError
from assistant.localtime import present
from assistant.skills.code import load_code
from assistant.skills.context import Context, Shelf
from assistant.skills.endings import Ending
from assistant.skills.kit import Skill, run
from assistant.skills.messages import HandleRequest, Request
from assistant.skills.schedule import MOST_TASKS, Work, repeat, triggers
from assistant.skills.services import Ask

REQUEST = "skill_request"
"""Name under which all requests of skills go to the agent."""
TROUBLE_SECONDS = 5.0
"""A skill has so long to look whether it works."""
FAILED = "failed"
"""The request that reports what was raised in work nobody waits for."""


class SkillRunner:
    """Skills of one process.

    Args:
        skills: ``name``, ``folder``, ``settings`` and ``phrases`` of each.
    """

    ASYNC = True

    def __init__(self, skills: Sequence[Mapping[str, Any]]) -> None:
        self.parent: Any = None
        self.clock: Callable[[], datetime] = present
        """What unasked work goes by."""
        self._living: dict[str, Living] = {}
        self._broken: dict[str, SkillError] = {}
        for data in skills:
            name, folder = data["name"], Path(data["folder"])
            shelf = Shelf(folder, dict(data.get("settings", {})), dict(data.get("phrases", {})))
            try:
                self._living[name] = Living(load_code(name, folder), shelf, lambda: self.clock())
            except Exception as error:
                self._broken[name] = explain(error, folder)

    def problems(self) -> dict[str, str]:
        """Skills that could not be loaded, and why."""
        return {name: str(error) for name, error in self._broken.items()}

    def beat(self) -> int:
        """A sign of life of the loop: how many tasks it has."""
        return len(asyncio.all_tasks())

    def begin(self, lives: dict[str, int]) -> dict[str, list[list[str]]]:
        """Start the skills and what they do unasked.

        Args:
            lives: number under which each skill's requests outside orders come back.

        Returns:
            What each wants to hear of: method, ``mqtt`` or ``event``, topic filter or type.
        """
        for name, call in lives.items():
            if name in self._living:
                self._living[name].begin(self._asker(call))
        return {name: self._living[name].wishes() for name in lives if name in self._living}

    async def troubles(self) -> dict[str, list[list[str]]]:
        """What does not work as it was set up: what, where and how to mend it, by skill."""
        living = {name: one for name, one in self._living.items() if one.begun}
        found = await asyncio.gather(*(one.troubles() for one in living.values()))
        return dict(zip(living, found, strict=True))

    def end(self) -> None:
        """End everything under way; a process that ends needs no such call."""
        for living in self._living.values():
            living.end()

    def deliver(self, name: str, method: str, args: list[Any]) -> None:
        """Give a skill a message or an event that it wanted."""
        living = self._living.get(name)
        if living is not None:
            living.deliver(method, args)

    async def handle(self, call: int, data: dict[str, Any]) -> dict[str, Any]:
        """Handle one order.

        Args:
            call: number under which the skill's requests come back.
            data: a ``HandleRequest``.

        Returns:
            An ``Answer``, as plain data.

        Raises:
            SkillError: the skill raised; names file and line.
        """
        request = HandleRequest.from_dict(data)
        if request.skill in self._broken:
            raise self._broken[request.skill]
        living = self._living.get(request.skill)
        if living is None:
            raise SkillError(f"nothing handles {request.intent}", where=request.skill)
        return await living.handle(request, self._asker(call))

    def _asker(self, call: int) -> Ask:
        async def ask(name: str, args: dict[str, Any]) -> Any:
            return await self.parent.request(REQUEST, Request(call, name, args).to_dict())

        return ask


class Living:
    """One skill at work."""

    def __init__(self, skill: Skill, shelf: Shelf, clock: Callable[[], datetime]) -> None:
        self._skill = skill
        self._shelf = shelf
        self._clock = clock
        self._handlers = skill.handlers()
        self._triggers = list(triggers(skill))
        self._started: asyncio.Task[None] | None = None
        self._tell: Ask | None = None
        skill.settings = shelf.settings
        skill.work = Work(self._failed)
        self._deliveries = Work(self._failed)
        self._reports: set[asyncio.Task[None]] = set()

    def begin(self, ask: Ask) -> None:
        """Start, and go by the clock from now on."""
        self._tell = ask
        self._started = asyncio.get_running_loop().create_task(self._start())
        for name, trigger in self._triggers:
            if trigger.kind in ("every", "daily"):
                self._skill.work.spawn(repeat(trigger, partial(self._call, name), self._failed, self._clock))

    @property
    def begun(self) -> bool:
        """Whether it was told to begin."""
        return self._started is not None

    async def troubles(self) -> list[list[str]]:
        """See ``SkillRunner.troubles``. One that raises, or takes too long, has a trouble of its own."""
        assert self._started is not None
        try:
            async with asyncio.timeout(TROUBLE_SECONDS):
                await asyncio.wait([self._started])
                self._started.result()
                found = await self._skill.troubles(self._context())
        except TimeoutError:
            found = [f"does not say within {TROUBLE_SECONDS:g} s whether it works"]
        except Exception as error:
            found = [explain(error, self._shelf.folder)]
        return [[one.what, one.where, one.mend] if isinstance(one, AssistantError) else [str(one), "", ""]
                for one in found]

    def end(self) -> None:
        """End what is under way."""
        for work in (self._skill.work, self._deliveries):
            work.cancel()

    def wishes(self) -> list[list[str]]:
        """What it wants to hear of."""
        return [[name, one.kind, one.what] for name, one in self._triggers if one.kind in ("mqtt", "event")]

    def deliver(self, method: str, args: list[Any]) -> None:
        """Call a method with a message; one too many while others are at work is dropped."""
        if len(self._deliveries) < MOST_TASKS:
            self._deliveries.spawn(self._call(method, *args))

    async def handle(self, request: HandleRequest, ask: Ask) -> dict[str, Any]:
        """See ``SkillRunner.handle``."""
        handler = self._handlers.get(request.intent)
        if handler is None:
            raise SkillError(f"nothing handles {request.intent}", where=request.skill)
        try:
            if self._started is not None:
                await asyncio.wait([self._started])
                self._started.result()
            return (await run(handler, Context(request, ask, self._shelf), dict(request.slots))).to_dict()
        except Exception as error:
            raise explain(error, self._shelf.folder) from error

    def _context(self) -> Context:
        assert self._tell is not None
        now = self._clock().isoformat()
        return Context(HandleRequest(self._skill.name, "", now=now), self._tell, self._shelf)

    async def _start(self) -> None:
        try:
            await self._skill.start(self._context())
        except Exception as error:
            self._failed(error)
            raise

    async def _call(self, method: str, *args: Any) -> None:
        with contextlib.suppress(Ending):  # nobody waits for a word of regret
            result = getattr(self._skill, method)(self._context(), *args)
            if asyncio.iscoroutine(result):
                await result

    def _failed(self, error: BaseException) -> None:
        """Something raised that nobody waits for: the agent is told whose it was."""
        if self._tell is None:
            return
        fault = explain(error, self._shelf.folder) if isinstance(error, Exception) else SkillError(repr(error))
        task = asyncio.get_running_loop().create_task(self._report(str(fault)))
        self._reports.add(task)
        task.add_done_callback(self._reports.discard)

    async def _report(self, error: str) -> None:
        assert self._tell is not None
        with contextlib.suppress(AssistantError):
            await self._tell(FAILED, {"error": error})


def explain(error: Exception, folder: Path) -> SkillError:
    """The error as a SkillError with the place in the skill's own code, where that was at work.

    What somebody else raised (the agent refused a request) keeps its own place in its words.
    """
    place = f"{error.filename}:{error.lineno}" if isinstance(error, SyntaxError) else _own_line(error, folder)
    if isinstance(error, AssistantError):
        concerns = error.where if place and error.where.removeprefix("skill ") != folder.name else ""
        what = f"{concerns}: {error.what}" if concerns else error.what
        return SkillError(what, where=place or error.where or str(folder), mend=error.mend)
    return SkillError(f"{type(error).__name__}: {error}"[:500], where=place or str(folder))


def _own_line(error: Exception, folder: Path) -> str:
    """The innermost line of the skill's code that the error came through; empty if it came through none."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__)
              if Path(frame.filename).is_relative_to(folder)]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
