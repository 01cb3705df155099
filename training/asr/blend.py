"""How much of the old model a new one keeps: weights on the line between both (WiSE-FT, Wortsman et al. 2022).

A model trained on few voices hears others worse. The mean of old and new weights keeps most of what was won and loses
little of what was known; how much of each is decided on recordings that were kept out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

SHARES = (1.0, 0.75, 0.5)
"""Of the new weights, those that are tried."""


def blend(model: Any, new: dict[str, torch.Tensor], loss: Callable[[Any], float]) -> tuple[float, float]:
    """Give a model the best mixture of its own weights and new ones.

    Args:
        new: by name; weights that are not named stay.

    Returns:
        The share of the new weights, and the loss with it.
    """
    parameters = dict(model.named_parameters())
    old = {name: parameters[name].detach().clone() for name in new}
    losses = {}
    for share in SHARES:
        _mix(parameters, old, new, share)
        losses[share] = loss(model)
    share = min(losses, key=lambda one: losses[one])
    _mix(parameters, old, new, share)
    return share, losses[share]


def _mix(
    parameters: dict[str, Any], old: dict[str, torch.Tensor], new: dict[str, torch.Tensor], share: float
) -> None:
    with torch.no_grad():
        for name, weight in new.items():
            parameters[name].copy_(torch.lerp(old[name], weight.to(old[name].device), share))
