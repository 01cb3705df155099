"""Everything a session shares, scripted: a voice of tones, phrases by the clock, lamps that obey, a small grammar."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np

from assistant.asr.base import Opener
from assistant.asr.second import SecondHearing
from assistant.audio.frames import SAMPLE_RATE, Frame, Pcm
from assistant.audio.frontend import FrontEnd, FrontEndConfig
from assistant.audio.thread import InlineAudio
from assistant.bus import Bus
from assistant.dialogue.chain import Chain, LateLink, Talker
from assistant.dialogue.keeper import GrammarKeeper
from assistant.errors import WorkerLost
from assistant.grammar.base import Match, Rule, Value, View
from assistant.grammar.grammar import Grammar
from assistant.services import Services, TurnConfig
from assistant.skills import builtin
from assistant.skills.calls import Asker
from assistant.skills.effects import Change, Effects, Journals
from assistant.skills.messages import Answer, HandleRequest
from assistant.tts.base import Speech
from assistant.vad.base import VadResult
from assistant.wake.base import WakeHit
from assistant.wake.calls import Call, Calls

WORD_SECONDS = 0.3
"""Sound of one word of the fake voice."""
TONE = (np.sin(np.arange(round(WORD_SECONDS * SAMPLE_RATE)) / 5) * 8000).astype(np.int16)
HANGOVER = 0.06
"""Seconds after which the fake detector notices that speech has ended."""
UNCHANGED = FrontEndConfig(echo=False, high_pass=False)
"""The microphone does not hear the loudspeaker."""
ROOMS = ("living room", "bedroom", "kitchen")
SKILL = "fake"
RULES = (
    Rule(SKILL, "TurnOn", ("turn on the light [in the {area}]",)),
    Rule(SKILL, "TurnOff", ("turn off the light [in the {area}]",)),
    Rule(SKILL, "Tale", ("tell me a tale",)),
    Rule(SKILL, "Unlock", ("unlock the door",)),
    Rule(SKILL, "Paint", ("paint the wall",)),
    Rule(SKILL, "Again", ("and the {area}",), "follow_up"),
    Rule(SKILL, "Lost", ("lose the skill",)),
    Rule(SKILL, "Fault", ("break the skill",)),
)
TALE = "Once upon a time there was a lamp that nobody ever asked to shine so it slept"
COLOURS = View(scopes=("stop",), sentences=("red", "blue"))


class FakeVoice:
    """A tone for every word. Stands in for ``SynthesizerClient``.

    Attributes:
        seconds: what a word takes to be made, on the loop's clock.
        fails_after: words after which it fails; None: never.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self.fails_after: int | None = None
        self.said: list[str] = []
        self.prepared: list[str] = []
        self.made = 0
        """Words."""
        self.abandoned = 0
        """Texts that were not made to their end."""

    async def speak(self, text: str) -> AsyncGenerator[Speech, None]:
        """One piece a word."""
        self.said.append(text)
        words = text.split()
        whole = False
        try:
            for number, word in enumerate(words):
                if number == self.fails_after:
                    raise WorkerLost("fell silent", where="worker voice")
                await asyncio.sleep(self.seconds)
                self.made += 1
                yield Speech(TONE, SAMPLE_RATE, word, last=number == len(words) - 1)
            whole = True
        finally:
            self.abandoned += not whole

    def prepare(self, text: str) -> None:
        """Note it."""
        self.prepared.append(text)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase by the clock."""

    start: float
    end: float
    """Seconds."""
    text: str
    score: float = 1.0
    threshold: float = -math.inf


class FakePhrases:
    """Finds the scripted phrases with which a piece of sound begins. Stands in for ``PhraseClient``."""

    LEAD = 0.6
    """Seconds that may lie before the phrase."""

    def __init__(self, script: Sequence[Phrase] = (), seconds: float = 0.02) -> None:
        self.script = script
        self.seconds = seconds
        self.lost = False
        self.asked: list[tuple[str, int, int]] = []
        """(source, first sample, first sample after) of each piece, without what came before it."""
        self.before: list[int] = []
        """Samples that came before each."""

    async def score(
        self, source: str, pcm: Pcm, sample: int, phrases: Sequence[str], below: float = 0.0, before: int = 0
    ) -> list[WakeHit]:
        """See ``PhraseClient.score``."""
        end = sample + len(pcm)
        sample += before
        self.before.append(before)
        self.asked.append((source, sample, end))
        await asyncio.sleep(self.seconds)
        if self.lost:
            raise WorkerLost("is being restarted", where="worker phrases")
        hits = [
            WakeHit(
                said.text, round(said.start * SAMPLE_RATE), round(said.end * SAMPLE_RATE), said.score, said.threshold
            )
            for said in self.script if said.text in phrases and said.score >= said.threshold - below
        ]
        return [hit for hit in hits if 0 <= hit.start - sample <= self.LEAD * SAMPLE_RATE and hit.end <= end]


class FakeSkills:
    """A lamp in every room, and skills that ask, talk and fail. Stands in for ``SkillSet``."""

    def __init__(self, seconds: float = 0.15) -> None:
        self.seconds = seconds
        """What a lamp takes to obey."""
        self.lamps = dict.fromkeys(ROOMS, False)
        self.log: list[str] = []
        """Every change of a lamp, undone ones too: ``bedroom on``."""
        self.orders: list[HandleRequest] = []
        self.locked = True
        self.colour = ""

    async def handle(self, order: HandleRequest, effects: Effects, asker: Asker) -> Answer:
        """See ``SkillSet.handle``."""
        self.orders.append(order)
        if order.skill == builtin.SKILL:
            return builtin.answer(order)
        area = str(order.slots.get("area", order.area))
        match order.intent:
            case "TurnOn" | "Again":
                return await self._switch(area, True, effects)
            case "TurnOff":
                return await self._switch(area, False, effects)
            case "Tale":
                return Answer(TALE, "info")
            case "Unlock":
                # In no task of the turn's, as what a skill's process asks for: that goes on when the turn is cancelled.
                self.unlocking = asyncio.create_task(self._unlock(asker))
                await asyncio.shield(self.unlocking)
                return Answer("Unlocked.") if not self.locked else Answer("It stays locked.", "refused")
            case "Paint":
                found = await asker.ask("In which colour?", COLOURS)
                self.colour = found.text if found is not None else ""
                return Answer(f"Painted it {self.colour}.") if self.colour else Answer("I leave it.", "cancelled")
            case "Lost":
                raise WorkerLost("died", where="worker skills")
        raise RuntimeError("a fault")

    async def _unlock(self, asker: Asker) -> None:
        self.locked = not await asker.confirm("Unlock the door?")

    async def _switch(self, area: str, on: bool, effects: Effects) -> Answer:
        async def work() -> Change:
            before = self.lamps[area]
            await self._put(area, on)
            return Change(None, lambda: self._put(area, before), before)

        await effects.run(("lamp", area, on), ("lamp", area), work)
        return Answer(f"The {area} light is {'on' if on else 'off'}.", "done", devices=(area,))

    async def _put(self, area: str, on: bool) -> None:
        await asyncio.sleep(self.seconds)
        self.lamps[area] = on
        self.log.append(f"{area} {'on' if on else 'off'}")


@dataclass(slots=True)
class ScriptedVad:
    """Hears speech where the script has some: (first, last) seconds."""

    speech: Sequence[tuple[float, float]] = ()

    def stream(self) -> _ScriptedStream:
        return _ScriptedStream(self)


@dataclass(slots=True)
class _ScriptedStream:
    vad: ScriptedVad
    _speech: bool = False

    def feed(self, frame: Frame) -> VadResult:
        now, changed = frame.end / SAMPLE_RATE, None
        spoken = any(first < now <= last for first, last in self.vad.speech)
        before = max((last for first, last in self.vad.speech if first < now), default=-1.0)
        if spoken and not self._speech:
            self._speech, changed = True, frame.sample
        elif not spoken and self._speech and now >= before + HANGOVER:
            self._speech, changed = False, round(before * SAMPLE_RATE)
        return VadResult(self._speech, 0.95 if spoken else 0.05, changed)

    def reset(self) -> None:
        self._speech = False

    def close(self) -> None:
        """Nothing to end."""


@dataclass(slots=True)
class FakeParts:
    """What tests look into."""

    recognizer: Opener
    speech: Sequence[tuple[float, float]] = ()
    """Seconds in which somebody speaks."""
    voice: FakeVoice = field(default_factory=FakeVoice)
    phrases: FakePhrases = field(default_factory=FakePhrases)
    skills: FakeSkills = field(default_factory=FakeSkills)
    config: TurnConfig = field(default_factory=TurnConfig)
    calls: Calls = field(default_factory=lambda: Calls([Call("hey nova")]))
    late: Sequence[LateLink] = ()
    """Links of the chain that are waited for."""
    talker: Talker | None = None
    """The link that answers freely."""
    second: SecondHearing | None = None
    """Hears again what nothing understood."""


def taught() -> GrammarKeeper:
    """A grammar of ``RULES``, the rooms, and the agent's own sentences."""
    grammar = Grammar()
    grammar.set_list("area", [Value(room, room) for room in ROOMS])
    grammar.set_rules(SKILL, RULES)
    grammar.set_rules(builtin.SKILL, builtin.RULES)
    return GrammarKeeper(grammar)


def fake_services(parts: FakeParts, bus: Bus) -> Services:
    """Services made of fakes. Make them inside a running loop."""
    keeper = taught()
    return Services(
        bus=bus, config=parts.config, audio=InlineAudio(), vad=ScriptedVad(parts.speech), frame_wakes=[],
        calls=parts.calls, stop_phrases=builtin.STOP_PHRASES, front_end=lambda own_echo: FrontEnd(UNCHANGED),
        recognizer=parts.recognizer, phrases=cast(Any, parts.phrases), voice=cast(Any, parts.voice),
        chain=Chain([("grammar", keeper.by_reading), ("open", keeper.by_open_text)], parts.late, parts.talker),
        effects=Journals(),
        handle=parts.skills.handle, is_risky=_is_risky, examples=lambda: ("turn on the light", "tell me a tale"),
        on_loop=_at_once, second=parts.second,
    )


def _is_risky(match: Match) -> bool:
    return match.intent == "Unlock"


def _at_once(callback: Any, *args: Any) -> None:
    callback(*args)
