"""A wake word that ``assistant train wake`` made: listens to every frame for a fraction of a percent of a core."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.audio.frames import SAMPLE_RATE, Frame
from assistant.errors import BackendError
from assistant.wake.base import WakeHit
from assistant.wake.sensitivity import threshold
from assistant.wake.trained.features import BANDS, Features
from assistant.wake.trained.graph import STEPS, WakeGraph

REFRACTORY = 2 * SAMPLE_RATE
"""Samples after a hit in which the phrase is not reported again."""
WARM = SAMPLE_RATE // 2
"""Samples at the beginning of a stream in which nothing is reported: network and features know nothing yet."""


@dataclass(frozen=True, slots=True)
class TrainedConfig:
    """Settings of the backend."""

    model: Path
    """The file that the training wrote."""
    phrase: str = ""
    """What it hears, as a check; empty: whatever the model says."""
    shift: float = 0.0
    """Added to the threshold, in log-odds: above 0 fewer false accepts, below 0 fewer misses."""
    hours: float = 0.0
    """About one false accept in so many hours, where the model has a curve; 0: the model's own threshold."""


class TrainedWakeWord:
    """A trained wake word.

    Raises:
        ModelError: the file is missing, damaged or of another kind.
        BackendError: it hears another phrase.
    """

    def __init__(self, config: TrainedConfig) -> None:
        path = config.model.expanduser()
        self._graph = WakeGraph(path)
        about = self._graph.about
        if config.phrase and " ".join(config.phrase.lower().split()) != about.phrase:
            raise BackendError(f"hears {about.phrase!r}, not {config.phrase!r}", where=str(path),
                               mend=f"phrase: {about.phrase}")
        own = threshold(about.curve, config.hours) if config.hours and about.curve else about.threshold
        self._threshold = own + config.shift
        Features()

    @property
    def threshold(self) -> float:
        """Log-odds from which the phrase counts as heard."""
        return self._threshold

    def stream(self) -> TrainedStream:
        """A detector of its own for one source."""
        return TrainedStream(self._graph, self._threshold)


class TrainedStream:
    """One source's detector."""

    def __init__(self, graph: WakeGraph, threshold: float) -> None:
        self._graph: WakeGraph | None = graph
        self._threshold = threshold
        self._begin(graph)

    def _begin(self, graph: WakeGraph) -> None:
        self._features = Features()
        self._state = graph.new_state()
        self._heard: list[np.ndarray] = []
        self._quiet_until = -1

    def feed(self, frame: Frame) -> list[WakeHit]:
        """Hits that end with this frame: at most one. Nothing after ``close``."""
        if self._graph is None:
            return []
        score = self.answer(frame)
        if self._quiet_until < 0:
            self._quiet_until = frame.sample + WARM
        if score < self._threshold or frame.sample < self._quiet_until:
            return []
        self._quiet_until = frame.end + REFRACTORY
        about = self._graph.about
        end = max(0, frame.end - round(about.delay * SAMPLE_RATE))
        return [WakeHit(about.phrase, max(0, end - round(about.length * SAMPLE_RATE)), end, score)]

    def answer(self, frame: Frame) -> float:
        """The strongest of the log-odds that are known with this frame; minus infinity if there is none."""
        if self._graph is None:
            return -np.inf
        self._heard += list(self._features.feed(frame.pcm))
        score = -np.inf
        while len(self._heard) >= STEPS:
            steps, self._heard = self._heard[:STEPS], self._heard[STEPS:]
            logits, self._state = self._graph.step(np.reshape(steps, (1, STEPS, BANDS)), self._state)
            score = max(score, float(logits.max()))
        return score

    def reset(self) -> None:
        """Forget the sound so far."""
        if self._graph is not None:
            self._begin(self._graph)

    def close(self) -> None:
        """Give the model back; may be called twice."""
        self._graph = None
