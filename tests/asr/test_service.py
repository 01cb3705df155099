"""The recogniser in its worker: leases, grammar kept up to date, restarts."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from types import SimpleNamespace

import numpy as np
import pytest

from assistant.asr.client import RecognizerClient
from assistant.asr.service import RecognizerService, view_from
from assistant.errors import Abandoned, AudioError, BackendError, WorkerLost
from assistant.grammar.base import Rule, View
from assistant.grammar.grammar import Grammar
from assistant.registry import OptionError
from assistant.testing.conformance.asr import OTHER_ORDER, grammar, spoken, words
from assistant.workers.spec import WorkerSpec
from assistant.workers.worker import Worker


@pytest.fixture
async def client() -> AsyncIterator[RecognizerClient]:
    config = {"backend": "moonshine", "config": {"threads": 1}}
    worker = Worker(WorkerSpec("asr", "assistant.asr.service:RecognizerService", config, backoff=0.02))
    client = RecognizerClient(worker, Grammar.load(grammar().dump()))
    await worker.start()
    yield client
    await worker.close()


async def test_orders_pass_and_the_grammar_follows(client: RecognizerClient) -> None:
    pcm = spoken(OTHER_ORDER)
    await client.warm(View())
    lease = await client.open(View())
    lease.feed(pcm, 1_000)
    hypothesis = await lease.decode()
    assert words(hypothesis) == OTHER_ORDER and hypothesis.best is not None
    timed = await lease.words(hypothesis.best.text)
    assert [word.text for word in timed] == [word.text for word in hypothesis.best.words]
    assert all(1_000 < (word.start or 0) < (word.end or 0) <= hypothesis.end for word in timed)
    text, stable = await lease.partial()
    assert "blinds" in text.lower() and stable <= len(text)
    lease.close()
    assert client.grammar is not None
    client.grammar.set_rules("home", [Rule("home", "Open", ("open the blinds",))])
    lease = await client.open(View(), prefix="")
    lease.feed(pcm, 0)
    hypothesis = await lease.decode()
    assert hypothesis.grammar_version == client.grammar.version and words(hypothesis) != OTHER_ORDER
    lease.close()
    lease.close()


def test_bytes_that_are_no_samples_are_said_to_be() -> None:
    service = RecognizerService("moonshine", {"threads": 1})
    service.open(1, None)
    with pytest.raises(AudioError, match="recogniser: 3 bytes are no int16 samples"):
        service.feed(1, b"abc", 0)


async def test_after_a_crash_the_grammar_is_there_again(client: RecognizerClient) -> None:
    lease = await client.open(View())
    pid = client.worker.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    with pytest.raises((WorkerLost, BackendError)):
        await lease.decode()
    await client.worker.wait_ready()
    lease.close()
    lease = await client.open(View())
    lease.feed(spoken(OTHER_ORDER), 0)
    assert words(await lease.decode()) == OTHER_ORDER


def test_a_service_names_unknown_streams_and_settings() -> None:
    with pytest.raises(OptionError, match="bream"):
        RecognizerService("moonshine", {"bream": 3})
    with pytest.raises(BackendError):
        RecognizerService("moonshin")
    service = RecognizerService("moonshine", {"threads": 1})
    with pytest.raises(BackendError, match="stream 7"):
        service.decode(7)
    service.feed(7, np.zeros(320, np.int16).tobytes(), 0)
    service.open(1, None)
    service.feed(1, np.zeros(320, np.int16).tobytes(), 0)
    assert service.decode(1)["readings"] == ()
    service.close(1)
    service.close()


def test_a_view_crosses_as_plain_data() -> None:
    assert view_from(None) is None
    assert view_from({"scopes": ["yes_no"], "area": "kitchen", "sentences": [], "skills": None}) == View(
        scopes=("yes_no",), area="kitchen"
    )


def test_reading_that_the_agent_has_given_up_ends() -> None:
    given_up = False
    service = RecognizerService("moonshine", {"threads": 1})
    service.parent = SimpleNamespace(given_up=lambda: given_up)  # type: ignore[assignment]
    service.set_grammar(grammar().dump())
    service.open(1, {})
    service.feed(1, spoken(OTHER_ORDER).tobytes(), 0)
    assert service.partial(1)[0]
    given_up = True
    for ask in (service.partial, service.decode):
        with pytest.raises(Abandoned):
            ask(1)
    given_up = False
    assert "blinds" in service.decode(1)["free_text"], "the utterance itself is not lost"


async def test_an_utterance_that_is_given_up_while_it_opens_is_closed() -> None:
    class Busy:
        on_restart: object = None
        pid = 1

        def __init__(self) -> None:
            self.sent: list[tuple[object, ...]] = []

        async def call(self, *args: object) -> None:
            self.sent.append(args)
            await asyncio.Event().wait()

        def send(self, *args: object) -> None:
            self.sent.append(args)

    busy = Busy()
    opening = asyncio.create_task(RecognizerClient(busy).open(View()))  # type: ignore[arg-type]
    await asyncio.sleep(0)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    (opened, number, *_), closed = busy.sent
    assert opened == "open" and closed == ("close", number)
