"""A perceptron with one hidden layer, or none, in numpy: what it says, and how it is fitted.

Small enough to be fitted where the assistant runs, which has no torch: Adam with decoupled weight decay, dropout,
smoothed labels, a learning rate that rises and falls along a cosine (Loshchilov and Hutter, 2019; Szegedy et al.,
2016).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]

MOMENTS = (0.9, 0.99)
RISING = 0.1
"""Share of the steps in which the learning rate rises."""
LITTLE = np.float32(1e-8)
SMALL_START = 0.02
"""Deviation of the last layer's first weights."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a network is fitted."""

    hidden: int = 512
    """Units of the hidden layer; 0: none."""
    epochs: int = 15
    rate: float = 4e-3
    batch: int = 256
    dropout: float = 0.4
    """Of inputs and of hidden units."""
    decay: float = 0.02
    smoothing: float = 0.05
    """Of the label's probability spread over all classes."""
    seed: int = 0
    least_steps: int = 150
    """Few examples are seen more often."""


class Network:
    """Weights and biases of each layer, after which all but the last are rectified.

    Args:
        weights: float32[in, out] of each layer.
        biases: float32[out] of each.
    """

    def __init__(self, weights: list[Floats], biases: list[Floats]) -> None:
        self.weights = weights
        self.biases = biases

    @classmethod
    def fresh(cls, inputs: int, classes: int, hidden: int, dice: np.random.Generator) -> Network:
        """Random hidden weights (He et al., 2015), small last ones."""
        widths = [inputs, hidden, classes] if hidden else [inputs, classes]
        deviations = [float(np.sqrt(2 / width)) for width in widths[:-2]] + [SMALL_START if hidden else 0.0]
        weights = [dice.normal(0.0, one, (rows, columns)).astype(np.float32)
                   for one, rows, columns in zip(deviations, widths[:-1], widths[1:], strict=True)]
        return cls(weights, [np.zeros(width, np.float32) for width in widths[1:]])

    def logits(self, features: Floats) -> Floats:
        """float32[n, classes] of float32[n, inputs]."""
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            features = np.maximum(features @ weight + bias, 0.0)
        return features @ self.weights[-1] + self.biases[-1]

    def arrays(self) -> dict[str, Floats]:
        """All of it by name, for a file."""
        named = {f"weight{at}": weight for at, weight in enumerate(self.weights)}
        return named | {f"bias{at}": bias for at, bias in enumerate(self.biases)}

    @classmethod
    def of(cls, arrays: dict[str, Floats]) -> Network:
        """The network of ``arrays``; missing ones are a KeyError."""
        layers = range(sum(name.startswith("weight") for name in arrays))
        return cls([arrays[f"weight{at}"] for at in layers], [arrays[f"bias{at}"] for at in layers])


def softmax(logits: Floats) -> Floats:
    """Probabilities along the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), np.float32)


def fit(
    features: Callable[[Labels], Floats], labels: Labels, classes: int, settings: Settings,
    say: Callable[[int, float], None] = lambda epoch, loss: None,
) -> Network:
    """Fit a network; the same data, settings and numpy give the same weights.

    Args:
        features: float32[n, inputs] of the examples with these indices.
        labels: int64[examples], the class of each.
        say: is told each epoch's number and mean loss.
    """
    dice = np.random.default_rng(settings.seed)
    batch = min(settings.batch, len(labels))
    inputs = features(np.zeros(1, np.int64)).shape[1]
    network = Network.fresh(inputs, classes, settings.hidden, dice)
    per_epoch = len(labels) // batch
    epochs = max(settings.epochs, -(-settings.least_steps // per_epoch))
    adam = _Adam(network.weights + network.biases, epochs * per_epoch, settings)
    for epoch in range(epochs):
        order, total = dice.permutation(len(labels)), 0.0
        for at in range(0, per_epoch * batch, batch):
            chosen = order[at : at + batch]
            gradients, loss = _gradients(network, features(chosen), labels[chosen], settings, dice)
            adam.step(gradients)
            total += loss
        say(epoch, total / per_epoch)
    return network


def _gradients(
    network: Network, given: Floats, labels: Labels, settings: Settings, dice: np.random.Generator
) -> tuple[list[Floats], float]:
    """Of the mean cross-entropy of a batch: weights' first, then biases'; and the loss."""
    inputs, passed = [_dropped(given, settings.dropout, dice)], []
    for weight, bias in zip(network.weights[:-1], network.biases[:-1], strict=True):
        summed = inputs[-1] @ weight + bias
        passed.append(_dropped((summed > 0).astype(np.float32), settings.dropout, dice))
        inputs.append(summed * passed[-1])
    error = softmax(inputs[-1] @ network.weights[-1] + network.biases[-1])
    rows = np.arange(len(labels))
    loss = -float(np.log(error[rows, labels] + LITTLE).mean())
    error -= settings.smoothing / error.shape[1]
    error[rows, labels] -= 1 - settings.smoothing
    error /= len(labels)
    weights, biases = list[Floats](), list[Floats]()
    for layer in range(len(network.weights) - 1, -1, -1):
        weights.insert(0, inputs[layer].T @ error)
        biases.insert(0, error.sum(axis=0))
        if layer:
            error = (error @ network.weights[layer].T) * passed[layer - 1]
    return weights + biases, loss


def _dropped(values: Floats, share: float, dice: np.random.Generator) -> Floats:
    if not share:
        return values
    kept = dice.random(values.shape, dtype=np.float32) >= share
    return values * kept * np.float32(1 / (1 - share))


class _Adam:
    """Changes parameters in place."""

    def __init__(self, parameters: list[Floats], steps: int, settings: Settings) -> None:
        self._parameters, self._steps, self._settings = parameters, steps, settings
        self._first = [np.zeros_like(one) for one in parameters]
        self._second = [np.zeros_like(one) for one in parameters]
        self._step = 0

    def step(self, gradients: list[Floats]) -> None:
        """One step; the gradients are used up."""
        self._step += 1
        first, second = MOMENTS
        share = self._step / self._steps
        rate = self._settings.rate * min(1.0, share / RISING) * (0.5 + 0.5 * np.cos(np.pi * share))
        scale = np.float32(rate * np.sqrt(1 - second**self._step) / (1 - first**self._step))
        decay = np.float32(1 - rate * self._settings.decay)
        for value, gradient, mean, square in zip(self._parameters, gradients, self._first, self._second, strict=True):
            mean *= np.float32(first)
            mean += np.float32(1 - first) * gradient
            square *= np.float32(second)
            np.square(gradient, out=gradient)
            square += np.float32(1 - second) * gradient
            if value.ndim > 1:
                value *= decay
            value -= scale * mean / (np.sqrt(square) + LITTLE)
