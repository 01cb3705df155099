"""What stands in for a voice and for ears while a turn is replayed, so that two replays take the same time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import numpy as np

from assistant.asr.client import RecognizerClient
from assistant.audio.frames import SAMPLE_RATE
from assistant.bus import Bus
from assistant.config import Config
from assistant.errors import WorkerLost
from assistant.grammar.base import View
from assistant.grammar.grammar import Grammar
from assistant.parts import SECOND, recognizer_spec, scorer_spec
from assistant.tts.base import Speech
from assistant.wake.client import PhraseClient
from assistant.workers.together import side_by_side
from assistant.workers.worker import Worker

CHARACTER_SECONDS = 0.06
"""Of speech: what a text takes that was not said in the record."""


class QuietVoice:
    """Says nothing for as long as it took. Stands in for ``SynthesizerClient``.

    Args:
        seconds: what texts took.
    """

    def __init__(self, seconds: Mapping[str, float]) -> None:
        self._seconds = seconds

    async def speak(self, text: str) -> AsyncIterator[Speech]:
        """One piece of silence."""
        seconds = self._seconds.get(text, CHARACTER_SECONDS * len(text))
        yield Speech(np.zeros(round(seconds * SAMPLE_RATE), np.int16), SAMPLE_RATE, text, last=True)

    def prepare(self, text: str) -> None:
        """Nothing has to be made ahead."""


class NoEars:
    """Hears nothing. Stands in for ``RecognizerClient`` where a turn is replayed from its words."""

    async def sync(self) -> None:
        """There is no copy of the grammar."""

    async def warm(self, view: View | None) -> None:
        """Nothing is read."""

    async def open(self, view: View | None, prefix: str = "") -> None:
        """Raises WorkerLost."""
        raise WorkerLost("a turn that is replayed from its words has no ears", where="replay")


class TextWorkers:
    """No worker at all. Stands in for ``Workers``."""

    def __init__(self, voice: QuietVoice) -> None:
        self.all: list[Worker] = []
        self.busy = False
        self.recognizer = NoEars()
        self.second = None
        self.phrases = None
        self.voice = voice

    async def start(self) -> None:
        """Nothing has to start."""

    async def close(self) -> None:
        """Nothing has to end."""


class HearingWorkers:
    """The recogniser and the phrase scorer in processes of their own, and a quiet voice. Stands in for ``Workers``."""

    def __init__(self, config: Config, bus: Bus, grammar: Grammar, voice: QuietVoice) -> None:
        second = config.asr.second
        self.all = [Worker(spec, bus.post) for spec in (recognizer_spec(config.asr), scorer_spec(config))]
        self.recognizer = RecognizerClient(self.all[0], grammar)
        self.phrases = PhraseClient(self.all[1])
        self.second: RecognizerClient | None = None
        if second is not None:
            self.all.append(Worker(recognizer_spec(second, SECOND), bus.post))
            self.second = RecognizerClient(self.all[2], grammar)
        self.voice = voice

    @property
    def busy(self) -> bool:
        """Whether one of them is at work."""
        return any(worker.busy for worker in self.all)

    async def start(self) -> None:
        """Start them side by side. Raises as ``Workers.start``."""
        await side_by_side(*(worker.start(patient=True) for worker in self.all))

    async def close(self) -> None:
        """End them."""
        for worker in self.all:
            await worker.close()
