"""All skills of the agent: one process for those that ship, one each for the others."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from assistant.dialogue.explain import Risk
from assistant.errors import AssistantError, GrammarError, SkillError, WorkerError
from assistant.events import ComponentFailed, Event
from assistant.grammar.base import Match, Value
from assistant.grammar.grammar import Grammar
from assistant.home.schema import Device
from assistant.people.permissions import ENTRANCES, Action, risk
from assistant.skills import builtin
from assistant.skills.calls import Asker, SkillRequests
from assistant.skills.effects import Effects
from assistant.skills.home_requests import confirmation
from assistant.skills.host import FOREIGN_LIMITS, SkillHost, spoken_name
from assistant.skills.life_signs import FOREIGN_MB
from assistant.skills.loader import LANGUAGE, LoadedSkill, find_skills, load_skill
from assistant.skills.memory import Memories
from assistant.skills.messages import Answer, HandleRequest
from assistant.skills.words import Words
from assistant.skills.worker_port import WorkerFactory
from assistant.workers.worker import Worker

log = logging.getLogger(__name__)

SHIPPED = "skills"
"""The name of the process of those that ship."""
SKILL_LIST = "skill"
"""The list of the loaded skills' names."""


class SkillSet:
    """The skills found in folders.

    Args:
        shipped: folders whose skills share one process.
        foreign: folders whose skills get one each, with limits. Of two skills with one name the foreign one counts.
        requests: answers what skills ask for.
        publish: takes events.
        disabled: names left out.
        language: in which they speak, where they have it.
        settings: what the household wants of their settings, by skill.
        clock: local time of orders; None: the machine's.
        words: what the skills give their lists.
    """

    def __init__(
        self,
        shipped: Iterable[Path],
        foreign: Iterable[Path],
        requests: SkillRequests,
        publish: Callable[[Event], None] | None = None,
        *,
        disabled: Sequence[str] = (),
        language: str = LANGUAGE,
        settings: Mapping[str, Mapping[str, Any]] | None = None,
        worker: WorkerFactory = Worker,
        clock: Callable[[], datetime] | None = None,
        words: Words | None = None,
    ) -> None:
        self._publish = publish or (lambda event: None)
        self._requests = requests
        self._worker = worker
        self._language = language
        self._settings = settings or {}
        self._clock = clock or (lambda: datetime.now().astimezone())
        self._words = words or Words()
        others, faults = find_skills(foreign, disabled, language)
        taken = [*disabled, *(skill.name for skill in others)]
        own, more_faults = find_skills(shipped, taken, language)
        self.problems: list[AssistantError] = [*faults, *more_faults]
        """What is wrong with skills that were left out."""
        own, others = self._set(own), self._set(others)
        self.skills: dict[str, LoadedSkill] = {skill.name: skill for skill in (*own, *others)}
        self._memories = Memories()
        self._hosts: dict[str, SkillHost] = {}
        self._retiring: set[asyncio.Task[None]] = set()
        self._last: set[SkillHost] = set()
        """Those that finish what they have begun."""
        if own:
            host = SkillHost(SHIPPED, own, requests, publish, worker=worker)
            self._hosts.update({skill.name: host for skill in own})
        for skill in others:
            self._hosts[skill.name] = self._own_host(skill)

    @property
    def busy(self) -> bool:
        """Whether a skill is at work that waits for nothing from us: audio time waits for it."""
        return any(host.busy for host in self._all_hosts())

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
        for task in self._retiring:
            task.cancel()
        await asyncio.gather(*(host.close() for host in self._all_hosts()))

    def teach(self, grammar: Grammar) -> None:
        """Put all sentences into a grammar, those of the kit among them. Call after ``start``."""
        grammar.set_rules(builtin.SKILL, builtin.RULES)
        for skill in list(self.skills.values()):
            try:
                self._teach(grammar, skill)
            except GrammarError as error:
                grammar.remove_skill(skill.name)
                self._leave_out(skill.name, error)
        grammar.set_list(SKILL_LIST, self._names())

    async def troubles(self) -> dict[str, list[AssistantError]]:
        """What does not work as the household set it up, by skill; those without trouble are left out."""
        told = await asyncio.gather(*(self._troubles_of(host) for _, host in self.processes()))
        return {skill: errors for found in told for skill, errors in found.items() if errors}

    async def _troubles_of(self, host: SkillHost) -> dict[str, list[AssistantError]]:
        try:
            return await host.troubles()
        except WorkerError as error:
            return {name: [error] for name in host.skills}

    # Changes while it runs.

    async def replace(self, folder: Path, grammar: Grammar) -> LoadedSkill:
        """Load a skill anew, or for the first time, and let it take over at once.

        An order at work is finished by the process that began it; what was remembered of conversations stays.

        Raises:
            AssistantError: it is wrong or does not start; the one before goes on.
        """
        skill = self._with_settings(load_skill(folder, self._language))
        self._teach(Grammar(), skill)
        host = self._own_host(skill)
        try:
            for problem in (await host.start()).values():
                raise SkillError(problem)
            self._teach(grammar, skill)
        except (AssistantError, asyncio.CancelledError):
            await host.close()
            raise
        before = self._hosts.get(skill.name)
        self.skills[skill.name], self._hosts[skill.name] = skill, host
        grammar.set_list(SKILL_LIST, self._names())
        self._retire(before)
        return skill

    def remove(self, name: str, grammar: Grammar) -> None:
        """Forget a skill; an order at work is finished."""
        self.skills.pop(name, None)
        self._words.forget(name)
        grammar.remove_skill(name)
        grammar.set_list(SKILL_LIST, self._names())
        self._retire(self._hosts.pop(name, None))

    def _retire(self, host: SkillHost | None) -> None:
        if host is None or host in self._hosts.values():
            return  # others live in it
        task = asyncio.get_running_loop().create_task(host.retire(), name=f"last orders of {host.name}")
        self._retiring.add(task)
        self._last.add(host)
        task.add_done_callback(self._retiring.discard)
        task.add_done_callback(lambda _: self._last.discard(host))

    def _own_host(self, skill: LoadedSkill) -> SkillHost:
        return SkillHost(
            skill.name, [skill], self._requests, self._publish, limits=FOREIGN_LIMITS, worker=self._worker,
            most_mb=FOREIGN_MB,
        )

    def _all_hosts(self) -> list[SkillHost]:
        return list(dict.fromkeys([*self._hosts.values(), *self._last]))

    def _set(self, skills: Iterable[LoadedSkill]) -> list[LoadedSkill]:
        """With the household's settings; a skill whose settings are wrong is left out."""
        found = []
        for skill in skills:
            try:
                found.append(self._with_settings(skill))
            except SkillError as error:
                self.problems.append(error)
        return found

    def _with_settings(self, skill: LoadedSkill) -> LoadedSkill:
        """Raises SkillError where the household's settings are none that it has."""
        return dataclasses.replace(skill, settings=skill.manifest.resolve(self._settings.get(skill.name, {})))

    # Orders.

    async def handle(self, order: HandleRequest, effects: Effects | None = None, asker: Asker | None = None) -> Answer:
        """Let the skill that an order is for handle it."""
        if order.skill == builtin.SKILL:
            return builtin.answer(order)
        host = self._hosts.get(order.skill)
        if host is None or order.skill not in self.skills:
            return Answer(f"There is no {order.skill} skill any more.", "failed")
        now = asyncio.get_running_loop().time()
        order = dataclasses.replace(self.recall(order), now=order.now or self._clock().isoformat())
        answer = await host.handle(order, effects, asker)
        self._memories.keep(order, answer, now)
        return answer

    def recall(self, order: HandleRequest) -> HandleRequest:
        """The order, with what its skill remembers of the conversation."""
        return self._memories.recall(order, asyncio.get_running_loop().time())

    def is_risky(self, match: Match, devices: Mapping[str, Device]) -> bool:
        """Whether an order may do something that asks for a yes, so that it must not be begun provisionally."""
        skill = self.skills.get(match.skill)
        command = skill.manifest.risky.get(match.intent) if skill is not None else None
        if command is None:
            return False
        named = [match.slots[slot] for slot in ("name", "also", "third") if match.slots.get(slot) is not None]
        if not named:
            # Several at once ("the garage"), or "it", which may be anything.
            opens = command in ("open", "unlock") and (match.slots.get("it") or match.slots.get("group"))
            return bool(command == "unlock" or opens or not ENTRANCES.isdisjoint(map(str, match.slots.values())))
        return any(risk(Action(command, devices.get(one))) for one in named)

    def risk_of(self, match: Match, devices: Mapping[str, Device]) -> Risk:
        """Whether an order would be asked about, why, and in which words, as far as that is known beforehand."""
        if not self.is_risky(match, devices):
            return Risk(False)
        command = self.skills[match.skill].manifest.risky[match.intent]
        device = devices.get(str(match.slots.get("name")))
        if device is None:
            return Risk(True, "it may open or unlock something")
        return Risk(True, risk(Action(command, device)), confirmation(command, None, [device]))

    def examples(self, name: str = "", language: str = "") -> list[str]:
        """Sentences that show what can be said: to one skill, or one of each skill before the second of any.

        Orders to the home come first; last what could only answer that it has yet to be set up.

        Args:
            language: only those of skills with sentences of this language, its regions aside.
        """
        asked = [skill for skill in self.skills.values() if name in ("", skill.name) and _speaks(skill, language)]
        skills = sorted(asked, key=lambda skill: (_waits(skill), "home" not in skill.manifest.grants))
        columns = [list(skill.manifest.examples) for skill in skills]
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
        self._retire(self._hosts.pop(skill, None))
        if not reported:
            self._report(f"skill {skill}", error)

    def _report(self, component: str, error: AssistantError) -> None:
        log.warning("%s: %s", component, error)
        self._publish(ComponentFailed(component=component, error=str(error)))

    def _teach(self, grammar: Grammar, skill: LoadedSkill) -> None:
        """Put a skill's sentences into a grammar, in place of those it had, and the values it gave its lists."""
        grammar.set_sentences(skill.name, self._words.over(skill.name, skill.sentences))

    def _names(self) -> list[Value]:
        """What the loaded skills are called."""
        return [Value(spoken_name(name), name) for name in sorted(self.skills)]


def _speaks(skill: LoadedSkill, language: str) -> bool:
    """Whether a skill's sentences are of a language; where either is not said they are."""
    theirs = skill.sentences.language
    return not language or not theirs or theirs.split("-")[0] == language.split("-")[0]


def _waits(skill: LoadedSkill) -> bool:
    """Whether a setting of it is empty that only the household can fill: a place, a folder, a server."""
    return any(value in ("", (), {}) for value in skill.settings.values())
