"""One utterance of the Moonshine backend: sound as it comes, partials, and the reading of a finished utterance."""

from __future__ import annotations

import time

import numpy as np

from assistant.asr.base import Hypothesis, Reading
from assistant.asr.moonshine.beam import BeamConfig, Found, Search, Sentence
from assistant.asr.moonshine.confidence import Evidence, confidence
from assistant.asr.moonshine.model import MoonshineModel
from assistant.asr.moonshine.phrases import PhraseConstraint
from assistant.asr.moonshine.sound import Sound, Tokens
from assistant.audio.frames import Floats, Pcm
from assistant.errors import AudioError
from assistant.grammar.base import TokenConstraint

READINGS = 5
"""Most readings of one hypothesis."""


class MoonshineStream:
    """One utterance; see the contract."""

    def __init__(
        self, model: MoonshineModel, config: BeamConfig, constraint: tuple[TokenConstraint, int] | None,
        prefix: PhraseConstraint | None,
    ) -> None:
        self._model = model
        self._config = config
        self._constraint, self._version = constraint if constraint else (None, 0)
        self._prefix = prefix
        self._chunks: list[Pcm] = []
        self._start: int | None = None
        self._next = 0
        self._drafts: list[Tokens] = []
        self._partial = ""

    def feed(self, pcm: Pcm, sample: int) -> None:
        """More sound, gapless.

        Raises:
            AudioError: it is not int16 mono or does not follow what came before.
        """
        if pcm.dtype != np.int16 or pcm.ndim != 1:
            raise AudioError(f"sound is int16 mono, not {pcm.dtype} of shape {list(pcm.shape)}", where="recogniser")
        if self._start is None:
            self._start = self._next = sample
        if sample != self._next:
            raise AudioError(f"sound must follow without a gap: sample {self._next}, not {sample}", where="recogniser")
        self._chunks.append(pcm)
        self._next += len(pcm)

    def partial(self) -> tuple[str, int]:
        """Words so far, and how many of their characters did not change since the last time."""
        hypothesis = self.decode()
        best = hypothesis.best
        text = best.text if best is not None and best.confidence > 0.5 else hypothesis.free_text
        stable = _common_words(self._partial, text)
        self._partial = text
        return text, stable

    def decode(self, end: int | None = None) -> Hypothesis:
        """Read the sound up to sample ``end`` as a finished utterance."""
        sound, start, stop = self._sound(end)
        if not len(sound):
            return Hypothesis(start=start, end=stop, grammar_version=self._version)
        began = time.perf_counter()
        place = Sound(self._model, sound, self._drafts)
        encoded = time.perf_counter()
        found = Search(place, self._constraint, self._model.vocabulary.folded, self._config, self._prefix).run()
        self._drafts = [found.free_draft, *(sentence.draft for sentence in found.sentences if sentence.final)]
        seconds = {"encode": encoded - began, "decode": time.perf_counter() - encoded}
        readings = self._readings(found)
        return Hypothesis(
            readings=readings, free_text=self._free_text(found), free_score=found.free_score,
            start=start, end=stop, grammar_version=self._version, seconds=seconds,
        )

    def close(self) -> None:
        """Forget the sound."""
        self._chunks.clear()

    def _sound(self, end: int | None) -> tuple[Floats, int, int]:
        start = self._start or 0
        stop = self._next if end is None else max(start, min(end, self._next))
        if len(self._chunks) > 1:
            self._chunks = [np.concatenate(self._chunks)]
        pcm = self._chunks[0][: stop - start] if self._chunks else np.zeros(0, np.int16)
        return pcm.astype(np.float32) / 32768.0, start, stop

    def _free_text(self, found: Found) -> str:
        text = self._model.vocabulary.text(found.free)
        return text.lstrip(",.!?- ") if self._prefix is not None else text

    def _readings(self, found: Found) -> tuple[Reading, ...]:
        """Whole sentences by their score, and the surest unfinished one where its confidence puts it."""
        readings = [self._reading(sentence, found) for sentence in found.sentences]
        whole = [reading for reading in readings if reading.complete]
        unfinished = max((r for r in readings if not r.complete), key=lambda r: r.confidence, default=None)
        if unfinished is not None and (not whole or unfinished.confidence > whole[0].confidence):
            whole.insert(0, unfinished)
        return tuple(whole[:READINGS])

    def _reading(self, sentence: Sentence, found: Found) -> Reading:
        assert self._constraint is not None
        margin = sentence.score - found.free_score
        evidence = Evidence(margin, len(sentence.tokens), len(found.free))
        return Reading(
            text=self._model.vocabulary.text(sentence.tokens), margin=margin, confidence=confidence(evidence),
            complete=sentence.final, can_go_on=self._constraint.can_go_on(sentence.state),
        )


def _common_words(before: str, now: str) -> int:
    """Characters of the whole words that two texts begin with."""
    n = 0
    while n < min(len(before), len(now)) and before[n] == now[n]:
        n += 1
    if n == len(now) or (n == len(before) and now[n : n + 1] == " "):
        return n
    return now.rfind(" ", 0, n) + 1 if " " in now[:n] else 0
