"""The service inside a skill's process: it loads the skills' code and runs their handlers."""

from __future__ import annotations

import importlib.util
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.errors import AssistantError, SkillError
from assistant.skills.context import Context
from assistant.skills.kit import Skill, run
from assistant.skills.messages import HandleRequest, Request

REQUEST = "skill_request"
"""Name under which all requests of skills go to the agent."""


class SkillRunner:
    """Skills of one process.

    Args:
        skills: ``name`` and ``folder`` of each.
    """

    ASYNC = True

    def __init__(self, skills: Sequence[Mapping[str, str]]) -> None:
        self.parent: Any = None
        self._folders = {skill["name"]: Path(skill["folder"]) for skill in skills}
        self._skills: dict[str, Skill] = {}
        self._started: set[str] = set()
        self._broken: dict[str, SkillError] = {}
        for name, folder in self._folders.items():
            try:
                self._skills[name] = _load(name, folder)
            except SkillError as error:
                self._broken[name] = error

    def problems(self) -> dict[str, str]:
        """Skills that could not be loaded, and why."""
        return {name: str(error) for name, error in self._broken.items()}

    def beat(self) -> bool:
        """A sign of life of the loop."""
        return True

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
        skill = self._skills.get(request.skill)
        handler = skill.handlers().get(request.intent) if skill else None
        if skill is None or handler is None:
            raise SkillError(f"nothing handles {request.intent}", where=request.skill)
        try:
            if request.skill not in self._started:
                self._started.add(request.skill)
                await skill.start()
            return (await run(handler, self._context(call, request), dict(request.slots))).to_dict()
        except Exception as error:
            raise _explain(error, self._folders[request.skill]) from error

    def _context(self, call: int, request: HandleRequest) -> Context:
        async def ask(name: str, args: dict[str, Any]) -> Any:
            return await self.parent.request(REQUEST, Request(call, name, args).to_dict())

        return Context(request, ask)


def _load(name: str, folder: Path) -> Skill:
    """The skill object of a folder's ``skill.py``.

    Raises:
        SkillError: the code raises, or holds no skill.
    """
    path = folder / "skill.py"
    module_name = f"assistant_skill_{name}"
    spec = importlib.util.spec_from_file_location(module_name, path, submodule_search_locations=[str(folder)])
    if spec is None or spec.loader is None:
        raise SkillError("cannot be loaded", where=str(path))
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    try:
        spec.loader.exec_module(module)
        kinds = [kind for kind in vars(module).values() if isinstance(kind, type) and issubclass(kind, Skill)]
        own = [kind for kind in kinds if kind.__module__ == module_name]
        if len(own) != 1:
            raise SkillError(f"{len(own)} classes are a Skill", where=str(path), mend="derive one class from Skill")
        skill = own[0]()
        skill.name = name
        skill.handlers()
    except Exception as error:
        raise _explain(error, folder) from error
    return skill


def _explain(error: Exception, folder: Path) -> SkillError:
    """The error as a SkillError with the place in the skill's own code."""
    trace = traceback.extract_tb(error.__traceback__)
    frames = [frame for frame in trace if Path(frame.filename).is_relative_to(folder)]
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else str(folder)
    if isinstance(error, SyntaxError):
        place = f"{error.filename}:{error.lineno}"
    if isinstance(error, AssistantError):
        return SkillError(error.what, where=error.where or place, mend=error.mend)
    return SkillError(f"{type(error).__name__}: {error}"[:500], where=place)
