"""Speaking: from a text to sound in the source's playback, one thing at a time, interruptible at any moment."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from assistant.audio.chime import chime, ring
from assistant.audio.clip import Clip
from assistant.audio.frames import Pcm
from assistant.audio.playback import Playback
from assistant.errors import WorkerError
from assistant.tts.client import SynthesizerClient
from assistant.tts.markup.ssml import words_of

log = logging.getLogger(__name__)

RING_PAUSE = 2.0
"""Seconds between two rings of a timer."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What became of an answer."""

    completed: bool
    seconds: float
    """Seconds that were heard."""


class Sink(Protocol):
    """A loudspeaker that fetches ahead and must be told; one that pulls at the pace of the ear needs nothing."""

    def wake(self) -> None:
        """There is something to pull again."""
        ...

    def pause(self) -> int:
        """Be silent at once; returns the samples at 16 kHz that were pulled and not heard."""
        ...

    def stop(self) -> int:
        """Be silent at once and for good."""
        ...


class Mouth:
    """The voice of one source. Sources without a loudspeaker have no mouth: nothing is synthesised for them."""

    def __init__(
        self, playback: Playback, voice: SynthesizerClient, silent: bool = False, *,
        lift: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._playback = playback
        self._lift = lift
        self._voice = voice
        self._silent = silent
        self.sink: Sink | None = None
        self._clip: Clip | None = None
        self._ringing = False

    @property
    def speaking(self) -> bool:
        """Whether something is being played or waits to be; between two rings, too."""
        return self._clip is not None or self._ringing

    def prepare(self, text: str) -> None:
        """Synthesise ahead what will probably be said."""
        if not self._silent and text:
            self._voice.prepare(text)

    async def say(self, text: str, what: str = "answer") -> Spoken:
        """Say a text; returns when it has been heard or was stopped. Cancelling stops the sound."""
        if self._silent or not text.strip():
            return Spoken(True, 0.0)
        clip = self._playback.play(what, words_of(text))
        return await self._play(clip, self._synthesise(clip, text))

    async def say_all(self, texts: AsyncIterable[str], what: str = "answer") -> Spoken:
        """Say texts one after another, each as soon as it is there, as one thing. As ``say``."""
        if self._silent:
            return Spoken(True, 0.0)
        clip = self._playback.play(what)
        return await self._play(clip, self._synthesise_all(clip, texts))

    async def _synthesise(self, clip: Clip, text: str) -> bool:
        """Fill the clip; whether the voice got to the end of the text."""
        try:
            return await self._write(clip, text)
        finally:
            clip.end()

    async def _synthesise_all(self, clip: Clip, texts: AsyncIterable[str]) -> bool:
        try:
            async for text in texts:
                clip.text = f"{clip.text} {words_of(text)}".strip()
                if not await self._write(clip, text):
                    return False
        finally:
            clip.end()
        return True

    async def _write(self, clip: Clip, text: str) -> bool:
        try:
            async for piece in self._voice.speak(text):
                if clip.stopped:
                    return False
                clip.write(piece.pcm, piece.rate, piece.text)
        except WorkerError as error:
            log.error("no voice could say %r: %s", text, error)
            return False
        return True

    async def _play(self, clip: Clip, fill: Coroutine[Any, Any, bool]) -> Spoken:
        self._clip = clip
        self._playback.lift = self._lift()
        self._wake_sink()
        filling = asyncio.create_task(fill)
        try:
            completed, seconds = await clip.finished
            return Spoken(completed and await filling, seconds)
        finally:
            filling.cancel()
            clip.stop()
            if self._clip is clip:
                self._clip = None

    async def play(self, name: str, pcm: Pcm, rate: int) -> None:
        """Play a sound: int16 mono at ``rate``; returns when it has been heard or was stopped."""
        if not self._silent:
            clip = self._playback.play("sound", name)
            await self._play(clip, _fill(clip, pcm, rate))

    def chime(self) -> None:
        """A short sound that says: I am listening."""
        if not self._silent:
            clip = self._playback.play("chime")
            clip.write(*chime())
            clip.end()
            self._wake_sink()

    async def ring(self, loudness: float) -> None:
        """Ring once, at a loudness of 0 to 1, and pause."""
        self._ringing = True
        try:
            if not self._silent:
                clip = self._playback.play("ring")
                clip.write(*ring(loudness))
                clip.end()
                self._wake_sink()
                try:
                    await clip.finished
                finally:
                    clip.stop()
            await asyncio.sleep(RING_PAUSE)
        finally:
            self._ringing = False

    def pause(self) -> None:
        """Be quiet at once, ready to go on."""
        self._playback.pause()
        if self.sink is not None:
            self._playback.rewind(self.sink.pause())

    def resume(self) -> None:
        """Go on where it was paused."""
        self._playback.resume()
        self._wake_sink()

    def stop(self) -> None:
        """Be quiet for good."""
        self._playback.stop()
        self._playback.resume()
        if self.sink is not None:
            self.sink.stop()

    def _wake_sink(self) -> None:
        if self.sink is not None:
            self.sink.wake()


async def _fill(clip: Clip, pcm: Pcm, rate: int) -> bool:
    """Fill a clip with a sound that is there."""
    clip.write(pcm, rate)
    clip.end()
    return True
