"""The agent: builds what the configuration asks for, starts it, and opens a session for every source."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Any

from assistant.asr.second import SecondHearing
from assistant.audio.frontend import FrontEnd, FrontEndConfig, load_processing
from assistant.audio.thread import Audio, AudioThread, InlineAudio
from assistant.bus import Bus
from assistant.clock import VirtualLoop
from assistant.config import Config, Wake
from assistant.config.listening import wake_options
from assistant.dialogue.chain import Chain
from assistant.dialogue.keeper import GrammarKeeper
from assistant.dialogue.tongues import question_in, tongue
from assistant.errors import AssistantError
from assistant.events import PeopleChanged, TimerRang, TimerSilenced, WakeChanged
from assistant.grammar.base import Match, View
from assistant.grammar.grammar import Grammar
from assistant.home.home import Home
from assistant.home.vocabulary import vocabulary
from assistant.links import waited_for
from assistant.nlu.client import UnderstandingClient
from assistant.parts import Workers, World, interpreter, turn_config
from assistant.paths import database
from assistant.people.claims import Claims
from assistant.people.guard import Guard
from assistant.people.learned import Learner
from assistant.people.permissions import Permissions
from assistant.people.pin import Pin
from assistant.people.presence import Presence
from assistant.people.register import Register
from assistant.people.rules import load_rules
from assistant.people.steps import StepUps
from assistant.people.voices import Voices
from assistant.planner import Planner
from assistant.recorder.doubts import Doubts, doubt_sounds
from assistant.recorder.outside import Overheard
from assistant.recorder.recorder import Recorder
from assistant.registry import Registry
from assistant.ringer import Ringer
from assistant.services import Services, loop_caller
from assistant.session import Session
from assistant.skills import builtin
from assistant.skills.builtin import STOP_PHRASES
from assistant.skills.calls import Asker
from assistant.skills.catalogue import loadable
from assistant.skills.effects import Effects, Journals
from assistant.skills.messages import Answer, HandleRequest
from assistant.skills.order_requests import OrderPort
from assistant.skills.reach import watch_bus
from assistant.skills.reload import Reloader, snapshot
from assistant.skills.requests import AgentParts, AgentRequests
from assistant.skills.skillset import SkillSet
from assistant.skills.words import Words
from assistant.store.clocks import Clocks, LoopClocks
from assistant.store.store import Store
from assistant.store.timers import Timers
from assistant.store.values import SkillData
from assistant.turns.views import FOLLOW_UPS, ORDERS
from assistant.wake.base import WakeWord
from assistant.waking import Waking
from assistant.web import Web
from assistant.workers.together import side_by_side

log = logging.getLogger(__name__)

SWITCH_SECONDS = 0.001
"""The event loop waits so long at most while the audio thread computes (Python's own 5 ms are felt under load)."""


class Agent:
    """An assistant that runs. ``async with Agent(config) as agent``.

    Args:
        passing: it is here for one recording, perhaps beside the one that lives here: the household's
            timers are not its business, and its own end with it.
        world: what it stands in; None: the real one.

    Raises on entry:
        AssistantError: a part that nothing works without cannot be built; says which and how to mend it.
    """

    def __init__(
        self, config: Config, registry: Registry | None = None, *, passing: bool = False, world: World | None = None
    ) -> None:
        self.config = config
        self._passing = passing
        self._world = world or World()
        self.registry = registry or Registry()
        self.sessions: dict[str, Session] = {}
        self.bus: Bus
        self.home: Home
        self.store: Store
        self.timers: Timers
        self.skills: SkillSet
        self.services: Services
        self.web: Web
        self.voices: Voices
        self.presence: Presence
        self.pin: Pin
        self.guard: Guard
        self.workers: Workers
        self.doubts: Doubts | None = None
        """Keeps the sound of doubtful wake phrases, where that is switched on."""
        self._stack = AsyncExitStack()
        self._audio: Audio
        self._understanding: UnderstandingClient | None = None
        self._tasks: set[asyncio.Future[None]] = set()

    async def __aenter__(self) -> Agent:
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for session in list(self.sessions.values()):
            await self.close_session(session, "the assistant stops")
        await self._stack.aclose()

    # --- sources

    def open_session(
        self, name: str, kind: str, area: str | None = None, *, silent: bool = False, own_echo: bool = False,
        remote: bool = False,
    ) -> Session:
        """Open a source.

        Args:
            area: its room; None or empty: what the configuration says.
            silent: it has no loudspeaker, its answers are read.
            own_echo: it cancels the echo of its loudspeaker itself, as browsers do.
            remote: it stands on another machine, where anybody may type.
        """
        area = area or self.config.area_of(name)
        session = Session(name, kind, area, self.services, silent=silent, own_echo=own_echo, remote=remote)
        self.sessions[name] = session
        self.ringer.opened(session)
        if not silent:
            self._in_background(self._prepare_recognizer())
        return session

    async def close_session(self, session: Session, reason: str = "") -> None:
        """Close a source."""
        if self.sessions.get(session.name) is session:
            del self.sessions[session.name]
        await session.close(reason)

    def examples(self, skill: str = "") -> list[str]:
        """Things to say that will be understood: to one skill, or one of each skill first."""
        grammar = self.keeper.grammar
        return [example for example in self.skills.examples(skill) if grammar.contains(example)]

    def suggestions(self) -> list[str]:
        """The same for people who did not ask, in the household's language; none where nothing is known of it."""
        language, grammar = self.config.language, self.keeper.grammar
        spoken, found = tongue(language), self.skills.examples(language=language)
        if spoken is not None:
            found += spoken.suggestions(self.home.devices.values())
        return [example for example in found if grammar.contains(example)]

    def busy(self) -> bool:
        """Whether a stage outside the event loop is at work: audio time waits for it."""
        loop = asyncio.get_running_loop()
        threads = isinstance(loop, VirtualLoop) and loop.threads_busy
        stores = self._timer_store.busy or self.store.busy
        at_work = self.workers.busy or self.skills.busy or self.home.busy > 0 or self.voices.busy > 0
        return at_work or threads or self.web.busy or stores

    def pids(self) -> list[tuple[str, int]]:
        """Name and process of every worker and skill host; not the broker's and the simulated home's."""
        running = [(worker.spec.name, worker.pid) for worker in self.workers.all]
        if self._understanding is not None:
            running.append((self._understanding.worker.spec.name, self._understanding.worker.pid))
        running += [(name, host.pid) for name, host in self.skills.processes()]
        return [(name, pid) for name, pid in running if pid is not None]

    # --- start

    async def _start(self) -> None:
        sys.setswitchinterval(SWITCH_SECONDS)
        self.bus = Bus()
        self._stack.push_async_callback(self.bus.close)
        virtual = isinstance(asyncio.get_running_loop(), VirtualLoop)
        self._audio = InlineAudio() if virtual else AudioThread()
        self._stack.callback(self._audio.close)
        await self._start_store(virtual)
        self.keeper = GrammarKeeper(Grammar())
        self.waking = Waking(self.config, lambda: self.keeper.grammar, lambda: self.workers.phrases, self._called)
        self._stack.callback(self.keeper.close)
        self.workers = self._world.workers(self.config, self.bus, self.keeper.grammar)
        self._stack.push_async_callback(self.workers.close)
        await side_by_side(
            self.workers.start(), self._start_home_and_skills(), asyncio.to_thread(load_processing)
        )
        self.services = self._services()
        await self.workers.recognizer.sync()
        self.keeper.on_change = self._grammar_changed
        self.keeper.on_words = lambda: self._in_background(self._prepare_recognizer())
        self.home.watch(self._home_changed)
        self.ringer = Ringer(self.timers, lambda: self.sessions)
        self.bus.actor("timers", self.ringer.happened, TimerRang, TimerSilenced)
        orders = OrderPort(self._orders_in, self._handle)
        planner = Planner(
            self.timers, lambda: self.sessions, self._area_of, orders, self.bus.post, self.guard.claims.put
        )
        self.bus.actor("planned orders", planner.happened, TimerRang)
        await self.timers.start()
        if isinstance(asyncio.get_running_loop(), VirtualLoop):
            await self.voices.listen()  # a recording is heard from its first word on
        else:
            self._in_background(self.voices.listen())
        self._follow_files()
        self._keep_doubts(virtual)

    def _keep_doubts(self, virtual: bool) -> None:
        """Keep the sound of doubtful wake phrases where that is wanted; not of one recording."""
        if not self.config.keeps_doubts or self._passing or virtual:
            return
        recorder = self.config.recorder
        sounds = doubt_sounds(recorder.days, recorder.megabytes)
        self.doubts = Doubts(
            self.bus, sounds, self.sessions.get, self.waking.calls, keeps=self.presence.keeps_sound
        )
        self.doubts.start()
        self._stack.push_async_callback(self.doubts.close)

    def _follow_files(self) -> None:
        """What is saved in a skill's folder takes effect; not for one recording, and not where time stands still."""
        if self._passing or isinstance(asyncio.get_running_loop(), VirtualLoop):
            return
        reloader = Reloader(
            self.config, self.skills, self._skill_files, self.keeper.grammar, self.bus.post, self._skills_changed
        )
        reloader.start()
        self._stack.push_async_callback(reloader.close)

    async def _start_store(self, virtual: bool) -> None:
        self.store = await self._stack.enter_async_context(Store(self.config.store.path or database()))
        self._timer_store = await self._stack.enter_async_context(Store(":memory:")) if self._passing else self.store
        self.timers = Timers(self._timer_store, self.bus.post, LoopClocks() if virtual else Clocks())
        self._stack.callback(self.timers.close)
        await self._start_people()
        self._recorder = Recorder(
            self.config, self.bus, self.store, self.timers, lambda: self.home, self.sessions.get, self._world.clock,
            lasting=not virtual and not self._passing, keeps=self.presence.keeps,
        )
        self.turns = (await self._stack.enter_async_context(self._recorder)).turns

    async def _start_people(self) -> None:
        """Who is known here is read at once, as rights depend on it; their voices are listened to when all is up."""
        config, register = self.config, Register(self.store)
        self.voices = Voices(
            register, self._world.embedder(config, self.bus),
            lambda: self.registry.build("vad", config.vad.backend, config.vad.options),
        )
        self._stack.push_async_callback(self.voices.close)
        rules = load_rules(config.people.rules)
        permissions, claims = Permissions(rules, lambda: self.voices.people, self._world.clock), Claims()
        learner = Learner(register, lambda: self.voices.embedder.name, self.voices.listen)
        self._stack.push_async_callback(learner.close)
        learn = learner.heard if config.people.learn else None
        self.presence = Presence(self.voices, claims, permissions, learn=learn)
        self.pin = Pin(self.store)  # one for all who ask: tries are counted one after the other
        steps = StepUps(self.presence.scores, self.pin, lambda: self.voices.people)
        self.guard = Guard(permissions, claims, steps, self.bus.post)
        await self.voices.read()

    async def people_changed(self) -> None:
        """Somebody was enrolled, renamed or forgotten."""
        self.presence.forget()
        await self.voices.changed()
        self.bus.post(PeopleChanged())

    async def _start_home_and_skills(self) -> None:
        self.home = await self._stack.enter_async_context(self._world.home(self.config, self.bus))
        self.web, words = Web(), Words()
        parts = AgentParts(
            self.home, self.timers, SkillData(self.store), self.guard, self.sessions.get,
            lambda: list(self.sessions.values()), self.home, watch_bus(self.bus), self.web,
            self.workers.voice.prepare, self.examples, words,
            OrderPort(self._orders_in, self._handle), self.waking, partial(question_in, self.config.language),
        )
        self._skill_files = await asyncio.to_thread(snapshot, self.config)
        shipped, others, waiting = await asyncio.to_thread(loadable, self.config)
        self.skills = SkillSet(
            shipped, others, Overheard(self._world.requests(AgentRequests(parts)), self._recorder.notes),
            self.bus.post, disabled=self.config.skills.disabled, language=self.config.language,
            settings=self.config.skill_settings, clock=self._world.clock, worker=self._world.skills,
            words=words,
        )
        self.skills.problems += waiting
        self.keeper.interpreter = interpreter(self.config, self.home, self.timers)
        self._stack.push_async_callback(self.skills.close)
        await asyncio.gather(self._start_skills(), self._await_devices())
        self.keeper.set_lists(vocabulary(self.home))
        await asyncio.to_thread(self.keeper.warm, FOLLOW_UPS, ORDERS)
        words.connect(self.keeper.set_words)  # not before: another thread was at work on the grammar

    async def _start_skills(self) -> None:
        reading = asyncio.to_thread(self.keeper.interpreter.read) if self.keeper.interpreter is not None else None
        await asyncio.gather(self.skills.start(), *(() if reading is None else (reading,)))
        self.skills.teach(self.keeper.grammar)
        self._interpret()

    def _interpret(self) -> None:
        """Take in Home Assistant's sentences for what the loaded skills can do, and the language's yes and no."""
        spoken = tongue(self.config.language)
        if spoken is not None:
            self.keeper.grammar.set_rules(f"{builtin.SKILL} {self.config.language}", spoken.rules())
        if self.keeper.interpreter is not None:
            self.keeper.interpreter.teach(self.keeper.grammar, self.skills.skills)

    async def _await_devices(self) -> None:
        """Those of a broker that is our own: of another one nobody knows how many will come, or when."""
        if self.config.home.broker is None:
            await self.home.settled()

    def _services(self) -> Services:
        config, workers = self.config, self.workers
        loop = asyncio.get_running_loop()
        build = self.registry.build
        return Services(
            bus=self.bus, config=turn_config(config), audio=self._audio, clock=self._world.clock,
            vad=build("vad", config.vad.backend, config.vad.options),
            frame_wakes=[self._frame_wake(wake) for wake in config.wake if wake.backend != "phrase"],
            calls=self.waking.calls,
            stop_phrases=STOP_PHRASES,
            front_end=lambda own_echo: FrontEnd(FrontEndConfig(echo=config.audio.echo and not own_echo)),
            recognizer=workers.recognizer, phrases=workers.phrases, voice=workers.voice,
            chain=self._chain(),
            effects=Journals(), handle=self._recorder.notes.handling(self._handle, self.skills.recall),
            is_risky=self._is_risky, examples=self.suggestions,
            second=SecondHearing(workers.second, config.asr.second_seconds) if workers.second is not None else None,
            interpreter=self.keeper.interpreter, presence=self.presence, guard=self.guard,
            on_loop=_at_once if isinstance(loop, VirtualLoop) else loop_caller(loop),
        )

    def _chain(self) -> Chain:
        """The fallback chain; in audio time, which waits for nothing outside, of the links that answer at once."""
        named = self.config.understanding.links
        at_once = {"grammar": self.keeper.by_reading, "open": self.keeper.by_open_text}
        links = [(name, at_once[name]) for name in named if name in at_once]
        if isinstance(asyncio.get_running_loop(), VirtualLoop):
            return Chain(links)
        waited = waited_for(self.config, self.bus, self.keeper.grammar)
        self._understanding = waited.trained
        waited.start()
        self._stack.push_async_callback(waited.close)
        return Chain(links, waited.late, waited.talker)

    def _frame_wake(self, wake: Wake) -> WakeWord:
        """A detector of a trained phrase; one that knows several is told which."""
        word: WakeWord = self.registry.build(
            "wake", wake.backend, wake_options(wake, self.registry, self.config.false_accept_hours)
        )
        return word

    def _area_of(self, source: str) -> str:
        session = self.sessions.get(source)
        return session.area if session is not None else self.config.area_of(source)

    def _orders_in(self, text: str, view: View) -> Sequence[Match]:
        return self.services.chain.orders(text, view)

    async def _handle(
        self, order: HandleRequest, effects: Effects | None = None, asker: Asker | None = None
    ) -> Answer:
        return await self.guard.handle(self.skills.handle, order, effects, asker)

    # --- what happens meanwhile

    def _is_risky(self, match: Match) -> bool:
        return self.skills.is_risky(match, self.home.devices)

    def _home_changed(self, change: str, device: object) -> None:
        if change != "changed":
            self.keeper.set_lists_soon(lambda: vocabulary(self.home))

    def _called(self, config: Config) -> None:
        self.config = config
        self.bus.post(WakeChanged(phrase=self.waking.phrase))

    def _skills_changed(self) -> None:
        self._interpret()
        self.keeper.warm(FOLLOW_UPS, ORDERS)
        self._grammar_changed()

    def _grammar_changed(self) -> None:
        self._in_background(self._prepare_recognizer())
        if self._understanding is not None:
            self._understanding.grammar_changed()

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _prepare_recognizer(self) -> None:
        """Give the recogniser what is new in the grammar, and let it look at what may be said in each room."""
        try:
            await self.workers.recognizer.sync()
            for area in {session.area for session in self.sessions.values() if not session.silent}:
                await self.workers.recognizer.warm(replace(ORDERS, area=area))
            if self.workers.second is not None:
                await self.workers.second.warm(None)
        except AssistantError as error:
            log.warning("the recogniser did not take the new words yet: %s", error)


def _at_once(callback: Callable[..., None], *args: Any) -> None:
    callback(*args)
