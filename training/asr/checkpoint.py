"""Where training stands: weights, the optimiser's moments and the step, in one safetensors file that is never half."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from assistant.errors import ModelError

MOMENTS = ("exp_avg", "exp_avg_sq")
"""What AdamW remembers of each weight, beside the number of steps."""


def save_checkpoint(path: Path, model: Any, optimizer: torch.optim.AdamW, told: dict[str, str]) -> None:
    """Write what is trained; what stands in ``told`` comes back from ``load_checkpoint``."""
    tensors = {}
    for name, weight in trained(model):
        tensors[f"weight/{name}"] = weight.detach().contiguous()
        for moment in MOMENTS:
            if moment in optimizer.state[weight]:
                tensors[f"{moment}/{name}"] = optimizer.state[weight][moment].contiguous()
    save_tensors(path, tensors, told)


def load_checkpoint(path: Path, model: Any, optimizer: torch.optim.AdamW) -> dict[str, str]:
    """Put weights and moments back.

    Raises:
        ModelError: the file is damaged, or of another model.
    """
    tensors, told = load_tensors(path)
    try:
        for name, weight in trained(model):
            with torch.no_grad():
                weight.copy_(tensors[f"weight/{name}"])
            state = {moment: tensors[f"{moment}/{name}"].to(weight.device) for moment in MOMENTS}
            optimizer.state[weight] = {"step": torch.tensor(float(told["step"])), **state}
    except (KeyError, RuntimeError) as error:
        raise ModelError(f"is of another model: {error}", where=str(path), mend="train into an empty folder") from error
    return told


def save_tensors(path: Path, tensors: dict[str, torch.Tensor], told: dict[str, str]) -> None:
    """Write a safetensors file at once or not at all."""
    new = path.with_suffix(".new")
    save_file(tensors, new, told)
    new.replace(path)


def load_tensors(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """A safetensors file's tensors, and what it was told.

    Raises:
        ModelError: it is damaged.
    """
    try:
        with safe_open(path, "pt") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, dict(file.metadata() or {})  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise ModelError(f"is damaged: {error}", where=str(path), mend="delete it; training begins anew") from error


def trained(model: Any) -> list[tuple[str, Any]]:
    """The weights that training changes, by name."""
    return [(name, weight) for name, weight in model.named_parameters() if weight.requires_grad]
