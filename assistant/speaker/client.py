"""The speaker embedding as the agent sees it: utterances heard by a worker while they are spoken."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import closing

import numpy as np

from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.errors import BackendError
from assistant.speaker.base import Embedding
from assistant.workers.worker import Worker

CHUNK = SAMPLE_RATE // 10
"""Samples sent at once: 100 ms, so that a worker that is stuck is never many megabytes behind."""


class SpeakerClient:
    """Hears who speaks.

    Args:
        worker: runs ``assistant.speaker.service:SpeakerService``.
    """

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self.name = ""
        """Of the embedder, once it was started: embeddings of different names are never compared."""
        self.shortest = 0.0
        """Seconds of speech that it needs."""
        self._numbers = itertools.count(1)
        worker.on_restart = self._describe

    async def start(self) -> None:
        """Start the worker, however long that takes.

        Raises:
            AssistantError: the embedder cannot be built.
        """
        await self.worker.start(patient=True)
        await self._describe()

    async def close(self) -> None:
        """End the worker."""
        await self.worker.close()

    async def open(self) -> SpeakerLease:
        """Begin an utterance.

        Raises:
            WorkerLost, WorkerTimeout: the worker is down.
        """
        number = next(self._numbers)
        try:
            await self.worker.call("open", number)
        except asyncio.CancelledError:
            self.worker.send("close", number)
            raise
        return SpeakerLease(self.worker, number)

    async def embed(self, pcm: Pcm) -> Embedding:
        """The voice in a whole utterance: int16, 16 kHz mono.

        Raises:
            SoundError: it is too short or silent.
            WorkerLost, WorkerTimeout: the worker is down.
        """
        with closing(await self.open()) as lease:
            lease.feed(pcm)
            return await lease.embed()

    async def _describe(self) -> None:
        """What the embedder is; a fresh process says it anew."""
        told = await self.worker.call("describe")
        if self.name and self.name != told["name"]:
            raise BackendError(f"was {self.name} and is {told['name']}", where="speaker",
                               mend="start the assistant again")
        self.name, self.shortest = str(told["name"]), float(told["shortest"])


class SpeakerLease:
    """One utterance in the worker."""

    def __init__(self, worker: Worker, number: int) -> None:
        self._worker = worker
        self._number = number
        self._pid = worker.pid
        self.closed = False

    def feed(self, pcm: Pcm) -> None:
        """More sound: int16[n], 16 kHz mono, without a gap. Never waits."""
        for at in range(0, len(pcm), CHUNK):
            self._worker.send("feed", self._number, pcm[at : at + CHUNK].astype("<i2").tobytes())

    async def embed(self) -> Embedding:
        """The voice so far; may be asked again when more was fed.

        Raises:
            SoundError: it is too short or silent.
            WorkerLost, WorkerTimeout: the worker is down; the utterance is lost.
            BackendError: the worker was restarted meanwhile and does not know the utterance.
        """
        return np.frombuffer(await self._worker.call("embed", self._number), "<f4").astype(np.float32)

    def close(self) -> None:
        """Forget the utterance; may be called twice."""
        if not self.closed:
            self.closed = True
            if self._worker.pid == self._pid:
                self._worker.send("close", self._number)
