"""A voice activity detector that ``python -m training.vad.train`` made; hears every frame, in silence too."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Frame
from assistant.ranges import Milliseconds
from assistant.vad.base import VadResult
from assistant.vad.trained.graph import STEPS, VadGraph
from assistant.wake.trained.features import BANDS, Features

RELEASE = 1.0
"""Log-odds by which an answer may fall below the threshold before it counts as silence."""
WARM_FRAMES = 10
"""Frames at the beginning of a stream in which nobody speaks: network and features know nothing yet."""


@dataclass(frozen=True, slots=True)
class TrainedVadConfig:
    """Settings of the backend."""

    model: Path
    """The file that the training wrote."""
    shift: float = 0.0
    """Added to the model's own threshold, in log-odds: above 0 less counts as speech, below 0 more."""
    onset_ms: Milliseconds = 40
    """Speech has begun after so long with."""
    hangover_ms: Milliseconds = 100
    """Speech has ended after so long without."""


class TrainedVad:
    """A trained voice activity detector.

    Raises:
        ModelError: the file is missing, damaged or of another kind.
    """

    def __init__(self, config: TrainedVadConfig) -> None:
        self.config = config
        self._graph = VadGraph(config.model.expanduser())
        Features()

    def stream(self) -> TrainedVadStream:
        return TrainedVadStream(self._graph, self.config)


class TrainedVadStream:
    """One live stream; a probability of 0.5 is the model's threshold."""

    def __init__(self, graph: VadGraph, config: TrainedVadConfig) -> None:
        self._graph = graph
        self._threshold = graph.about.threshold + config.shift
        self._onset = max(1, config.onset_ms * SAMPLE_RATE // 1000 // FRAME_SAMPLES)
        self._hangover = max(1, config.hangover_ms * SAMPLE_RATE // 1000 // FRAME_SAMPLES)
        self.reset()

    def reset(self) -> None:
        self._features = Features()
        self._heard: list[np.ndarray] = []
        self._state = self._graph.new_state()
        self._logit = -math.inf
        self._warming = WARM_FRAMES
        self._speech = False
        self._voiced = 0
        """Frames in a row that count as speech,"""
        self._unvoiced = 0
        """and that do not."""
        self._changed_at: int | None = None
        """Sample of the latest change; at first the stream's beginning."""

    def close(self) -> None:
        """Nothing is held."""

    def feed(self, frame: Frame) -> VadResult:
        if self._changed_at is None:
            self._changed_at = frame.sample
        self._listen(frame)
        margin = self._logit - self._threshold
        self._voiced = self._voiced + 1 if margin >= 0 else 0
        self._unvoiced = self._unvoiced + 1 if margin < -RELEASE else 0
        changed = self._change(frame)
        if changed is not None:
            self._speech = not self._speech
            self._changed_at = changed = min(frame.end, max(self._changed_at, changed))
        return VadResult(self._speech, _sigmoid(margin), changed)

    def _listen(self, frame: Frame) -> None:
        self._heard += list(self._features.feed(frame.pcm))
        while len(self._heard) >= STEPS:
            steps, self._heard = self._heard[:STEPS], self._heard[STEPS:]
            logits, self._state = self._graph.step(np.reshape(steps, (1, STEPS, BANDS)), self._state)
            self._logit = float(logits[0, -1]) if self._warming <= 0 else -math.inf
        self._warming -= 1

    def _change(self, frame: Frame) -> int | None:
        """The sample at which speech began or ended, if it did."""
        about = self._graph.about
        if not self._speech and self._voiced >= self._onset:
            return frame.end - self._voiced * FRAME_SAMPLES - about.onset_late
        if self._speech and self._unvoiced >= self._hangover:
            return frame.end - self._unvoiced * FRAME_SAMPLES - about.end_late
        return None


def _sigmoid(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x)) if x > -700.0 else 0.0
