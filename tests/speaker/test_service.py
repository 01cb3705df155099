"""The embedding in its worker: heard in pieces, restarted, and plain about what it cannot judge."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator

import numpy as np
import pytest

from assistant.errors import AudioError, BackendError, SoundError, WorkerLost
from assistant.speaker.client import SpeakerClient
from assistant.speaker.service import SpeakerService
from assistant.speaker.trained import TrainedEmbedder
from assistant.testing.conformance.speaker import OTHER, SENTENCE, spoken
from assistant.workers.spec import WorkerSpec
from assistant.workers.worker import Worker


@pytest.fixture
async def client() -> AsyncIterator[SpeakerClient]:
    client = SpeakerClient(Worker(WorkerSpec("speaker", "assistant.speaker.service:SpeakerService", backoff=0.02)))
    await client.start()
    yield client
    await client.close()


async def test_what_is_fed_in_pieces_is_what_is_heard(client: SpeakerClient) -> None:
    here = TrainedEmbedder()
    assert (client.name, client.shortest) == (here.name, here.shortest)
    lease, other = await client.open(), await client.open()
    sound = spoken(SENTENCE)
    other.feed(spoken(OTHER))
    for at in range(0, len(sound), 320):
        lease.feed(sound[at : at + 320])
    assert np.allclose(await lease.embed(), here.embed(sound), atol=1e-5)
    assert np.allclose(await client.embed(spoken(OTHER)), await other.embed(), atol=1e-6)
    for one in (lease, other, lease):
        one.close()


async def test_too_little_is_said_to_be_too_little(client: SpeakerClient) -> None:
    with pytest.raises(SoundError) as caught:
        await client.embed(spoken(SENTENCE)[:3000])
    assert caught.value.mend
    assert len(await client.embed(spoken(SENTENCE))) == TrainedEmbedder().dimensions


async def test_an_utterance_is_lost_with_the_worker_and_the_next_is_heard(client: SpeakerClient) -> None:
    lease = await client.open()
    lease.feed(spoken(SENTENCE))
    assert client.worker.pid is not None
    os.kill(client.worker.pid, signal.SIGKILL)
    with pytest.raises((WorkerLost, BackendError)):
        await lease.embed()
    lease.close()
    await client.worker.wait_ready()
    assert len(await client.embed(spoken(SENTENCE))) == TrainedEmbedder().dimensions


def test_bytes_that_are_no_samples_are_said_to_be() -> None:
    service = SpeakerService()
    service.open(1)
    with pytest.raises(AudioError):
        service.feed(1, b"odd")
    service.feed(2, b"xx")
    with pytest.raises(BackendError):
        service.embed(2)
    service.close()
    with pytest.raises(BackendError):
        service.embed(1)
