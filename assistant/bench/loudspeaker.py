"""``bench loudspeaker``: from the call that silences an answer to the first buffer without any sound.

The default voice says a long answer in its process, through a source's playback into the callback that PortAudio calls
for a buffer. At a random moment the answer is stopped, as a spoken "stop" does it. The buffers are a real device's
where this machine has one, else they are asked for by a thread, 20 ms each, at 48 kHz.

Keys: ``silent_ms_p50``, ``silent_ms_p95``; ``not_begun``, answers that the voice did not begin in 10 s; ``device``;
``device_latency_ms``, what a real device says that it still holds then (added to the above it is when a person hears
silence); ``load_before``, ``load_after``.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any

import numpy as np
import typer

from assistant.audio.devices import LoudspeakerFeed, choose, list_devices, open_loudspeaker
from assistant.audio.frames import Pcm
from assistant.audio.playback import Playback
from assistant.bench import report
from assistant.errors import AudioError
from assistant.tts.cache import SpeechCache
from assistant.tts.client import SynthesizerClient
from assistant.turns.mouth import Mouth
from assistant.workers.spec import WorkerSpec
from assistant.workers.worker import Worker

TEXT = " ".join(f"This is sentence number {number}, and others follow it." for number in range(60))
SPOKEN = (0.3, 1.3)
"""Seconds of an answer before it is stopped."""
PATIENCE = 10.0
"""Seconds after which a loudspeaker that is not silent never will be."""
PACED_RATE = 48_000
"""Hz, of a device that is not there."""

Callback = Callable[[Pcm, int, object, Any], None]


class Watched:
    """A loudspeaker's callback that notes when it first gave a buffer without any sound, after it was asked to."""

    def __init__(self, feed: Callback) -> None:
        self._feed = feed
        self._silent_at = threading.Event()
        self.sounding = threading.Event()
        self._at = 0.0

    def __call__(self, wanted: Pcm, frames: int, when: object, status: Any) -> None:
        self._feed(wanted, frames, when, status)
        if np.any(wanted):
            self.sounding.set()
        elif self.sounding.is_set() and not self._silent_at.is_set():
            self._at = time.perf_counter()
            self._silent_at.set()

    def since(self, called: float) -> float:
        """Seconds from the call to the first silent buffer; infinite if there was none."""
        return self._at - called if self._silent_at.wait(PATIENCE) else float("inf")

    def again(self) -> None:
        """Before the next answer."""
        self.sounding.clear()
        self._silent_at.clear()


def bench(
    count: Annotated[int, typer.Option("-n", min=2, help="answers")] = 100,
    device: Annotated[str, typer.Option(help="name of the loudspeaker; empty: the default one, if any")] = "",
    json_file: Annotated[Path | None, typer.Option("--json", help="write the results here")] = None,
) -> None:
    """Silence after the call that stops an answer."""
    load = os.getloadavg()[0]
    seconds, about = asyncio.run(run(count, device))
    delays = [1000 * one for one in seconds if one is not None]
    report.publish("loudspeaker", {
        **{f"silent_ms_p{q}": report.percentile(delays, q) for q in (50, 95)}, "not_begun": count - len(delays),
        **about, "load_before": load, "load_after": os.getloadavg()[0],
    }, json_file)


async def run(count: int, device: str) -> tuple[list[float | None], dict[str, Any]]:
    """Stop as many answers; gives the seconds to silence of each (None: it never began), and what the device was."""
    worker = Worker(WorkerSpec("voice", "assistant.tts.service:SynthesizerService"), None)
    client = SynthesizerClient(worker, cache=SpeechCache(0))
    loop, draw = asyncio.get_running_loop(), np.random.default_rng(0)
    playback = Playback(lambda tell: _later(loop, tell))
    try:
        await client.start()
        with loudspeaker(playback, device) as (watched, about):
            return [await _stopped(playback, client, watched, draw.uniform(*SPOKEN)) for _ in range(count)], about
    finally:
        await client.close()
        await worker.close()


async def _stopped(
    playback: Playback, client: SynthesizerClient, watched: Watched, spoken: float
) -> float | None:
    mouth = Mouth(playback, client)
    saying = asyncio.create_task(mouth.say(TEXT))
    if not await asyncio.to_thread(watched.sounding.wait, PATIENCE):
        mouth.stop()
        await saying
        return None
    await asyncio.sleep(spoken)
    called = time.perf_counter()
    watched.again()
    watched.sounding.set()
    mouth.stop()
    seconds = await asyncio.to_thread(watched.since, called)
    await saying
    watched.again()
    return seconds


@contextmanager
def loudspeaker(playback: Playback, device: str) -> Iterator[tuple[Watched, dict[str, Any]]]:
    """A real device, or a thread that asks at the pace of one."""
    try:
        real = choose(list_devices(), device, output=True)
    except AudioError:
        if device:
            raise
        watched = Watched(LoudspeakerFeed(PACED_RATE, playback))
        over = threading.Event()
        thread = threading.Thread(target=_paced, args=(watched, over), daemon=True)
        thread.start()
        try:
            yield watched, {"device": "none: a thread asks for 20 ms each"}
        finally:
            over.set()
            thread.join()
        return
    watched = Watched(LoudspeakerFeed(real.rate, playback))
    stream = open_loudspeaker(real, watched)
    try:
        yield watched, {"device": real.name, "device_latency_ms": 1000 * stream.latency}
    finally:
        stream.close()


def _later(loop: asyncio.AbstractEventLoop, tell: Callable[[], None]) -> None:
    loop.call_soon_threadsafe(tell)


def _paced(callback: Callback, over: threading.Event) -> None:
    frames = PACED_RATE // 50
    buffer, fine = np.zeros((frames, 1), np.int16), SimpleNamespace(output_underflow=False)
    due = time.perf_counter()
    while not over.wait(max(0.0, due - time.perf_counter())):
        callback(buffer, frames, None, fine)
        due += frames / PACED_RATE
