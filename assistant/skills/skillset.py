"""All skills of the agent: one process for those that ship, one each for the others."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from assistant.errors import AssistantError, GrammarError, SkillError, WorkerError
from assistant.events import ComponentFailed, Event
from assistant.grammar.base import Match
from assistant.grammar.grammar import Grammar
from assistant.home.schema import Device
from assistant.people.permissions import ENTRANCES, Action, Permissions
from assistant.skills import builtin
from assistant.skills.effects import Effects
from assistant.skills.host import FOREIGN_LIMITS, Asker, SkillHost, SkillRequests, WorkerFactory
from assistant.skills.loader import LoadedSkill, find_skills
from assistant.skills.memory import Memories
from assistant.skills.messages import Answer, HandleRequest
from assistant.workers.worker import Worker

log = logging.getLogger(__name__)

SHIPPED = "skills"
"""The name of the process of those that ship."""


class SkillSet:
    """The skills found in folders.

    Args:
        shipped: folders whose skills share one process.
        foreign: folders whose skills get one each, with limits. Of two skills with one name the foreign one counts.
        requests: answers what skills ask for.
        publish: takes events.
        disabled: names left out.
    """

    def __init__(
        self,
        shipped: Iterable[Path],
        foreign: Iterable[Path],
        requests: SkillRequests,
        publish: Callable[[Event], None] | None = None,
        *,
        disabled: Sequence[str] = (),
        worker: WorkerFactory = Worker,
    ) -> None:
        self._publish = publish or (lambda event: None)
        others, faults = find_skills(foreign, disabled)
        taken = [*disabled, *(skill.name for skill in others)]
        own, more_faults = find_skills(shipped, taken)
        self.problems: list[AssistantError] = [*faults, *more_faults]
        """What is wrong with skills that were left out."""
        self.skills: dict[str, LoadedSkill] = {skill.name: skill for skill in (*own, *others)}
        self._memories = Memories()
        self._hosts: dict[str, SkillHost] = {}
        if own:
            host = SkillHost(SHIPPED, own, requests, publish, worker=worker)
            self._hosts.update({skill.name: host for skill in own})
        for skill in others:
            self._hosts[skill.name] = SkillHost(
                skill.name, [skill], requests, publish, limits=FOREIGN_LIMITS, worker=worker
            )

    @property
    def busy(self) -> bool:
        """Whether a skill is at work that waits for nothing from us: audio time waits for it."""
        return any(host.busy for host in self._hosts.values())

    def processes(self) -> list[tuple[str, SkillHost]]:
        """Name and host of each process."""
        return [(host.name, host) for host in dict.fromkeys(self._hosts.values())]

    async def start(self) -> None:
        """Start the processes. One that cannot start is reported, and its skills are left out."""
        for problem in self.problems:
            self._report("skills", problem)
        await asyncio.gather(*(self._start_host(host) for _, host in self.processes()))

    async def close(self) -> None:
        """End the processes."""
        await asyncio.gather(*(host.close() for host in dict.fromkeys(self._hosts.values())))

    def teach(self, grammar: Grammar) -> None:
        """Put all sentences into a grammar, those of the kit among them. Call after ``start``."""
        grammar.set_rules(builtin.SKILL, builtin.RULES)
        for skill in list(self.skills.values()):
            try:
                for name, values in skill.sentences.lists.items():
                    grammar.set_list(name, values, skill.name)
                grammar.set_rules(skill.name, skill.sentences.rules, skill.sentences.expansions)
            except GrammarError as error:
                grammar.remove_skill(skill.name)
                self._leave_out(skill.name, error)

    async def handle(self, order: HandleRequest, effects: Effects | None = None, asker: Asker | None = None) -> Answer:
        """Let the skill that an order is for handle it."""
        if order.skill == builtin.SKILL:
            return builtin.answer(order)
        host = self._hosts.get(order.skill)
        if host is None or order.skill not in self.skills:
            return Answer(f"There is no {order.skill} skill any more.", "failed")
        now = asyncio.get_running_loop().time()
        answer = await host.handle(self._memories.recall(order, now), effects, asker)
        self._memories.keep(order, answer, now)
        return answer

    def is_risky(self, match: Match, devices: Mapping[str, Device], permissions: Permissions, person: str = "") -> bool:
        """Whether an order may do something that asks for a yes, so that it must not be begun provisionally."""
        skill = self.skills.get(match.skill)
        command = skill.manifest.risky.get(match.intent) if skill is not None else None
        if command is None:
            return False
        named = match.slots.get("name")
        if named is None:
            # A group ("the garage"), or "it", which may be anything.
            opens = command in ("open", "unlock") and match.slots.get("it")
            return bool(command == "unlock" or opens or not ENTRANCES.isdisjoint(map(str, match.slots.values())))
        device = devices.get(named)
        return permissions.decide(person, Action(command, device)).verdict != "allow"

    def examples(self) -> list[str]:
        """Sentences that show what can be said, one of each skill before the second of any."""
        columns = [list(skill.manifest.examples) for skill in self.skills.values()]
        longest = max((len(column) for column in columns), default=0)
        return [column[row] for row in range(longest) for column in columns if row < len(column)]

    async def _start_host(self, host: SkillHost) -> None:
        try:
            problems = await host.start(patient=host.name == SHIPPED)
        except WorkerError as error:
            await host.close()
            for name in host.skills:
                self._leave_out(name, error)
            return
        for name, problem in problems.items():
            self._leave_out(name, SkillError(problem), reported=True)

    def _leave_out(self, skill: str, error: AssistantError, *, reported: bool = False) -> None:
        self.problems.append(error)
        self.skills.pop(skill, None)
        if not reported:
            self._report(f"skill {skill}", error)

    def _report(self, component: str, error: AssistantError) -> None:
        log.warning("%s: %s", component, error)
        self._publish(ComponentFailed(component=component, error=str(error)))

