"""Speech without an agent: a text to a file, or to this machine's loudspeaker. The voice runs in its own process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.audio.frames import SAMPLE_RATE, Pcm

LINGER_SECONDS = 0.2
"""What a device still holds when it says that it has played everything."""

if TYPE_CHECKING:
    from assistant.audio.devices import Device
    from assistant.config import Config
    from assistant.workers.spec import WorkerSpec


async def render(config: Config, text: str) -> Pcm:
    """The sound of a text: int16, 16 kHz mono.

    Raises:
        AssistantError: no voice can be built.
    """
    import numpy as np
    import soxr

    from assistant.config.speaking import reading, voices
    from assistant.tts.client import SynthesizerClient
    from assistant.workers.worker import Worker

    spoken, *others = voices(config)
    voice = Worker(_spec("voice", *spoken, reading(config)), None)
    fallback = Worker(_spec("fallback voice", *others[0], reading(config)), None) if others else None
    client = SynthesizerClient(voice, fallback)
    try:
        await client.start()
        pieces = [soxr.resample(piece.pcm, piece.rate, SAMPLE_RATE) async for piece in client.speak(text)]
    finally:
        await client.close()
        for worker in (voice, fallback):
            if worker is not None:
                await worker.close()
    return np.concatenate(pieces).astype(np.int16) if pieces else np.zeros(0, np.int16)


def _spec(name: str, backend: str, options: dict[str, object], reading: dict[str, object]) -> WorkerSpec:
    from assistant.workers.spec import WorkerSpec

    settings = {"backend": backend, "options": options, **reading}
    return WorkerSpec(name, "assistant.tts.service:SynthesizerService", settings)


async def to_file(config: Config, text: str, path: Path) -> float:
    """Write the sound of a text; gives its seconds."""
    from assistant.audio.files import write_sound

    pcm = await render(config, text)
    write_sound(path, pcm)
    return len(pcm) / SAMPLE_RATE


async def to_loudspeaker(config: Config, text: str) -> None:
    """Say a text on this machine's loudspeaker; returns when it has been heard.

    Raises:
        AudioError: there is none.
    """
    _loudspeaker(config)
    await play(config, await render(config, text), text)


async def play(config: Config, pcm: Pcm, text: str = "") -> None:
    """Play a sound, int16[n] at 16 kHz, on this machine's loudspeaker; returns when it has been heard.

    Raises:
        AudioError: there is none.
    """
    from assistant.audio.devices import LoudspeakerFeed, open_loudspeaker
    from assistant.audio.playback import Playback

    device = _loudspeaker(config)
    loop = asyncio.get_running_loop()
    playback = Playback(lambda tell: _later(loop, tell))
    stream = open_loudspeaker(device, LoudspeakerFeed(device.rate, playback))
    try:
        clip = playback.play("announcement", text)
        clip.write(pcm)
        clip.end()
        await clip.finished
        await asyncio.sleep(stream.latency + LINGER_SECONDS)
    finally:
        stream.close()


def _loudspeaker(config: Config) -> Device:
    """The loudspeaker of the settings. Raises AudioError where there is none."""
    from assistant.audio.devices import choose, list_devices
    from assistant.errors import AudioError

    if config.audio.output is None:
        raise AudioError("the loudspeaker is switched off", where=config.where("audio", "output"))
    wanted = "" if config.audio.output == "default" else str(config.audio.output)
    return choose(list_devices(), wanted, output=True)


def _later(loop: asyncio.AbstractEventLoop, tell: Callable[[], None]) -> None:
    loop.call_soon_threadsafe(tell)
