"""What the trainings of small networks share: a checkpoint to go on from, and the learning rate's rise and fall."""

from __future__ import annotations

from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import torch
from torch import nn

from assistant.errors import ModelError

RISING = 0.1
"""Share of the steps in which the learning rate rises."""
MOMENTS = ("exp_avg", "exp_avg_sq")


def slope(step: int, last: int) -> float:
    """Share of the learning rate: up, then down to zero along a cosine."""
    rising = max(1, round(RISING * last))
    if step < rising:
        return (step + 1) / rising
    return float(0.5 + 0.5 * np.cos(np.pi * (step - rising) / max(1, last - rising)))


def save(path: Path, net: nn.Module, optimizer: torch.optim.AdamW, done: int) -> None:
    """Write the checkpoint at once or not at all."""
    arrays = {f"weight/{name}": tensor.detach().numpy() for name, tensor in net.state_dict().items()}
    for name, weight in net.named_parameters():
        arrays |= {f"{moment}/{name}": optimizer.state[weight][moment].numpy() for moment in MOMENTS}
    new = path.with_suffix(".new.npz")
    np.savez(new, done=np.array(done), **arrays)
    new.replace(path)


def resume(path: Path, net: nn.Module, optimizer: torch.optim.AdamW) -> int:
    """Go on from a checkpoint; gives the steps that are done.

    Raises:
        ModelError: it is damaged, or of another network.
    """
    try:
        with np.load(path) as file:
            arrays = {name: file[name] for name in file.files}
        net.load_state_dict({name: torch.from_numpy(arrays[f"weight/{name}"]) for name in net.state_dict()})
        done = int(arrays["done"])
        for name, weight in net.named_parameters():
            moments = {moment: torch.from_numpy(arrays[f"{moment}/{name}"]) for moment in MOMENTS}
            optimizer.state[weight] = {"step": torch.tensor(float(done)), **moments}
    except (OSError, EOFError, ValueError, KeyError, BadZipFile, RuntimeError) as error:
        mend = "delete it, or train into an empty folder"
        raise ModelError(f"is damaged or of another network: {error}", where=str(path), mend=mend) from error
    return done
