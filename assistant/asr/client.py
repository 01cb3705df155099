"""The recogniser as the agent sees it: utterances leased from a worker."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterable, Mapping
from typing import Any

from assistant.asr.base import Hypothesis, Reading, Word
from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.errors import GrammarError
from assistant.grammar.base import View
from assistant.grammar.edits import view_to
from assistant.grammar.grammar import Grammar
from assistant.workers.worker import Worker

CHUNK = SAMPLE_RATE // 10
"""Samples sent at once: 100 ms, so that a worker that is stuck is never many megabytes behind."""
WARM_SECONDS = 30.0
"""For a large home's grammar on a slow, busy computer: begun anew it would only take as long again."""


class RecognizerClient:
    """Opens utterances and keeps the worker's copy of the grammar up to date.

    Args:
        worker: runs ``assistant.asr.service:RecognizerService``.
        grammar: the agent's grammar; sent whole after each start, then edit by edit.
    """

    def __init__(self, worker: Worker, grammar: Grammar | None = None) -> None:
        self.worker = worker
        self.grammar = grammar
        self._sent = -1
        self._numbers = itertools.count(1)
        worker.on_restart = self._restore

    async def open(self, view: View | None, prefix: str = "") -> RecognizerLease:
        """Open an utterance, see ``Recognizer.stream``.

        Raises:
            WorkerLost, WorkerTimeout: the worker is down.
            BackendError: it cannot open one.
        """
        await self.sync()
        number = next(self._numbers)
        try:
            await self.worker.call("open", number, None if view is None else view_to(view), prefix)
        except asyncio.CancelledError:
            self.worker.send("close", number)
            raise
        return RecognizerLease(self.worker, number)

    async def warm(self, view: View | None) -> None:
        """Send the grammar and let the worker prepare for a view; best done when nobody speaks. Raises as ``open``."""
        await self.sync()
        await self.worker.call("warm", None if view is None else view_to(view), timeout=WARM_SECONDS)

    async def sync(self) -> None:
        """Send what changed in the grammar since the last time."""
        if self.grammar is None or self._sent == self.grammar.version:
            return
        try:
            for edit in self._missing(self.grammar):
                self._sent = await self.worker.call("set_grammar" if edit["op"] == "load" else "edit_grammar", edit)
        except GrammarError:
            self._sent = await self.worker.call("set_grammar", self.grammar.dump())

    async def _restore(self) -> None:
        self._sent = -1
        await self.sync()

    def _missing(self, grammar: Grammar) -> list[dict[str, Any]]:
        return [grammar.dump()] if self._sent < 0 else grammar.edits_since(self._sent)


class RecognizerLease:
    """One utterance in the worker."""

    def __init__(self, worker: Worker, number: int) -> None:
        self._worker = worker
        self._number = number
        self._pid = worker.pid
        self.closed = False

    def feed(self, pcm: Pcm, sample: int) -> None:
        """More sound: int16[n], 16 kHz mono, without a gap, first sample ``sample``. Never waits."""
        for at in range(0, len(pcm), CHUNK):
            self._worker.send("feed", self._number, pcm[at : at + CHUNK].astype("<i2").tobytes(), sample + at)

    async def partial(self) -> tuple[str, int]:
        """Words so far, and how many of their characters are stable. Raises as ``decode`` does."""
        text, stable = await self._worker.call("partial", self._number)
        return str(text), int(stable)

    async def decode(self, end: int | None = None, careful: bool = False) -> Hypothesis:
        """Read the sound up to sample ``end`` as a finished utterance.

        Raises:
            WorkerLost, WorkerTimeout: the worker is down; the utterance is lost.
            BackendError: the worker was restarted meanwhile and does not know the utterance.
        """
        return hypothesis_from(await self._worker.call("decode", self._number, end, careful))

    async def words(self, text: str) -> tuple[Word, ...]:
        """The words of a text of the last ``decode`` with their times; empty where the backend knows none.

        Raises as ``decode`` does.
        """
        return words_from(await self._worker.call("words", self._number, text))

    def close(self) -> None:
        """Forget the utterance; may be called twice."""
        if not self.closed:
            self.closed = True
            if self._worker.pid == self._pid:
                self._worker.send("close", self._number)


def hypothesis_from(data: Mapping[str, Any]) -> Hypothesis:
    """The hypothesis that plain data describes."""
    readings = tuple(Reading(**{**one, "words": words_from(one["words"])}) for one in data["readings"])
    return Hypothesis(**{**data, "readings": readings, "free_words": words_from(data["free_words"])})


def words_from(data: Iterable[Mapping[str, Any]]) -> tuple[Word, ...]:
    """The words that plain data describes."""
    return tuple(Word(**word) for word in data)
