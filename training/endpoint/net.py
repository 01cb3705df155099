"""The network: convolutions over 100 ms, a recurrent layer over the four seconds, one logit. 47,000 weights."""

from __future__ import annotations

import torch
from torch import nn

from assistant.endpoint.features import CHANNELS

WIDTH = 48
KERNEL = 5
DROPOUT = 0.3


class Net(nn.Module):
    """float32[batch, 200, 42] -> float32[batch]: log-odds that the speaker has finished.

    Args:
        mean, deviation: of each channel over the training data, float32[42]; part of the graph.
    """

    mean: torch.Tensor
    deviation: torch.Tensor

    def __init__(self, mean: torch.Tensor, deviation: torch.Tensor) -> None:
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("deviation", deviation)
        margin = KERNEL // 2
        self.convolutions = nn.Sequential(
            nn.Conv1d(CHANNELS, WIDTH, KERNEL, padding=margin), nn.ReLU(), nn.Dropout(DROPOUT),
            nn.Conv1d(WIDTH, WIDTH, KERNEL, stride=2, padding=margin), nn.ReLU(), nn.Dropout(DROPOUT),
            nn.Conv1d(WIDTH, WIDTH, KERNEL, stride=2, padding=margin), nn.ReLU(),
        )
        self.recurrent = nn.GRU(WIDTH, WIDTH, batch_first=True)
        self.out = nn.Sequential(nn.Dropout(DROPOUT), nn.Linear(2 * WIDTH, 1))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        normal = (features - self.mean) / self.deviation
        states, _ = self.recurrent(self.convolutions(normal.transpose(1, 2)).transpose(1, 2))
        # The last state knows how it ended, the mean how this speaker speaks.
        logits: torch.Tensor = self.out(torch.cat([states[:, -1], states.mean(dim=1)], dim=1))[:, 0]
        return logits
