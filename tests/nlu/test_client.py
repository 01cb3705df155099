"""Trained understanding in its worker: it learns in the background, follows the grammar, comes back from the dead."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator

import pytest

from assistant.grammar.base import Rule, View
from assistant.grammar.grammar import Grammar
from assistant.nlu import client as module
from assistant.nlu.client import UnderstandingClient
from assistant.workers.spec import WorkerSpec
from assistant.workers.worker import Worker
from tests.nlu.home import small_home

TEXT = "please turn the bedroom lights on for me now"
PATIENCE = 300.0


@pytest.fixture
async def client(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[UnderstandingClient]:
    monkeypatch.setattr(module, "QUIET_SECONDS", 0.05)
    spec = WorkerSpec("understanding", "assistant.nlu.service:UnderstandingService", {}, backoff=0.02)
    client = UnderstandingClient(Worker(spec), small_home(), first_seconds=0.0)
    client.start()
    yield client
    await client.close()


async def test_it_learns_without_being_waited_for_and_follows_the_grammar(client: UnderstandingClient) -> None:
    assert await client.guess(TEXT, View()) is None, "nothing was learned yet"
    longest = await _longest_wait(client.learned)
    assert longest < 0.5, "the event loop stood still"
    found = await client.guess(TEXT, View())
    assert found is not None and found.link == "trained" and found.match.slots == {"area": "bedroom"}
    assert await client.guess(TEXT, View(("yes_no",))) is None, "it was no answer to that question"
    client._grammar.set_rules("music", [Rule("music", "Play", ("[please] play [some] music", "put [some] music on"))])
    client.grammar_changed()
    assert not client.learned.is_set()
    assert await client.guess(TEXT, View()) is not None, "it knows nothing while it learns"
    await asyncio.wait_for(client.learned.wait(), PATIENCE)
    music = await client.guess("play us some quiet music", View())
    assert music is not None and music.match.intent == "Play"


async def test_one_that_dies_learns_again(client: UnderstandingClient) -> None:
    await asyncio.wait_for(client.learned.wait(), PATIENCE)
    pid = client.worker.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    async with asyncio.timeout(PATIENCE):
        while client.worker.pid in (pid, None) or not client.worker.ready or not client.learned.is_set():  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert await client.guess(TEXT, View()) is not None


async def test_one_that_cannot_be_built_is_no_harm() -> None:
    spec = WorkerSpec("understanding", "assistant.nlu.service:UnderstandingService", {"no_such": "setting"})
    client = UnderstandingClient(Worker(spec), Grammar(), first_seconds=0.0)
    client.start()
    try:
        assert await client.guess(TEXT, View()) is None
    finally:
        await client.close()


async def _longest_wait(done: asyncio.Event) -> float:
    """Seconds of processor time for which the loop did not turn, at most, until it is done."""
    longest, last = 0.0, time.thread_time()
    async with asyncio.timeout(PATIENCE):
        while not done.is_set():
            await asyncio.sleep(0.01)
            longest, last = max(longest, time.thread_time() - last), time.thread_time()
    return longest
