"""Which intent: a perceptron on the encoder's layers and a linear one on n-grams, their probabilities mixed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from assistant.nlu.base import OUT_OF_SCOPE
from assistant.nlu.network import Floats, Labels, Network, Settings, fit, softmax
from assistant.nlu.ngrams import sentence_grams, sketch
from assistant.nlu.words import words_of

SKETCH = 2048
"""Numbers that say how a sentence is spelled."""
SPELLED_SHARE = 1 / 3
"""Weight of the n-grams' probabilities; alone they err twice as often as the encoder's layers."""
STATES = Settings()
SPELLED = Settings(hidden=0, dropout=0.2)
LEAST_DEVIATION = np.float32(1e-3)
"""Of a feature; one that hardly varies is not blown up."""


@dataclass(frozen=True, slots=True)
class Features:
    """Sentences in numbers."""

    states: Floats
    """float32[n, 1536] of the encoder."""
    spelled: npt.NDArray[np.float16]
    """float16[n, 2048]: n-grams."""

    def __len__(self) -> int:
        return len(self.states)

    def __getitem__(self, chosen: Labels | npt.NDArray[np.bool_]) -> Features:
        return Features(self.states[chosen], self.spelled[chosen])

    def __add__(self, other: Features) -> Features:
        return Features(np.concatenate([self.states, other.states]), np.concatenate([self.spelled, other.spelled]))


def spelled(text: str) -> npt.NDArray[np.float16]:
    """float16[2048] of a sentence."""
    return sketch(sentence_grams([word.text.lower() for word in words_of(text)]), SKETCH).astype(np.float16)


@dataclass(frozen=True, slots=True)
class _Part:
    """A network and the mean and deviation of its inputs."""

    network: Network
    mean: Floats
    deviation: Floats

    def probabilities(self, features: npt.NDArray[np.floating]) -> Floats:
        return softmax(self.network.logits((features.astype(np.float32) - self.mean) / self.deviation))

    def arrays(self, prefix: str) -> dict[str, Floats]:
        held = self.network.arrays() | {"mean": self.mean, "deviation": self.deviation}
        return {prefix + name: array for name, array in held.items()}

    @classmethod
    def of(cls, arrays: dict[str, Floats], prefix: str) -> _Part:
        held = {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
        return cls(Network.of(held), held["mean"], held["deviation"])


class Classifier:
    """Intents and their probabilities; ``oos`` may be one of them."""

    def __init__(self, intents: Sequence[str], states: _Part, spelled: _Part) -> None:
        self.intents = tuple(intents)
        self._states, self._spelled = states, spelled

    def probabilities(self, features: Features) -> Floats:
        """float32[n, intents]."""
        by_states, by_spelling = (self._states.probabilities(features.states),
                                  self._spelled.probabilities(features.spelled))
        return np.asarray((1 - SPELLED_SHARE) * by_states + SPELLED_SHARE * by_spelling, np.float32)

    def best(self, features: Features) -> tuple[Labels, Floats]:
        """The likeliest intent of each sentence, out-of-scope apart, and its probability."""
        found = self.probabilities(features)
        if OUT_OF_SCOPE in self.intents:
            found[:, self.intents.index(OUT_OF_SCOPE)] = 0.0
        return found.argmax(axis=1), found.max(axis=1)

    def arrays(self) -> dict[str, Floats]:
        """All of it by name, for a file."""
        return self._states.arrays("states/") | self._spelled.arrays("spelled/")

    @classmethod
    def of(cls, intents: Sequence[str], arrays: dict[str, Floats]) -> Classifier:
        """The classifier of ``arrays``; missing ones are a KeyError."""
        return cls(intents, _Part.of(arrays, "states/"), _Part.of(arrays, "spelled/"))


def fit_classifier(
    features: Features, intents: Sequence[str], seed: int = 0,
    say: Callable[[int, float], None] = lambda epoch, loss: None,
) -> Classifier:
    """Teach a classifier; ``intents`` are the sentences' own."""
    known = sorted(set(intents))
    number = {intent: at for at, intent in enumerate(known)}
    labels: Labels = np.array([number[intent] for intent in intents], np.int64)
    states = _fit_part(features.states, labels, len(known), replace(STATES, seed=seed), say)
    return Classifier(known, states, _fit_part(features.spelled, labels, len(known), replace(SPELLED, seed=seed), say))


def _fit_part(
    features: npt.NDArray[np.floating], labels: Labels, classes: int, settings: Settings,
    say: Callable[[int, float], None],
) -> _Part:
    mean = features.mean(axis=0, dtype=np.float32)
    deviation = np.maximum(features.std(axis=0, dtype=np.float32), LEAST_DEVIATION)

    def scaled(chosen: Labels) -> Floats:
        return np.asarray((features[chosen].astype(np.float32) - mean) / deviation, np.float32)

    return _Part(fit(scaled, labels, classes, settings, say), mean, deviation)
