"""How soon an answer begins, and whether its voice keeps up: as the agent hears it, through the voice's own process."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from assistant.bench.contestant import Contestant
from assistant.registry import Registry
from assistant.tts.cache import SpeechCache
from assistant.tts.client import SynthesizerClient
from assistant.workers.spec import WorkerSpec
from assistant.workers.worker import Worker

LENGTHS = (1, 2, 4, 80)
"""Sentences of an answer: a fact, what is usual, a forecast, a page read aloud (8,000 characters)."""
LISTENED = 20.0
"""Seconds of an answer that are waited for; a longer one goes on as it began."""
PATIENCE = 60.0
"""Seconds for a piece: no other voice takes over, however slow one is."""


@dataclass(slots=True)
class Timed:
    """What became of the answers."""

    firsts: list[float] = field(default_factory=list)
    """Seconds from the request to the first piece with sound in it."""
    waits: list[float] = field(default_factory=list)
    """Seconds that a loudspeaker would have waited for a later piece, the longest wait of each answer."""


def answers(sentences: Sequence[str], count: int) -> list[str]:
    """Answers of all lengths, each beginning with another sentence; none is said twice, so no cache helps."""
    endless = [one if one[-1] in ".!?" else f"{one}." for one in sentences]
    made = []
    for number in range(count):
        length, start = LENGTHS[number % len(LENGTHS)], number % len(endless)
        made.append(" ".join(endless[(start + step) % len(endless)] for step in range(length)))
    return made


async def listen(one: Contestant, texts: Sequence[str]) -> Timed:
    """Let a voice's process say the texts; the first is not counted."""
    options = Registry().check("tts", one.backend, one.options)
    config = {"backend": one.backend, "options": options, "english": True}
    spec = WorkerSpec("voice", "assistant.tts.service:SynthesizerService", config, call_timeout=PATIENCE)
    worker = Worker(spec, None)
    client = SynthesizerClient(worker, cache=SpeechCache(0), patience=PATIENCE)
    timed = Timed()
    try:
        await client.start()
        for number, text in enumerate(texts):
            pieces = await _heard(client, text)
            if number:
                timed.firsts.append(pieces[0][0])
                timed.waits.append(longest_wait(pieces))
    finally:
        await client.close()
        await worker.close()
    return timed


async def _heard(client: SynthesizerClient, text: str) -> list[tuple[float, float]]:
    """When each piece with sound came, and its seconds, until enough has come."""
    began, pieces = time.perf_counter(), list[tuple[float, float]]()
    async with aclosing(client.speak(text)) as stream:
        async for piece in stream:
            if len(piece.pcm):
                pieces.append((time.perf_counter() - began, len(piece.pcm) / piece.rate))
            if sum(seconds for _, seconds in pieces) >= LISTENED:
                break
    return pieces


def longest_wait(pieces: Sequence[tuple[float, float]]) -> float:
    """Seconds that a loudspeaker waits for a piece, at most.

    Args:
        pieces: when each came, and how long it sounds, in seconds.
    """
    plays_until, longest = pieces[0][0], 0.0
    for at, seconds in pieces:
        longest = max(longest, at - plays_until)
        plays_until = max(plays_until, at) + seconds
    return longest
