"""microWakeWord's four trained words, frame by frame: a fiftieth of a percent of a core each.

The models (Apache-2.0, Kevin Ahrendt) and their runtime arrive inside pymicro-wakeword.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assistant.audio.frames import SAMPLE_RATE, Frame
from assistant.errors import BackendError, ModelError
from assistant.packaged import packaged_file
from assistant.ranges import Share
from assistant.wake.base import WakeHit
from assistant.wake.placing import placed

PACKAGE = "pymicro_wakeword"
REQUIREMENT = "pymicro-wakeword==2.5.0"
LOCK = {
    "alexa": "9011a8155b04de858c48038529235cbc0e42e9fca05a55bf588cb80a653a723b",
    "hey_jarvis": "21a7976add39ee24ec96c63d96b7aaa18e24d1d9824b963e451da8feb4b78b77",
    "hey_mycroft": "c2a9b6ed51182db72e014781d5a4ece1929dc232a40b5b4be384f0295f0e1571",
    "okay_nabu": "d89128c4d16a72de429119fb2254ce46649553c2a24f5dd840175c80d7b9d094",
}
"""SHA-256 of each word's model."""
REFRACTORY = SAMPLE_RATE
"""Samples after a hit in which the same word is not reported again: the mean of the window stays high."""
PHRASE_SAMPLES = round(0.8 * SAMPLE_RATE)
"""How long one of the phrases usually is; the start of a hit is counted back from its end."""
DELAY = round(0.1 * SAMPLE_RATE)
"""How long after the phrase's end the network mostly says so."""


@dataclass(frozen=True, slots=True)
class MicroConfig:
    """Settings of the backend."""

    phrase: str = "okay nabu"
    """One of: alexa, hey jarvis, hey mycroft, okay nabu."""
    threshold: Share = 0.0
    """Mean probability from which the word counts as heard; 0 for the one its model comes with."""


class MicroWakeWord:
    """A trained wake word.

    Raises:
        BackendError: the phrase is none of the four.
        ModelError: the package or the model is missing or damaged.
    """

    def __init__(self, config: MicroConfig | None = None) -> None:
        self.config = config or MicroConfig()
        self._model = "_".join(self.config.phrase.lower().split())
        if self._model not in LOCK:
            known = ", ".join(name.replace("_", " ") for name in LOCK)
            raise BackendError(f"there is no trained wake word {self.config.phrase!r}", where="wake: micro",
                               mend=f"use one of: {known}; any other phrase with the backend 'phrase'")
        packaged_file(PACKAGE, f"models/{self._model}.tflite", LOCK[self._model], requirement=REQUIREMENT)
        self.stream().close()

    def stream(self) -> MicroStream:
        """A detector of its own for one source."""
        try:
            import pymicro_wakeword as micro

            detector = micro.MicroWakeWord.from_builtin(micro.Model(self._model))
        except (ImportError, OSError, ValueError) as error:
            raise ModelError(f"cannot be loaded: {error}", where=PACKAGE, mend=f"pip install {REQUIREMENT}") from error
        threshold = self.config.threshold or float(detector.probability_cutoff)
        return MicroStream(detector, micro.MicroWakeWordFeatures, self.config.phrase, threshold)


class MicroStream:
    """One source's detector."""

    def __init__(self, detector: Any, features: Any, phrase: str, threshold: float) -> None:
        self._detector = detector
        self._make_features = features
        self._features = features()
        self._phrase = phrase
        self._threshold = threshold
        self._first: int | None = None
        self._quiet_until = -1

    def feed(self, frame: Frame) -> list[WakeHit]:
        """Hits that end with this frame: at most one. Nothing after ``close``."""
        if self._detector is None:
            return []
        if self._first is None:
            self._first = frame.sample
        score = 0.0
        for window in self._features.process_streaming(frame.pcm.astype("<i2").tobytes()):
            score = max(score, self._detector.process_streaming_prob(window) or 0.0)
        if score <= self._threshold or frame.sample < self._quiet_until:
            return []
        self._quiet_until = frame.end + REFRACTORY
        return [placed(self._phrase, score, first=self._first, told=frame.end, delay=DELAY, length=PHRASE_SAMPLES)]

    def reset(self) -> None:
        """Forget the sound so far."""
        if self._detector is not None:
            self._detector.reset()
            self._features = self._make_features()
            self._first = None
            self._quiet_until = -1

    def close(self) -> None:
        """Give the model back; may be called twice."""
        detector, self._detector = self._detector, None
        if detector is not None:
            detector.close()
