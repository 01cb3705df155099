"""The phrase scorer's queue: one per source, the newest wins; and its worker."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import numpy as np
import pytest

from assistant.errors import WorkerLost
from assistant.testing.conformance.wake import spoken
from assistant.wake.client import PhraseClient
from assistant.workers.spec import WorkerSpec
from assistant.workers.worker import Worker

SOUND = np.zeros(320, np.int16)


class SlowWorker:
    """Answers when told to."""

    def __init__(self) -> None:
        self.calls: list[int] = []
        self.go = asyncio.Event()
        self.error: Exception | None = None

    async def call(
        self, method: str, pcm: bytes, sample: int, phrases: list[str], below: float, before: int
    ) -> list[dict[str, Any]]:
        assert method == "score" and len(pcm) == 640
        self.calls.append(sample)
        await self.go.wait()
        if self.error is not None:
            raise self.error
        return [{"phrase": phrases[0], "start": sample + before, "end": sample + before + 1, "score": 0.0}]


def client_of(worker: SlowWorker) -> PhraseClient:
    return PhraseClient(cast(Worker, worker))


async def test_the_newest_piece_of_a_source_replaces_the_one_that_waits() -> None:
    worker = SlowWorker()
    client = client_of(worker)
    tasks = [asyncio.create_task(client.score("a", SOUND, at, ["x"], before=100)) for at in (1, 2, 3)]
    tasks.append(asyncio.create_task(client.score("b", SOUND, 4, ["x"], before=100)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    worker.go.set()
    results = await asyncio.gather(*tasks)
    assert [[hit.start for hit in hits] for hits in results] == [[101], [], [103], [104]]
    assert worker.calls == [1, 3, 4] and client.replaced == 1


async def test_a_lost_worker_is_told_to_who_asked() -> None:
    worker = SlowWorker()
    worker.error = WorkerLost("is gone")
    worker.go.set()
    with pytest.raises(WorkerLost):
        await client_of(worker).score("a", SOUND, 1, ["x"])


async def test_one_who_gives_up_waiting_blocks_nobody() -> None:
    worker = SlowWorker()
    client = client_of(worker)
    first = asyncio.create_task(client.score("a", SOUND, 1, ["x"]))
    await asyncio.sleep(0)
    second = asyncio.create_task(client.score("b", SOUND, 2, ["x"]))
    await asyncio.sleep(0)
    second.cancel()
    first.cancel()
    worker.go.set()
    assert [hit.start for hit in await client.score("c", SOUND, 3, ["x"])] == [3]


async def test_the_real_worker_hears_a_phrase() -> None:
    worker = Worker(WorkerSpec("wake", "assistant.wake.service:PhraseService", {}))
    await worker.start()
    try:
        pcm, begin, _ = spoken("computer")
        (hit,) = await PhraseClient(worker).score("a", pcm, 100, ["computer", "stop"])
        assert hit.phrase == "computer" and abs(hit.start - 100 - begin) < 1_600
    finally:
        await worker.close()
