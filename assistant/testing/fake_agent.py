"""An agent without ears or brain: keeps what tabs send, plays what a test gives it. The server's tests use it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from assistant.audio.frames import FRAME_SAMPLES, Pcm
from assistant.bus import Bus, Observer
from assistant.errors import AssistantError
from assistant.events import Event, MuteChanged, SourceClosed, SourceOpened, VolumeChanged, WakeChanged
from assistant.server.people import PeopleView, TakeView
from assistant.server.port import AreaView, DeviceView, HouseholdView, Speaker

HOUSEHOLD = HouseholdView(
    wake="hey nova",
    suggestions=("turn on the kitchen light", "set a timer for five minutes", "what time is it"),
    areas=(AreaView("kitchen", "Kitchen"), AreaView("bedroom", "Bedroom")),
    devices=(
        DeviceView("kitchen_light", "Kitchen light", "light", "kitchen", state={"on": False}),
        DeviceView("bedroom_blinds", "Bedroom blinds", "cover", "bedroom", state={"open": True, "position": 100}),
    ),
    simulated=True,
)


class FakePeople:
    """A ``PeoplePort``: what it tells is set, what it is asked is kept."""

    def __init__(self) -> None:
        self.seen = PeopleView()
        self.did: list[tuple[str, Any]] = []
        self.takes: deque[TakeView] = deque()
        """What comes of each sentence; none left: it is listened to for ever."""
        self.fault: AssistantError | None = None
        """Raised by whatever is asked next."""
        self.locked = False
        """Whether settings of the household take the PIN."""

    async def view(self) -> PeopleView:
        return self.seen

    async def prove(self, pin: str) -> None:
        self._do("prove", pin)
        self.seen, self.locked = replace(self.seen, may_enrol=True), False

    async def check_settings(self) -> None:
        if self.locked:
            raise AssistantError("this takes the PIN")

    async def begin(self, name: str, groups: Sequence[str]) -> Sequence[str]:
        self._do("begin", (name, tuple(groups)))
        return ("Read this one.", "And that one.")

    async def read(self, sentence: int) -> TakeView:
        self._do("read", sentence)
        while not self.takes:  # noqa: ASYNC110 - a test gives one when it likes
            await asyncio.sleep(0.01)
        return self.takes.popleft()

    async def keep(self) -> tuple[str, bool]:
        self._do("keep", None)
        return "recognised 8 times in 8; nobody else is enrolled yet", True

    def give_up(self) -> None:
        self.did.append(("give_up", None))

    def _do(self, what: str, value: Any) -> None:
        self.did.append((what, value))
        if self.fault is not None:
            fault, self.fault = self.fault, None
            raise fault


class FakeSource:
    """One tab as a source: everything it was sent is kept, ``play`` gives it sound."""

    def __init__(self, agent: FakeAgent, name: str, kind: str, area: str, speaker: Speaker, remote: bool) -> None:
        self.name, self.kind, self.area, self.speaker, self.remote = name, kind, area, speaker, remote
        self.heard: list[Pcm] = []
        self.did: list[tuple[str, Any]] = []
        """What the person did, in order: ("text", "turn it on"), ("push_to_talk", True), ..."""
        self.closed = False
        self._agent = agent
        self._sound: deque[Pcm] = deque()
        self._said: deque[Pcm] = deque(maxlen=64)
        self.people = FakePeople()

    @property
    def sound(self) -> Pcm:
        """All that was heard, int16[n]."""
        return np.concatenate(self.heard) if self.heard else np.zeros(0, np.int16)

    def play(self, pcm: Pcm) -> None:
        """Play int16[n] at 16 kHz; the last frame is filled with silence."""
        whole = np.pad(pcm, (0, -len(pcm) % FRAME_SAMPLES)).astype(np.int16)
        self._sound.extend(whole.reshape(-1, FRAME_SAMPLES))
        self.speaker.wake()

    def pause(self) -> int:
        """Pause the sound and rewind to what was heard. Returns the samples rewound."""
        unheard = self.speaker.pause()
        frames = -(-unheard // FRAME_SAMPLES)
        self._sound.extendleft(self._said.pop() for _ in range(min(frames, len(self._said))))
        return unheard

    def resume(self) -> None:
        """Go on after a pause."""
        self.speaker.wake()

    def hush(self) -> int:
        """Stop the sound for good."""
        self._sound.clear()
        return self.speaker.stop()

    def feed(self, pcm: Pcm) -> None:
        self.heard.append(pcm)

    def pull(self) -> Pcm | None:
        if not self._sound:
            return None
        self._said.append(self._sound.popleft())
        return self._said[-1]

    def push_to_talk(self, down: bool) -> None:
        self._do("push_to_talk", down)

    def stop(self) -> None:
        self._do("stop", None)

    def mute(self, muted: bool) -> None:
        self._do("mute", muted)
        self._agent.emit(MuteChanged(source=self.name, muted=muted))

    def text(self, text: str) -> None:
        self._do("text", text)

    def meter(self, on: bool) -> None:
        self._do("meter", on)

    def volume(self, percent: int) -> None:
        self._do("volume", percent)
        self._agent.emit(VolumeChanged(source=self.name, percent=percent))

    async def close(self) -> None:
        self.closed = True
        self._agent.sources.pop(self.name, None)
        self._agent.emit(SourceClosed(source=self.name))

    def _do(self, what: str, value: Any) -> None:
        self.did.append((what, value))
        if self._agent.on_done is not None:
            self._agent.on_done(self, what, value)


class FakeAgent:
    """An ``AgentPort`` in memory. Make it inside a running loop."""

    def __init__(self, household: HouseholdView = HOUSEHOLD) -> None:
        self.bus = Bus()
        self.view = household
        self.sources: dict[str, FakeSource] = {}
        self.opened: list[FakeSource] = []
        self.fault: AssistantError | None = None
        """Raised when the next source opens."""
        self.on_done: Callable[[FakeSource, str, Any], None] | None = None
        """Called after each thing a person does: (source, what, value)."""
        self.against: list[str] = []
        """What speaks against any other wake phrase."""
        self.refused: dict[str, str] = {}
        """Why some cannot be used."""
        self._came = asyncio.Condition()

    async def open_source(self, name: str, *, kind: str, area: str, speaker: Speaker, remote: bool) -> FakeSource:
        if self.fault is not None:
            raise self.fault
        source = self.sources[name] = FakeSource(self, name, kind, area, speaker, remote)
        self.opened.append(source)
        async with self._came:
            self._came.notify_all()
        self.emit(SourceOpened(source=name, kind=kind, area=area))
        return source

    def subscribe(self) -> Observer:
        return self.bus.observer("page")

    def household(self) -> HouseholdView:
        return self.view

    async def look_at_phrase(self, phrase: str) -> list[str]:
        if phrase in self.refused:
            raise AssistantError(self.refused[phrase])
        return list(self.against)

    async def use_phrase(self, phrase: str) -> str:
        self.view = replace(self.view, wake=phrase)
        self.emit(WakeChanged(phrase=phrase))
        return phrase

    async def listen_for_hours(self, hours: float) -> None:
        self.view = replace(self.view, hours=hours)
        self.emit(WakeChanged(phrase=self.view.wake))

    def emit(self, event: Event) -> None:
        """Something happened."""
        self.bus.post(event)

    async def source(self, name: str = "page", seconds: float = 10.0) -> FakeSource:
        """The tab of that name, once it is connected."""
        async with asyncio.timeout(seconds), self._came:
            await self._came.wait_for(lambda: name in self.sources)
        return self.sources[name]
