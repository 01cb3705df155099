"""A room with one source on a virtual clock: people in it speak by a script, its loudspeaker is kept frame by frame."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import numpy as np

from assistant.audio.frames import FRAME_SAMPLES, FRAME_SECONDS, Frame, Pcm
from assistant.bus import Bus
from assistant.clock import settle, virtual_loop
from assistant.events import Event, PlaybackFinished, TurnEnded
from assistant.session import Session
from assistant.testing.fake_ears import FakeRecognizer, Said
from assistant.testing.fake_services import FakeParts, FakePhrases, Phrase, fake_services

E = TypeVar("E", bound=Event)
T = TypeVar("T")

LOUD = 3000
"""Amplitude of somebody who speaks: -20 dBFS."""
AREA = "living room"


def spoken(
    *orders: tuple[float, float, str] | tuple[float, float, str, float], seconds: float = 0.05, made_out: float = 1.0
) -> FakeParts:
    """Parts for people who say these orders: (first second, last second, words[, confidence]).

    A text that begins with "hey nova" begins with the wake phrase, half a second long. "..." ends words that may go on.
    After " | " stands what they sound like just as much. ``made_out`` is the confidence of the words of the open text.
    """
    script, phrases, so_far, begun = [], [], "", 0.0
    for first, last, words, *confidence in orders:
        text, begins = words, first
        if words.startswith("hey nova"):
            begins = first + 0.5
            phrases.append(Phrase(first, begins, "hey nova"))
            text = words.removeprefix("hey nova").strip()
        goes_on = text.endswith("...")
        begun = begun if so_far else begins
        text, _, rival = text.partition(" | ")
        text = f"{so_far} {text.removesuffix('...')}".strip()
        so_far = text if goes_on else ""
        if text:
            sure = confidence[0] if confidence else 0.95
            script.append(Said(last, text, sure, can_go_on=goes_on, start=begun, rival=rival, made_out=made_out))
    return FakeParts(
        FakeRecognizer(script, seconds), [(order[0], order[1]) for order in orders], phrases=FakePhrases(phrases)
    )


class FakeRoom:
    """One session, what is said to it, and all that it does."""

    def __init__(self, parts: FakeParts, *, silent: bool = False) -> None:
        self.parts = parts
        self.bus = Bus()
        self._observer = self.bus.observer("test", size=100_000)
        self.session = Session("room", "test", AREA, fake_services(parts, self.bus), silent=silent)
        self.plugged = True
        """Whether the microphone brings sound."""
        self.played: list[Frame] = []
        self._events: list[Event] = []
        self._noise = np.random.default_rng(0)
        self._working: list[asyncio.Task[Any]] = []

    @property
    def now(self) -> float:
        """Seconds of sound heard."""
        return len(self.played) * FRAME_SECONDS

    @property
    def events(self) -> list[Event]:
        """All events so far."""
        while self._observer.queue:
            self._events.append(self._observer.queue.popleft())
        return self._events

    def all(self, kind: type[E]) -> list[E]:
        """Events of a kind, in order."""
        return [event for event in self.events if isinstance(event, kind)]

    def last(self, kind: type[E]) -> E:
        """The latest event of a kind; there must be one."""
        return self.all(kind)[-1]

    @property
    def completed(self) -> list[str]:
        """Answers that were heard to their end."""
        return [end.text for end in self.all(PlaybackFinished) if end.what == "answer" and end.completed]

    @property
    def ended(self) -> list[tuple[str, str]]:
        """(outcome, reason) of every turn that ended."""
        return [(end.outcome, end.reason) for end in self.all(TurnEnded)]

    def loud(self, first: float, last: float) -> bool:
        """Whether the loudspeaker gave a sound between these seconds."""
        frames = self.played[round(first / FRAME_SECONDS) : round(last / FRAME_SECONDS)]
        return any(bool(frame.pcm.any()) for frame in frames)

    def type(self, text: str) -> asyncio.Task[str]:
        """Somebody types; the task ends with the answer."""
        return self.begin(self.session.text(text))

    def begin(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Something that goes on while time goes by; cancelled when the room is closed."""
        task = asyncio.create_task(work)
        self._working.append(task)
        return task

    async def play(self, until: float) -> None:
        """Let time and sound go by, a frame at a time, all settling after each."""
        while self.now < until - 1e-9:
            pcm = self._sound()
            virtual_loop().advance(FRAME_SECONDS)
            self.played.append(self.session.pull())
            if self.plugged:
                self.session.feed(pcm)
            await settle()

    async def play_while(self, seconds: float, *, idle: bool = False) -> None:
        """Play until the turn under way is over (``idle``: until one begins), at most so long."""
        end = self.now + seconds
        while self.session.in_turn is not idle and self.now < end - 1e-9:
            await self.play(self.now + FRAME_SECONDS)
        assert self.session.in_turn is idle, "it did not come in time"

    async def close(self) -> None:
        """Close the session and whoever still waits for an answer."""
        await self.session.close("the test is over")
        for task in self._working:
            task.cancel()
        await asyncio.gather(*self._working, return_exceptions=True)
        await self.bus.close()

    def _sound(self) -> Pcm:
        end = self.now + FRAME_SECONDS
        if any(first < end <= last + 1e-9 for first, last in self.parts.speech):
            return self._noise.integers(-LOUD, LOUD, FRAME_SAMPLES).astype(np.int16)
        return np.zeros(FRAME_SAMPLES, np.int16)


@asynccontextmanager
async def room(parts: FakeParts, *, silent: bool = False) -> AsyncIterator[FakeRoom]:
    """A room, closed afterwards."""
    made = FakeRoom(parts, silent=silent)
    try:
        yield made
    finally:
        await made.close()
