"""The agent's larger parts, built from the configuration: its worker processes and its home."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from assistant.asr.client import RecognizerClient
from assistant.bus import Bus
from assistant.config import Component, Config
from assistant.config.listening import scorer_options
from assistant.config.speaking import reading, voices
from assistant.errors import AssistantError
from assistant.grammar.grammar import Grammar
from assistant.home.broker import EmbeddedBroker
from assistant.home.home import Home
from assistant.home.schema import Household
from assistant.home.simulated import SimulatedProcess
from assistant.home_assistant.interpreter import Interpreter
from assistant.home_assistant.package import language_of
from assistant.home_assistant.states import timer_state
from assistant.nlu.client import UnderstandingClient
from assistant.paths import cache_dir
from assistant.people.voices import Embedder
from assistant.services import TurnConfig
from assistant.skills.calls import SkillRequests
from assistant.skills.worker_port import WorkerFactory
from assistant.speaker.client import SpeakerClient
from assistant.store.timers import Timers
from assistant.tts.client import SynthesizerClient
from assistant.turns.loudness import LoudnessConfig, hours
from assistant.wake.client import PhraseClient
from assistant.workers.spec import WorkerSpec
from assistant.workers.together import side_by_side
from assistant.workers.worker import Worker

log = logging.getLogger(__name__)

NICE = 10
"""Where processors are short, sound and events come before what the workers compute."""
SPARE = 1
"""Processors that hearing leaves to sound and events. The voice may have all: its first sound is waited for."""
LEARNING_NICE = 19
"""Nobody waits for a lesson."""
RECOGNIZER_DEADLINE = 6.0
"""Seconds for one call: decoding 15 s of speech takes about one."""
SPEAKER_DEADLINE = 2.0
"""Who is not known by then is a guest."""
SECOND = "second recogniser"
SCORER_DEADLINE = 2.0
"""A wake phrase that is found later is of no use."""


class Workers:
    """The recogniser, perhaps a second one, the phrase scorer and the voice, each in a process of its own."""

    def __init__(self, config: Config, bus: Bus, grammar: Grammar) -> None:
        spoken, *others = voices(config)
        self.all: list[Worker] = []
        recognizer = self._worker(bus, recognizer_spec(config.asr))
        second = config.asr.second
        scorer = self._worker(bus, scorer_spec(config))
        voice = self._worker(bus, _voice("voice", *spoken, reading(config)))
        fallback = Worker(_voice("fallback voice", *others[0], reading(config)), bus.post) if others else None
        self._fallback = fallback
        self.recognizer = RecognizerClient(recognizer, grammar)
        self.second = RecognizerClient(self._worker(bus, recognizer_spec(second, SECOND)), grammar) if second else None
        self.phrases = PhraseClient(scorer)
        self.voice = SynthesizerClient(voice, fallback)

    @property
    def busy(self) -> bool:
        """Whether one of them is at work."""
        return any(worker.busy for worker in self._with_fallback())

    async def start(self) -> None:
        """Start them side by side, however long a slow or busy machine takes.

        Raises:
            AssistantError: one that orders need cannot be built; says why.
        """
        apart = {self.voice.worker, self.second.worker if self.second is not None else None}
        first = [worker.start(patient=True) for worker in self.all if worker not in apart]
        await side_by_side(*first, self.voice.start(), self._start_second())

    async def _start_second(self) -> None:
        """Without it orders are understood all the same."""
        if self.second is None:
            return
        try:
            await self.second.worker.start(patient=True)
        except AssistantError as error:
            log.warning("there is no second recogniser: %s", error)

    async def close(self) -> None:
        """End them."""
        await self.voice.close()
        await asyncio.gather(*(worker.close() for worker in self._with_fallback()))

    def _with_fallback(self) -> list[Worker]:
        return [*self.all, *([self._fallback] if self._fallback is not None else [])]

    def _worker(self, bus: Bus, spec: WorkerSpec) -> Worker:
        worker = Worker(spec, bus.post)
        self.all.append(worker)
        return worker


def _voice(name: str, backend: str, options: dict[str, object], reading: dict[str, object]) -> WorkerSpec:
    settings = {"backend": backend, "options": options, **reading}
    return WorkerSpec(name, "assistant.tts.service:SynthesizerService", settings, nice=NICE)


def recognizer_spec(asr: Component, name: str = "recogniser") -> WorkerSpec:
    """The process that reads utterances."""
    return WorkerSpec(
        name, "assistant.asr.service:RecognizerService", {"backend": asr.backend, "config": dict(asr.options)},
        call_timeout=RECOGNIZER_DEADLINE, nice=NICE, spare=SPARE,
    )


def speaker_spec(speaker: Component) -> WorkerSpec:
    """The process that hears who speaks."""
    return WorkerSpec(
        "speaker", "assistant.speaker.service:SpeakerService",
        {"backend": speaker.backend, "config": dict(speaker.options)}, call_timeout=SPEAKER_DEADLINE, nice=NICE,
        spare=SPARE,
    )


def scorer_spec(config: Config) -> WorkerSpec:
    """The process that looks for typed wake phrases."""
    return WorkerSpec(
        "phrase scorer", "assistant.wake.service:PhraseService", {"config": scorer_options(config)},
        call_timeout=SCORER_DEADLINE, nice=NICE, spare=SPARE,
    )


@asynccontextmanager
async def open_home(config: Config, bus: Bus) -> AsyncIterator[Home]:
    """The home as configured: a broker of our own unless one is named, the simulation if asked for.

    It is connected; its devices come as they announce themselves.
    """
    async with AsyncExitStack() as stack:
        household = Household.load(config.home.household) if config.home.household else Household()
        broker = config.home.broker
        if broker is None:
            broker = await stack.enter_async_context(EmbeddedBroker())
        if config.home.simulate and config.home.household:
            simulation = SimulatedProcess(broker, config.home.household)
            await simulation.start()
            stack.push_async_callback(simulation.close)
        yield await stack.enter_async_context(Home(household, broker, bus.post))


def understanding(config: Config, bus: Bus, grammar: Grammar) -> UnderstandingClient:
    """Trained understanding in a process of its own."""
    spec = WorkerSpec(
        "understanding", "assistant.nlu.service:UnderstandingService", {"folder": str(cache_dir() / "understanding")},
        nice=LEARNING_NICE, spare=SPARE,
    )
    return UnderstandingClient(Worker(spec, bus.post), grammar)


def interpreter(config: Config, home: Home, timers: Timers) -> Interpreter | None:
    """Home Assistant's sentences in the household's language; None where they are switched off, or there are none."""
    language = language_of(config.language) if config.understanding.home_assistant else ""
    if not language:
        return None
    return Interpreter(language, home, lambda: [
        timer_state(timer.name, timer.seconds, timers.left(timer)) for timer in timers.all()
    ])


def turn_config(config: Config) -> TurnConfig:
    """How turns are taken, from the configuration."""
    turns = config.turns
    return TurnConfig(
        endpoint=turns.endpoint, thresholds=turns.thresholds, no_speech_seconds=turns.no_speech_seconds,
        follow_up_seconds=turns.follow_up_seconds, ring_seconds=config.audio.history_seconds, chime=turns.chime,
        loudness=LoudnessConfig(config.audio.follow_noise, hours(config.audio.night), config.audio.night_db),
    )


def local_now() -> datetime:
    """The present moment, with the zone of this place."""
    return datetime.now().astimezone()


def speaker_client(config: Config, bus: Bus) -> SpeakerClient:
    """What hears who speaks, in a process of its own that is not started yet."""
    return SpeakerClient(Worker(speaker_spec(config.speaker), bus.post))


@dataclass(frozen=True, slots=True)
class World:
    """What an agent stands in: the real one, unless a turn is replayed."""

    home: Callable[[Config, Bus], AbstractAsyncContextManager[Home]] = open_home
    workers: Callable[[Config, Bus, Grammar], Workers] = Workers
    clock: Callable[[], datetime] = local_now
    """Local time."""
    requests: Callable[[SkillRequests], SkillRequests] = lambda requests: requests
    """Stands between skills and what answers them."""
    skills: WorkerFactory = Worker
    """Where skills live."""
    embedder: Callable[[Config, Bus], Embedder] = speaker_client
    """Hears who speaks."""
