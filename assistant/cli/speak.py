"""Speech without an agent: a text to a file, or to this machine's loudspeaker. The voice runs in its own process."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from assistant.audio.frames import SAMPLE_RATE, Pcm

if TYPE_CHECKING:
    from assistant.config import Config
    from assistant.workers.spec import WorkerSpec


async def render(config: Config, text: str) -> Pcm:
    """The sound of a text: int16, 16 kHz mono.

    Raises:
        AssistantError: no voice can be built.
    """
    import numpy as np
    import soxr

    from assistant.tts.client import SynthesizerClient
    from assistant.workers.worker import Worker

    voice = Worker(_spec("voice", config.tts.backend, dict(config.tts.options)), None)
    fallback = Worker(_spec("fallback voice", config.tts.fallback, {}), None) if config.tts.fallback else None
    client = SynthesizerClient(voice, fallback)
    try:
        await voice.start()
        pieces = [soxr.resample(piece.pcm, piece.rate, SAMPLE_RATE) async for piece in client.speak(text)]
    finally:
        await client.close()
        for worker in (voice, fallback):
            if worker is not None:
                await worker.close()
    return np.concatenate(pieces).astype(np.int16) if pieces else np.zeros(0, np.int16)


def _spec(name: str, backend: str, options: dict[str, object]) -> WorkerSpec:
    from assistant.workers.spec import WorkerSpec

    return WorkerSpec(name, "assistant.tts.service:SynthesizerService", {"backend": backend, "options": options})


async def to_file(config: Config, text: str, path: Path) -> float:
    """Write the sound of a text; gives its seconds."""
    from assistant.audio.files import write_sound

    pcm = await render(config, text)
    write_sound(path, pcm)
    return len(pcm) / SAMPLE_RATE


async def to_loudspeaker(config: Config, text: str) -> None:
    """Play a text on this machine's loudspeaker.

    Raises:
        AudioError: there is none.
    """
    from assistant.audio.devices import play

    await play(await render(config, text), config.audio.output)
