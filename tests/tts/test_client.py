"""The agent's side of the voice: cache, rendering ahead, sharing, stopping, the fallback."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import numpy as np
import pytest

from assistant.errors import ModelError, WorkerError
from assistant.tts.base import Speech
from assistant.tts.cache import SpeechCache
from assistant.tts.client import SynthesizerClient
from assistant.workers.spec import WorkerSpec
from assistant.workers.worker import Worker

TEXT = "First sentence here. Second sentence here. Third sentence here. Fourth sentence here."
PATIENCE = 30.0
"""Seconds for what must happen, however busy the machine is."""
MakeWorker = Callable[..., Worker]


@pytest.fixture
async def make_worker() -> AsyncIterator[MakeWorker]:
    async with contextlib.AsyncExitStack() as stack:

        def build(name: str = "voice", **config: Any) -> Worker:
            spec = WorkerSpec(name, "tests.tts.services:Voice", config, backoff=0.05, call_timeout=2 * PATIENCE)
            worker = Worker(spec)
            stack.push_async_callback(worker.close)
            return worker

        yield build


async def said(client: SynthesizerClient, text: str = TEXT) -> list[Speech]:
    return [piece async for piece in client.speak(text)]


def words(pieces: list[Speech]) -> str:
    return " ".join(piece.text for piece in pieces if piece.text)


async def test_pieces_come_in_order_and_the_second_time_from_the_cache(make_worker: MakeWorker) -> None:
    worker = make_worker()
    await worker.start()
    client = SynthesizerClient(worker)
    pieces = await said(client)
    assert words(pieces) == TEXT
    assert [piece.last for piece in pieces] == [False] * 7 + [True]
    assert pieces[0].pcm.dtype == np.int16 and pieces[0].rate == 22050
    again = await said(client, f"  {TEXT} ")
    assert [piece.text for piece in again] == [piece.text for piece in pieces]
    assert await worker.call("count") == 4 and client.cache.hits == 1


async def test_what_was_prepared_is_there_at_once(make_worker: MakeWorker) -> None:
    worker = make_worker(pause=0.05)
    await worker.start()
    client = SynthesizerClient(worker)
    client.prepare(TEXT)
    client.prepare(TEXT)
    assert len(await said(client)) == 8  # joins the rendering under way
    assert await worker.call("count") == 4 and client.cache.hits == 0
    assert len(await said(client)) == 8
    assert await worker.call("count") == 4 and client.cache.hits == 1
    await client.close()


async def test_a_listener_that_leaves_stops_the_work_unless_another_listens(make_worker: MakeWorker) -> None:
    worker = make_worker(pause=0.05)
    await worker.start()
    client = SynthesizerClient(worker)
    sentences = 1_000  # would take a minute
    long = " ".join(f"Sentence number {number}." for number in range(sentences))
    first, second = client.speak(long), client.speak(long)
    await anext(first)
    await anext(second)
    await first.aclose()
    await anext(second)
    assert (await anext(second)).text == "Sentence number 1."
    await second.aclose()
    async with asyncio.timeout(PATIENCE):
        while worker.busy:  # noqa: ASYNC110 - the end of a stream that nobody reads sets no event
            await asyncio.sleep(0.01)
    count = await worker.call("count")
    await asyncio.sleep(0.1)
    assert await worker.call("count") == count < sentences
    assert len(client.cache.get(long) or ()) == 0


@pytest.mark.parametrize("how", ["crash", "stop", "raise"])
@pytest.mark.parametrize("at", [0, 2])
async def test_another_voice_finishes_what_one_began(make_worker: MakeWorker, how: str, at: int) -> None:
    voice, spare = make_worker(fails_at=at, how=how), make_worker("spare", amplitude=7)
    await voice.start()
    client = SynthesizerClient(voice, spare, patience=2.0 if how == "stop" else 2 * PATIENCE)
    assert not spare.started
    async with asyncio.timeout(PATIENCE):  # before anybody else's patience ends
        pieces = await said(client)
    levels = [int(piece.pcm[0]) for piece in pieces]
    heard = levels.count(100)  # a crash may take pieces along that were on their way
    assert heard == 2 * at + 1 or (how == "crash" and heard <= 2 * at + 1)
    assert levels == [100] * heard + [7] * 2 * (4 - heard // 2)
    first = TEXT.split(". ")[heard // 2] + "."
    assert words(pieces).replace(f"{first} {first}", first) == TEXT  # the clause that broke off is said again
    assert client.fallbacks == 1
    assert TEXT not in client.cache  # the good voice says it whole next time


async def test_while_the_voice_is_down_the_fallback_speaks_and_then_the_voice_again(make_worker: MakeWorker) -> None:
    voice, spare = make_worker(), make_worker("spare", amplitude=7)
    client = SynthesizerClient(voice, spare)
    assert {int(piece.pcm[0]) for piece in await said(client)} == {7}
    await voice.start()
    assert {int(piece.pcm[0]) for piece in await said(client)} == {100}


async def test_a_voice_that_cannot_be_started_is_replaced(
    make_worker: MakeWorker, caplog: pytest.LogCaptureFixture
) -> None:
    client = SynthesizerClient(make_worker(missing=True), make_worker("spare", amplitude=7))
    await client.start()
    assert {int(piece.pcm[0]) for piece in await said(client)} == {7}
    assert {int(piece.pcm[0]) for piece in await said(client, "Another sentence.")} == {7}
    (message,) = caplog.messages
    assert "the voice cannot be started, the spare speaks in its place" in message and "install it" in message
    with pytest.raises(ModelError, match="no such voice"):
        await SynthesizerClient(make_worker(missing=True)).start()


async def test_without_a_fallback_the_error_is_told_to_every_listener(make_worker: MakeWorker) -> None:
    voice = make_worker(fails_at=1, how="crash")
    await voice.start()
    client = SynthesizerClient(voice)
    results = await asyncio.gather(said(client), said(client), return_exceptions=True)
    assert all(isinstance(result, WorkerError) for result in results)


async def test_text_that_says_nothing_is_no_error(make_worker: MakeWorker) -> None:
    voice = make_worker()
    await voice.start()
    assert await said(SynthesizerClient(voice), "😀\x00\ud800") == []


def test_the_cache_forgets_the_oldest() -> None:
    cache = SpeechCache(limit=4_000)
    for number in range(10):
        cache.put(str(number), (Speech(np.zeros(500, np.int16), 22050, str(number), True),))
        cache.get("0")
    assert cache.size <= 4_000 and "0" in cache and "9" in cache and "1" not in cache
    cache.put("x" * 500, (Speech(np.zeros(10, np.int16), 22050, "x", True),))
    cache.put("big", (Speech(np.zeros(4_000, np.int16), 22050, "big", True),))
    assert "x" * 500 not in cache and "big" not in cache
