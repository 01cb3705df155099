"""The network: GE2E's three recurrent layers, and a projection in which what differs between people counts.

It begins where Resemblyzer's weights end: they have heard thousands of people, and two hours of a hundred and fifty
teach no network from nothing who is who. What is learned here is to hear people through rooms and microphones.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn.functional import normalize

from assistant.errors import ModelError
from assistant.speaker.features import BANDS

WIDTH = 256
LAYERS = 3
DIMENSIONS = 192
TEACHER = ("lstm.", "linear.")


class Net(nn.Module):
    """float32[batch, windows, 40] -> float32[batch, 192]; not of unit length, so that windows can be averaged."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(BANDS, WIDTH, LAYERS, batch_first=True)
        self.linear = nn.Linear(WIDTH, WIDTH)
        self.projection = nn.Linear(WIDTH, DIMENSIONS)

    def voice(self, spectra: torch.Tensor) -> torch.Tensor:
        """What the teacher calls the embedding: float32[batch, 256], of unit length."""
        _, (hidden, _) = self.lstm(spectra)
        return normalize(torch.relu(self.linear(hidden[-1])), dim=1)

    def voices(self, spectra: torch.Tensor, at: list[int]) -> torch.Tensor:
        """The same as if the sound had ended at several windows: float32[batch, len(at), 256]."""
        outputs, _ = self.lstm(spectra)
        return normalize(torch.relu(self.linear(outputs[:, at])).float(), dim=2)

    def forward(self, spectra: torch.Tensor) -> torch.Tensor:
        projected: torch.Tensor = self.projection(self.voice(spectra))
        return projected


def begin(net: Net, weights: Path) -> None:
    """Take over the teacher's weights.

    Args:
        weights: Resemblyzer's ``pretrained.pt``; read as tensors only, nothing in it is executed.

    Raises:
        ModelError: it is another file.
    """
    try:
        state: Mapping[str, torch.Tensor] = torch.load(weights, "cpu", weights_only=True)["model_state"]
        known = {name: tensor for name, tensor in state.items() if name.startswith(TEACHER)}
        missing, unknown = net.load_state_dict(known, strict=False)
    except (OSError, KeyError, RuntimeError, ValueError) as error:
        raise ModelError(f"is not the teacher: {error}", where=str(weights), mend="pip install resemblyzer") from error
    if unknown or any(not name.startswith("projection.") for name in missing):
        raise ModelError(f"lacks {missing}, has {unknown}", where=str(weights), mend="pip install resemblyzer")


def discriminate(voices: np.ndarray, speakers: np.ndarray, shrink: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    """Linear discriminant analysis: weights float32[192, 256] and offset float32[192].

    After it people's own variation (rooms, words, mood) is alike in all directions, and the directions in which people
    differ most come first.

    Args:
        voices: float32[n, 256].
        speakers: whose they are, [n].
        shrink: share of the mean variance in the estimate of people's own variation.
    """
    names, index = np.unique(speakers, return_inverse=True)
    counts = np.bincount(index).astype(np.float64)
    means = np.stack([np.bincount(index, column) for column in voices.T.astype(np.float64)], 1) / counts[:, None]
    rest = voices - means[index]
    within = rest.T @ rest / (len(voices) - len(names))
    within = (1 - shrink) * within + shrink * np.trace(within) / len(within) * np.eye(len(within))
    values, vectors = np.linalg.eigh(within)
    white = vectors / np.sqrt(values)
    centre = means.mean(axis=0)
    between = (means - centre) @ white
    _, directions = np.linalg.eigh(between.T @ between)
    weights = (white @ directions[:, ::-1][:, :DIMENSIONS]).T
    return weights.astype(np.float32), (-weights @ centre).astype(np.float32)
