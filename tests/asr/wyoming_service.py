"""A real Wyoming service for tests: the protocol's own server around Moonshine, in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import numpy as np
from wyoming.asr import Transcribe, Transcript, TranscriptChunk, TranscriptStart, TranscriptStop
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.event import Event
from wyoming.server import AsyncEventHandler, AsyncServer

from assistant.asr.moonshine.recognizer import MoonshineConfig, MoonshineRecognizer

STARTS_WITHIN = 10.0


@cache
def recognizer() -> MoonshineRecognizer:
    return MoonshineRecognizer(MoonshineConfig(threads=1))


class Handler(AsyncEventHandler):
    """One connection: takes an utterance, writes it down, and closes, as the services for Home Assistant do."""

    asked: Transcribe | None = None
    pcm = b""

    async def handle_event(self, event: Event) -> bool:
        if Transcribe.is_type(event.type):
            self.asked = Transcribe.from_event(event)
        elif AudioStart.is_type(event.type):
            start = AudioStart.from_event(event)
            assert (start.rate, start.width, start.channels) == (16_000, 2, 1)
        elif AudioChunk.is_type(event.type):
            self.pcm += AudioChunk.from_event(event).audio
        elif AudioStop.is_type(event.type):
            assert self.asked is not None and self.asked.language == "en"
            await self._answer(await asyncio.to_thread(_heard, self.pcm))
            return False
        return True

    async def _answer(self, text: str) -> None:
        """In parts and then whole, as a service that streams its text."""
        for said in (TranscriptStart(), TranscriptChunk(text[:3]), TranscriptChunk(text[3:]), Transcript(text),
                     TranscriptStop()):
            await self.write_event(said.event())


def _heard(pcm: bytes) -> str:
    stream = recognizer().stream(None)
    stream.feed(np.frombuffer(pcm, "<i2"), 0)
    return stream.decode().free_text


@contextmanager
def service(uri: str) -> Iterator[str]:
    """A service that listens at an address; gives the address."""
    loop, up = asyncio.new_event_loop(), threading.Event()

    async def serve() -> None:
        server = AsyncServer.from_uri(uri)
        await server.start(Handler)
        up.set()
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            await server.stop()

    serving = loop.create_task(serve())

    def run() -> None:
        try:
            loop.run_until_complete(serving)
        except asyncio.CancelledError:
            loop.close()

    thread = threading.Thread(target=run, name="wyoming service")
    thread.start()
    assert up.wait(STARTS_WITHIN)
    try:
        yield uri
    finally:
        loop.call_soon_threadsafe(serving.cancel)
        thread.join()
