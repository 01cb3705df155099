"""The world of a record, for an agent that lives in it: its home, its clock, its skills' answers, a quiet voice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast

from assistant.agent import Agent
from assistant.bus import Bus
from assistant.config import Config
from assistant.config.models import Home as HomeSettings
from assistant.config.models import Recorder, Server, Store
from assistant.dialogue.chain import TALKER, Floor, Found, LateLink, Replied
from assistant.events import ActionFinished, Answered, NotUnderstood, PlaybackFinished, QuestionAsked, Understood
from assistant.grammar.base import Match, View
from assistant.grammar.grammar import Grammar
from assistant.home.home import Home
from assistant.home.schema import Household
from assistant.parts import World
from assistant.recorder.record import Record, unpack
from assistant.recorder.recorded_home import RecordedHome
from assistant.recorder.recorded_requests import RecordedRequests
from assistant.recorder.stand_ins import HearingWorkers, QuietVoice, TextWorkers
from assistant.skills.calls import SkillRequests
from assistant.skills.local_worker import LocalWorker
from assistant.skills.messages import Answer, HandleRequest
from assistant.turns.follow_up import DEAF_SECONDS

AT_ONCE = ("grammar", "open", "")
"""Links of the chain that are part of today's code; what others found is served from the record."""
UNANSWERED = ("cancelled", "failed")
"""Outcomes of turns that nobody answered freely."""
GUESS_SECONDS = DEAF_SECONDS
"""Budget of what is in the record anyway."""


class PatientWorker(LocalWorker):
    """Runs skills on the event loop; a skill that waits for a person has no deadline."""

    async def call(self, method: str, *args: Any, timeout: float | None = None) -> Any:  # noqa: ASYNC109
        return await super().call(method, *args)


class ReplayedAgent(Agent):
    """An agent whose skills live on its own loop: time need not stand still for them."""

    def busy(self) -> bool:
        """See ``Agent``."""
        return self.workers.busy or self.store.busy or self._timer_store.busy


class RecordedWorld:
    """What surrounds one replay.

    Args:
        config: of today's agent.
        hears: whether sound is replayed, so that ears are needed.

    Raises:
        StoreError: the home in the record is damaged.
    """

    def __init__(self, record: Record, config: Config, *, hears: bool) -> None:
        self.record = record
        self.config = settings_of_replay(config)
        self.notes: list[str] = []
        """What a reader of the result should know."""
        self._household = self._recorded_home(config)
        self._events = record.decoded()
        self._hears = hears
        self._requests: RecordedRequests | None = None
        self._began = asyncio.get_running_loop().time()

    def agent(self) -> Agent:
        """Today's agent in this world."""
        world = World(
            home=cast(Any, self._home), workers=cast(Any, self._workers), clock=self.clock,
            requests=self._answering, skills=partial(PatientWorker, clock=self.clock),
        )
        return ReplayedAgent(self.config, passing=True, world=world)

    def clock(self) -> datetime:
        """Local time: as it was when the turn began, and on from there."""
        loop = asyncio.get_running_loop()
        try:
            then = datetime.fromisoformat(self.record.outside.before.now)
        except ValueError:
            then = datetime.fromtimestamp(self.record.began).astimezone()
        return then + timedelta(seconds=loop.time() - self._began)

    def begins(self) -> None:
        """The turn begins now: the agent is up."""
        self._began = asyncio.get_running_loop().time()

    async def furnish(self, agent: Agent) -> None:
        """Put in place what was there: timers, and what links outside this process found."""
        for timer in self.record.outside.before.timers:
            await agent.timers.take_up(max(1.0, timer.seconds), max(1.0, timer.left), timer.name, timer.source)
        chain = agent.services.chain
        chain.late = (LateLink("record", self._guess, GUESS_SECONDS),)
        chain.talker = self if self._answered_freely() else None

    async def answer(self, words: str, floor: Floor) -> Replied:
        """As the link that answered freely: its orders are given again, then what it said is said."""
        answered = [event for event in self._events if isinstance(event, Answered)][-1]
        for event in self._events:
            if isinstance(event, Understood):
                floor.pause()
                await floor.order(Match(event.skill, event.intent, event.slots, event.text))
        floor.say(answered.text)
        return Replied(answered.text, answered.outcome)

    def answer_to(self, order: HandleRequest) -> Answer | None:
        """What the skill answered to the same order in the record."""
        for known in self.record.outside.orders:
            same = (known.skill, known.intent, known.slots) == (order.skill, order.intent, dict(order.slots))
            if same and known.answer is not None:
                return Answer.from_dict(known.answer)
        return None

    def missed(self) -> list[str]:
        """What skills asked for that the record does not have."""
        return self._requests.missed if self._requests is not None else []

    # What the agent is given.

    @asynccontextmanager
    async def _home(self, config: Config, bus: Bus) -> AsyncIterator[Home]:
        outside = self.record.outside
        seconds = {(e.device, e.command): e.seconds for e in self._events if isinstance(e, ActionFinished)}
        home = RecordedHome(
            self._household, outside.requests, seconds, bus.post, connected=outside.before.connected
        )
        async with home:
            yield cast(Any, home)

    def _workers(self, config: Config, bus: Bus, grammar: Grammar) -> TextWorkers | HearingWorkers:
        heard = {e.text: e.played for e in self._events if isinstance(e, PlaybackFinished) and e.completed and e.text}
        voice = QuietVoice(heard)
        return HearingWorkers(config, bus, grammar, voice) if self._hears else TextWorkers(voice)

    def _answering(self, requests: SkillRequests) -> SkillRequests:
        self._requests = RecordedRequests(requests, self.record.outside.requests)
        return self._requests

    def _recorded_home(self, config: Config) -> Household:
        packed = self.record.outside.before.home
        if packed:
            return unpack(packed, f"turn {self.record.id}")
        self.notes.append("the record holds no home: that of the settings stands in for it")
        return Household.load(config.home.household) if config.home.household else Household()

    def _answered_freely(self) -> bool:
        """Whether a language model answered: no sentence and no other link had a meaning for the words."""
        understood = [event.link for event in self._events if isinstance(event, Understood)]
        refused = any(isinstance(event, NotUnderstood) for event in self._events)
        answers = [event.outcome for event in self._events if isinstance(event, Answered)]
        return not refused and bool(answers) and answers[-1] not in UNANSWERED and set(understood) <= {TALKER}

    async def _guess(self, words: str, view: View) -> Found | None:
        """What a link outside found, and whether it was sure: then nobody was asked before."""
        asked = False
        for event in self._events:
            asked = asked or isinstance(event, QuestionAsked)
            if isinstance(event, Understood) and event.link not in (*AT_ONCE, TALKER):
                match = Match(event.skill, event.intent, event.slots, event.text)
                return Found(match, event.link, not asked, event.confidence)
        return None


def settings_of_replay(config: Config) -> Config:
    """The settings for an agent that keeps nothing and reaches nothing."""
    return config.model_copy(update={
        "store": Store(path=Path(":memory:")), "recorder": Recorder(), "server": Server(enabled=False),
        "home": HomeSettings(household=None, simulate=False),
    })
