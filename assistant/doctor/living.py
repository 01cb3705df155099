"""What shows only when skills are at work: those that fail, what they cannot reach, routines that nobody understands.

An agent without ears and voice is started for it, in the household as it is. Nothing is ordered, and what skills want
to do of their own accord is left undone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from assistant.config import Config
from assistant.doctor.finding import Finding, bad, good, note
from assistant.doctor.routines import not_understood
from assistant.errors import AssistantError
from assistant.paths import folders
from assistant.skills.calls import SkillCall, SkillRequests
from assistant.skills.loader import find_skills

if TYPE_CHECKING:
    from assistant.agent import Agent

SETTLE_SECONDS = 5.0
AT_ONCE = ("grammar", "open")
"""Links that a routine's orders go through."""
MEND = "mend it there, or switch it off: assistant skill disable NAME"
LEFT_UNDONE = frozenset(("act", "speak", "chime", "play", "mqtt.publish", "store.set", "order", "stop", "prepare"))
"""What skills may want to do while they are looked at."""


def living(config: Config) -> Iterator[Finding]:
    """Skills at work, and routines."""
    try:
        yield from asyncio.run(_look(config))
    except AssistantError as error:
        yield bad("skills", f"cannot be looked at: {error}", error.mend)


def misunderstood(config: Config) -> tuple[list[AssistantError], str]:
    """Orders of the household's routines that nobody understands; or why nobody can tell."""
    if not config.own_routines:
        return [], ""

    async def look() -> tuple[list[AssistantError], str]:
        async with _at_work(config) as agent:
            reached = await agent.home.settled(SETTLE_SECONDS)
            return (not_understood(agent), "") if reached else ([], UNSEEN)

    return asyncio.run(look())


UNSEEN = "whether the orders of your routines are understood cannot be told: the home is not reached"


async def _look(config: Config) -> list[Finding]:
    async with _at_work(config) as agent:
        reached = await agent.home.settled(SETTLE_SECONDS)
        problems = left_out(agent)
        found = [bad("skills", f"{_told(problem)}; it is left out", problem.mend or MEND) for problem in problems]
        troubles = [(name, error) for name, errors in (await agent.skills.troubles()).items() for error in errors]
        found += [bad(name, _told(error), error.mend) for name, error in troubles]
        if not found:
            found.append(good("skills", f"{len(agent.skills.skills)} are at work, and reach what they are to reach"))
        return [*found, *_routines(agent, reached)]


def _told(error: AssistantError) -> str:
    return f"{error.where}: {error.what}" if error.where else error.what


def _routines(agent: Agent, reached: bool) -> Iterator[Finding]:
    written = agent.config.own_routines
    if written and not reached:
        yield note("routines", UNSEEN, "see broker")
        return
    wrong = not_understood(agent)
    for error in wrong:
        yield bad("routines", f"{error.where}: {error.what}", error.mend)
    if written and not wrong:
        yield good("routines", f"{len(written)} of yours are understood")


def left_out(agent: Any) -> list[AssistantError]:
    """What is wrong with skills that shows only when they run; the check of their files has told the rest."""
    _, told = find_skills([*agent.config.skills.folders, *folders("skills")], agent.config.skills.disabled)
    return [problem for problem in agent.skills.problems if str(problem) not in {str(fault) for fault in told}]


def _at_work(config: Config) -> Agent:
    """An agent that hears, says, learns and changes nothing."""
    from assistant.agent import Agent
    from assistant.parts import World
    from assistant.recorder.stand_ins import QuietVoice, TextWorkers

    links = tuple(link for link in config.understanding.links if link in AT_ONCE)
    quiet = config.model_copy(update={"understanding": config.understanding.model_copy(update={"links": links})})
    workers: Any = lambda config, bus, grammar: TextWorkers(QuietVoice({}))  # noqa: E731
    return Agent(quiet, passing=True, world=World(workers=workers, requests=_Harmless))


class _Harmless:
    """Stands between skills and the agent, and leaves undone what would change anything."""

    def __init__(self, requests: SkillRequests) -> None:
        self._requests = requests

    async def request(self, call: SkillCall, name: str, args: dict[str, Any]) -> Any:
        """As of ``SkillRequests``."""
        return None if name in LEFT_UNDONE else await self._requests.request(call, name, args)

    def listen(self, call: SkillCall, kind: str, what: str, hear: Callable[[list[Any]], None]) -> Callable[[], None]:
        """As of ``SkillRequests``."""
        return self._requests.listen(call, kind, what, hear)
