"""The network: a convolution over 50 ms, a recurrent layer that remembers the room, a logit for each 20 ms."""

from __future__ import annotations

import torch
from torch import nn

from assistant.vad.trained.graph import STEPS
from assistant.wake.trained.features import BANDS

WIDE = 64
KERNEL = 5
DROPOUT = 0.1
PAST = KERNEL - STEPS
"""Steps before the new ones that the convolution also sees."""


class Net(nn.Module):
    """float32[b, t, 40], state[b, n] -> log-odds[b, t / 2] that somebody speaks, state[b, n]."""

    state_size = BANDS * PAST + WIDE

    def __init__(self) -> None:
        super().__init__()
        self.convolution = nn.Conv1d(BANDS, WIDE, KERNEL, STEPS)
        self.recurrent = nn.GRU(WIDE, WIDE, batch_first=True)
        self.out = nn.Sequential(
            nn.Dropout(DROPOUT), nn.Linear(2 * WIDE, WIDE // 2), nn.ReLU(), nn.Linear(WIDE // 2, 1),
        )

    def forward(self, heard: torch.Tensor, state: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        past, hidden = state[:, : BANDS * PAST], state[:, BANDS * PAST :]
        whole = torch.cat([past.reshape(-1, BANDS, PAST), heard.transpose(1, 2)], dim=2)
        now = torch.relu(self.convolution(whole)).transpose(1, 2)
        remembered, last = self.recurrent(now, hidden[None])
        logits: torch.Tensor = self.out(torch.cat([now, remembered], dim=2))[:, :, 0]
        return logits, torch.cat([whole[:, :, whole.shape[2] - PAST :].flatten(1), last[0]], dim=1)
