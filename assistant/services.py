"""What all sessions share, in one place: the agent builds it, sessions and turns use it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from assistant.asr.base import Opener
from assistant.asr.second import SecondHearing
from assistant.audio.frontend import FrontEnd
from assistant.audio.thread import Audio
from assistant.bus import Bus
from assistant.dialogue.chain import Chain
from assistant.events import ComponentFailed
from assistant.grammar.base import Match, View
from assistant.home_assistant.interpreter import Interpreter
from assistant.skills import builtin
from assistant.skills.messages import Answer, HandleRequest
from assistant.tts.client import SynthesizerClient
from assistant.turns.bargein import BargeInConfig
from assistant.turns.endpoint import EndpointConfig
from assistant.turns.judge import Thresholds
from assistant.turns.loudness import LoudnessConfig
from assistant.vad.base import Vad
from assistant.wake.base import WakeWord
from assistant.wake.calls import Calls
from assistant.wake.client import PhraseClient

if TYPE_CHECKING:
    from assistant.people.guard import Guard
    from assistant.people.presence import Presence
    from assistant.skills.effects import Effects
    from assistant.turns.questions import Questions

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TurnConfig:
    """How turns are taken."""

    endpoint: EndpointConfig = field(default_factory=EndpointConfig)
    thresholds: Thresholds = field(default_factory=Thresholds)
    bargein: BargeInConfig = field(default_factory=BargeInConfig)
    no_speech_seconds: float = 5.0
    """Wait for an order after the wake word."""
    follow_up_seconds: float = 5.0
    """Wait for another order after an answer; 0: do not."""
    ring_seconds: float = 40.0
    """Sound kept per source."""
    chime: bool = True
    """A short sound when it begins to listen."""
    loudness: LoudnessConfig = field(default_factory=LoudnessConfig)


@dataclass(slots=True)
class Services:
    """Shared by all sessions."""

    bus: Bus
    config: TurnConfig
    audio: Audio
    vad: Vad
    frame_wakes: Sequence[WakeWord]
    calls: Calls
    """The wake phrases, and what each does."""
    stop_phrases: Sequence[str]
    front_end: Callable[[bool], FrontEnd]
    """(whether the device cancels its own echo) -> a front end for one source."""
    recognizer: Opener
    phrases: PhraseClient
    voice: SynthesizerClient
    chain: Chain
    effects: Callable[[str], Effects]
    handle: Callable[[HandleRequest, Effects, Questions], Awaitable[Answer]]
    """(order, its journal, who can be asked) -> what the skill answers."""
    is_risky: Callable[[Match], bool]
    examples: Callable[[], Sequence[str]]
    on_loop: Callable[..., None]
    """Run a callback on the event loop, from any thread; inline in audio time."""
    clock: Callable[[], datetime] = datetime.now
    """Local time."""
    second: SecondHearing | None = None
    """Hears again what nothing understood."""
    interpreter: Interpreter | None = None
    """Of Home Assistant's sentences, where they are understood."""
    presence: Presence | None = None
    """Knows who speaks."""
    guard: Guard | None = None
    """Knows what they may; ``handle`` asks it by itself."""

    def is_stop(self, match: Match) -> bool:
        """Whether the meaning is "stop" or "never mind"."""
        return match.skill == builtin.SKILL and match.intent in ("Stop", "NeverMind")

    def meaning(self, view: View, text: str) -> tuple[str, str, dict[str, Any]] | None:
        """Skill, intent and slots of a sentence under a view; None where it has no meaning."""
        found = self.chain.understand(text, "", view)
        return (found.match.skill, found.match.intent, found.match.slots) if found is not None else None

    def report(self, source: str, turn: str, error: BaseException) -> None:
        """A turn failed: log it and tell the bus."""
        log.error("a turn of %s failed", source, exc_info=error)
        self.bus.post(
            ComponentFailed(source=source, turn=turn, component="turn", error=f"{type(error).__name__}: {error}")
        )


def loop_caller(loop: asyncio.AbstractEventLoop) -> Callable[..., None]:
    """Calls that come from any thread and run on ``loop``; a closed loop drops them."""

    def call(callback: Callable[..., None], *args: Any) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(callback, *args)

    return call


