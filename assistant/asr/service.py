"""The recogniser as a service: it lives in a worker process and holds its own copy of the grammar."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from assistant.asr.base import Abandoning, Recognizer, RecognizerStream, WordTimes
from assistant.audio.frames import SAMPLE_RATE
from assistant.errors import AudioError, BackendError
from assistant.grammar import edits
from assistant.grammar.base import View
from assistant.grammar.copied import GrammarCopy
from assistant.registry import Registry
from assistant.workers.channel import Parent


class RecognizerService(GrammarCopy):
    """Streams of one recogniser, by number. Every argument and result is plain data.

    Args:
        backend: name of the recogniser.
        config: its settings.

    Raises:
        BackendError: there is no such recogniser, or it cannot be built.
    """

    parent: Parent | None = None
    """The line to the agent, where it runs in a worker."""

    def __init__(self, backend: str = "moonshine", config: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self._recognizer: Recognizer = Registry().build("asr", backend, config or {}, grammar=self._grammar)
        self._streams: dict[int, RecognizerStream] = {}

    def warm(self, view: Mapping[str, Any] | None) -> int:
        """Do now what the first utterance under a view would have to wait for; returns the grammar's version."""
        stream = self._recognizer.stream(view_from(view))
        stream.feed(np.random.default_rng(0).integers(-1000, 1000, SAMPLE_RATE).astype(np.int16), 0)
        stream.decode()
        stream.close()
        gc.unfreeze()
        gc.collect()  # a grammar that was replaced goes
        gc.freeze()  # grammar and model stay: looking through them for garbage would hold up an utterance
        return self._grammar.version

    def open(self, stream_id: int, view: Mapping[str, Any] | None, prefix: str = "") -> int:
        """Open an utterance; returns the grammar's version. ``view``: fields of ``View``, None for open dictation."""
        stream = self._streams[stream_id] = self._recognizer.stream(view_from(view), prefix=prefix)
        if isinstance(stream, Abandoning) and self.parent is not None:
            stream.given_up = self.parent.given_up
        return self._grammar.version

    def feed(self, stream_id: int, pcm: bytes, sample: int) -> None:
        """More sound: int16 little-endian. Sound for a closed stream is dropped.

        Raises:
            AudioError: the bytes are no int16 samples.
        """
        if len(pcm) % 2:
            raise AudioError(f"{len(pcm)} bytes are no int16 samples", where="recogniser")
        stream = self._streams.get(stream_id)
        if stream is not None:
            stream.feed(np.frombuffer(pcm, "<i2"), sample)

    def partial(self, stream_id: int) -> list[Any]:
        """Words so far, and how many of their characters are stable."""
        return list(self._stream(stream_id).partial())

    def decode(self, stream_id: int, end: int | None = None, careful: bool = False) -> dict[str, Any]:
        """A ``Hypothesis`` as plain data."""
        return asdict(self._stream(stream_id).decode(end, careful))

    def words(self, stream_id: int, text: str) -> list[dict[str, Any]]:
        """Each ``Word`` of a text of the last ``decode`` as plain data, with times; none if the backend knows none."""
        stream = self._stream(stream_id)
        return [asdict(word) for word in stream.words(text)] if isinstance(stream, WordTimes) else []

    def close(self, stream_id: int | None = None) -> None:
        """Forget an utterance, or all of them; unknown numbers are forgotten already."""
        numbers = list(self._streams) if stream_id is None else [stream_id]
        for number in numbers:
            stream = self._streams.pop(number, None)
            if stream is not None:
                stream.close()

    def _stream(self, stream_id: int) -> RecognizerStream:
        try:
            return self._streams[stream_id]
        except KeyError:
            raise BackendError(f"there is no open stream {stream_id}", where="recogniser") from None


def view_from(data: Mapping[str, Any] | None) -> View | None:
    """The view that plain data describes."""
    return None if data is None else edits.view_from(data)
