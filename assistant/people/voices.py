"""The voices that are known here, and whose a sound is: the embedder in its process beside the register."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Protocol

from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.errors import AssistantError, BackendError
from assistant.people.change import Heard, two_voices
from assistant.people.register import Register
from assistant.people.renewal import renew
from assistant.speaker.base import Embedding
from assistant.speaker.calibration import Calibration, calibration_of
from assistant.speaker.scoring import Voiceprint, apart, compare
from assistant.vad.base import Vad

log = logging.getLogger(__name__)


class Embedder(Protocol):
    """The embedder in its process: ``assistant.speaker.client.SpeakerClient`` is one."""

    @property
    def name(self) -> str: ...

    async def start(self) -> None: ...

    async def close(self) -> None: ...

    async def embed(self, pcm: Pcm) -> Embedding: ...


class Voices:
    """Known voices.

    Args:
        register: who lives here.
        embedder: started when there is somebody to tell apart, and not before.
        vad: makes what finds speech, for recordings from which a new embedder learns.
    """

    def __init__(self, register: Register, embedder: Embedder, vad: Callable[[], Vad]) -> None:
        self._register = register
        self._vad = vad
        self.embedder = embedder
        self.people: Mapping[str, tuple[str, ...]] = {}
        """Those whose voices are known, and their groups; of them the rules speak."""
        self.problem: AssistantError | None = None
        """Why somebody is not recognised, who should be."""
        self._prints: Mapping[str, Voiceprint] = {}
        self._calibration: Calibration | None = None
        self._begun = self._started = False
        self._hearing = asyncio.Lock()
        self.busy = 0
        """Sounds being heard."""

    async def read(self) -> None:
        """Learn who is known; from now on the rules hold. Raises StoreError."""
        self.people = {one.name: one.groups for one in await self._register.all() if one.voices}
        self._prints = {name: voice for name, voice in self._prints.items() if name in self.people}

    async def listen(self) -> None:
        """Be ready to tell them apart. What hinders that is a problem, and everybody a guest until it is mended."""
        async with self._hearing:
            if not self.people:
                self._prints = {}
                return
            try:
                await self._start()
                self._calibration = calibration_of(self.embedder.name)
                self.problem = await self._renew(self._calibration)
                self._prints = await self._register.voices(self.embedder.name)
            except AssistantError as error:
                self._prints, self.problem = {}, error
                log.warning("nobody can be told by voice, so everybody is a guest: %s", error)

    async def _renew(self, calibration: Calibration) -> AssistantError | None:
        """See to those whose voices another embedder has learned; what is left to do."""
        everybody = await self._register.all()
        if all(not one.voices or calibration.name in one.voices for one in everybody):
            return None
        left = await renew(self._register, self.embedder.embed, calibration, self._vad())
        if not left:
            return None
        return BackendError(f"{calibration.name} has never heard {', '.join(left)}", where="speaker",
                            mend=f"assistant people enrol {left[0]}")

    async def ear(self) -> tuple[Callable[[Pcm], Awaitable[Embedding]], Calibration]:
        """What hears a voice, to enrol one by, and what its scores are worth.

        Raises:
            AssistantError: it cannot be started, or was never calibrated.
        """
        async with self._hearing:
            await self._start()
        return self.embedder.embed, calibration_of(self.embedder.name)

    async def changed(self) -> None:
        """Somebody was enrolled, renamed or forgotten."""
        await self.read()
        await self.listen()

    async def scores(self, pcm: Pcm) -> dict[str, float]:
        """Natural-log likelihood ratio for each person whose voice can be compared, against everybody else, also of
        those who live here; empty where none can.

        Args:
            pcm: int16[n], 16 kHz mono.

        Raises:
            AssistantError: the sound is too short, or the embedder is down.
        """
        return (await self.heard(pcm)).scores

    async def heard(self, pcm: Pcm) -> Heard:
        """The same, and the embedding. Raises as ``scores``."""
        calibration = self._calibration
        if not self._prints or calibration is None:
            return Heard()
        with self._at_work():
            embedding = await self.embedder.embed(pcm)
        return Heard(self._compared(embedding, pcm, calibration), embedding=embedding)

    async def checked(self, pcm: Pcm, heard: Heard) -> Heard:
        """What was heard of an utterance in which a second voice may set in: then it counts how like a person the one
        is that is less so. Raises AssistantError where the embedder is down."""
        calibration = self._calibration
        if not heard.scores or calibration is None:
            return heard
        with self._at_work():
            voices = await two_voices(pcm, self.embedder.embed, calibration)
        each = [self._compared(voice, part, calibration) for part, voice in voices]
        least = {person: min(scores[person] for scores in (heard.scores, *each)) for person in heard.scores}
        return replace(heard, scores=least, second=bool(voices))

    def _compared(self, embedding: Embedding, pcm: Pcm, calibration: Calibration) -> dict[str, float]:
        return apart(compare(self._prints, embedding, len(pcm) / SAMPLE_RATE, calibration))

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        self.busy += 1
        try:
            yield
        finally:
            self.busy -= 1

    async def close(self) -> None:
        """End the process, also one that is only starting."""
        if self._begun:
            await self.embedder.close()

    async def _start(self) -> None:
        self._begun = True
        if not self._started:
            await self.embedder.start()
            self._started = True
