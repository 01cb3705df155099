"""The most memory that the recogniser's process takes, as the agent runs it: large home, all sentences, one view."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.asr.base import Hypothesis
from assistant.asr.client import RecognizerClient
from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.bench.asr import peak_mb
from assistant.config.models import Component
from assistant.grammar.base import View
from assistant.grammar.grammar import Grammar
from assistant.parts import recognizer_spec
from assistant.workers.worker import Worker

PARTIAL_SECONDS = 1.0
"""Between two partials; memory does not depend on it."""


async def peaks(grammar: Grammar, view: View, sounds: Sequence[Pcm]) -> list[float]:
    """Most MiB resident so far (libraries that others share included) after each sound, in a fresh process.

    Args:
        sounds: int16[n], 16 kHz. Each is an utterance: partials are asked for, and it is read twice.
    """
    worker = Worker(recognizer_spec(Component(backend="moonshine")))
    client = RecognizerClient(worker, grammar)
    await worker.start()
    try:
        await client.warm(view)
        return [await _peak(client, view, sound) for sound in sounds]
    finally:
        await worker.close()


async def _peak(client: RecognizerClient, view: View, sound: Pcm) -> float:
    await _read(client, view, sound)
    assert client.worker.pid is not None
    return peak_mb(client.worker.pid)


async def _read(client: RecognizerClient, view: View, sound: Pcm) -> Hypothesis:
    utterance = await client.open(view)
    step = round(PARTIAL_SECONDS * SAMPLE_RATE)
    for at in range(0, len(sound), step):
        utterance.feed(sound[at : at + step], at)
        await utterance.partial()
    await utterance.decode(len(sound))
    hypothesis = await utterance.decode(len(sound), careful=True)
    utterance.close()
    return hypothesis


def lasting(pieces: Sequence[Pcm], seconds: float) -> Pcm:
    """Speech of so many seconds: pieces one after another, the first ones again where they are too few."""
    return np.resize(np.concatenate(pieces), round(seconds * SAMPLE_RATE))
