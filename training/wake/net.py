"""The networks that are tried: each hears 10 ms steps, keeps a state, and says every 20 ms how surely it heard.

Both are causal and small; the state makes a step cost what is new, however far back the network remembers.
"""

from __future__ import annotations

import torch
from torch import nn

from assistant.wake.trained.features import BANDS

STRIDE = 2
"""Steps of the features for each answer."""
DROPOUT = 0.1


class CausalConv(nn.Module):
    """A convolution over the past, with what it needs of it handed on: the past is float32[b, channels, reach]."""

    def __init__(self, channels: int, wide: int, kernel: int, stride: int = 1, dilation: int = 1) -> None:
        super().__init__()
        self.channels = channels
        self.reach = (kernel - 1) * dilation + 1 - stride
        self.convolution = nn.Conv1d(channels, wide, kernel, stride, dilation=dilation, bias=False)
        self.normal = nn.BatchNorm1d(wide)

    def forward(self, sound: torch.Tensor, past: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        whole = torch.cat([past, sound], dim=2)
        return torch.relu(self.normal(self.convolution(whole))), whole[:, :, whole.shape[2] - self.reach :]


class Tcn(nn.Module):
    """Dilated residual convolutions: float32[b, t, 40], state[b, n] -> log-odds[b, t / 2], state[b, n]."""

    def __init__(self, wide: int = 48, kernel: int = 5, dilations: tuple[int, ...] = (1, 2, 4, 8)) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            [CausalConv(BANDS, wide, kernel, STRIDE), *(CausalConv(wide, wide, kernel, 1, d) for d in dilations)]
        )
        self.sizes = [layer.channels * layer.reach for layer in self.layers]
        self.state_size = sum(self.sizes)
        self.out = nn.Sequential(nn.Dropout(DROPOUT), nn.Linear(wide, 1))

    def forward(self, heard: torch.Tensor, state: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        sound, kept = heard.transpose(1, 2), []
        for number, (layer, past) in enumerate(zip(self.layers, state.split(self.sizes, dim=1), strict=True)):
            new, rest = layer(sound, past.reshape(-1, layer.channels, layer.reach))
            sound = new if number == 0 else sound + new
            kept.append(rest.flatten(1))
        logits: torch.Tensor = self.out(sound.transpose(1, 2))[:, :, 0]
        return logits, torch.cat(kept, dim=1)


class Gru(nn.Module):
    """A convolution and two recurrent layers, with the same interface."""

    def __init__(self, wide: int = 48, kernel: int = 5) -> None:
        super().__init__()
        self.first = CausalConv(BANDS, wide, kernel, STRIDE)
        self.recurrent = nn.GRU(wide, wide, 2, batch_first=True)
        self.sizes = [self.first.channels * self.first.reach, wide, wide]
        self.state_size = sum(self.sizes)
        self.out = nn.Sequential(nn.Dropout(DROPOUT), nn.Linear(wide, 1))

    def forward(self, heard: torch.Tensor, state: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        past, *hidden = state.split(self.sizes, dim=1)
        sound, rest = self.first(heard.transpose(1, 2), past.reshape(-1, self.first.channels, self.first.reach))
        told, hidden_now = self.recurrent(sound.transpose(1, 2), torch.stack(hidden))
        logits: torch.Tensor = self.out(told)[:, :, 0]
        return logits, torch.cat([rest.flatten(1), hidden_now[0], hidden_now[1]], dim=1)


DESIGNS: dict[str, type[Tcn] | type[Gru]] = {"tcn": Tcn, "gru": Gru}
