"""The training itself: AdamW over a number of epochs, resumed where it was broken off, bit by bit the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from assistant.bench.ranking import auc
from assistant.errors import ModelError

from .examples import Examples
from .net import Net

CHECKPOINT, BEST = "checkpoint.npz", "best.npz"
WEIGHT_DECAY = 0.02
LONGEST_GRADIENT = 1.0
RISING = 0.2
"""Share of the steps in which the learning rate rises."""
CUT_SHARE, MOST_CUT = 0.5, 0.75
"""Of the examples in a batch so many lose their beginning, at most so much of it: how long somebody has spoken is no
sign that can be trusted."""
MASK_SHARE, WIDEST_MASK = 0.5, 8
"""Of the examples so many lose neighbouring channels (SpecAugment), fewer than that."""
MOMENTS = ("exp_avg", "exp_avg_sq")


@dataclass(frozen=True, slots=True)
class FitConfig:
    """How it is trained."""

    epochs: int = 14
    batch: int = 64
    rate: float = 3e-3
    views: int = 3
    """Perturbed versions of each example, beside the recorded one."""
    seed: int = 7


def new_net(found: Examples) -> Net:
    """A network that knows the level of each channel."""
    heard = torch.from_numpy(found.heard.astype(np.float32)).flatten(0, 1)
    return Net(heard.mean(0), heard.std(0) + 1e-3)


def fit(
    net: Net, train: Examples, choose: Examples, config: FitConfig, folder: Path, say: Callable[[str], None] = print
) -> Net:
    """Train; gives back the epoch that ranks the pauses of other speakers best.

    Raises:
        ModelError: the checkpoint is damaged, or of another network.
    """
    optimizer = torch.optim.AdamW(net.parameters(), config.rate, weight_decay=WEIGHT_DECAY)
    done, best = _resume(folder / CHECKPOINT, net, optimizer) if (folder / CHECKPOINT).exists() else (0, 0.0)
    labels = train.finished.astype(np.float32)
    weight = torch.tensor((1 - labels).sum() / max(1.0, labels.sum()))
    per_epoch = -(-len(labels) // config.batch)
    for epoch in range(done, config.epochs):
        dice = np.random.default_rng([config.seed, epoch])
        torch.manual_seed(config.seed * 1000 + epoch)
        order, total = dice.permutation(len(labels)), 0.0
        for step in range(per_epoch):
            picked = order[step * config.batch : (step + 1) * config.batch]
            for group in optimizer.param_groups:
                group["lr"] = config.rate * slope(epoch * per_epoch + step, config.epochs * per_epoch)
            logits = net(torch.from_numpy(masked(train.heard[picked].astype(np.float32), dice)))
            loss = binary_cross_entropy_with_logits(logits, torch.from_numpy(labels[picked]), pos_weight=weight)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), LONGEST_GRADIENT)
            optimizer.step()
            total += float(loss.detach()) * len(picked)
        scores = logits_of(net, choose)
        ranked = auc(scores[choose.finished], scores[~choose.finished])
        say(f"epoch {epoch + 1}: loss {total / len(labels):.3f}, AUC {ranked:.3f} on speakers kept out")
        if ranked > best:
            best = ranked
            _save(folder / BEST, _state(net))
        place = {"done": np.array(epoch + 1), "best": np.array(best)}
        _save(folder / CHECKPOINT, _state(net) | _moments(net, optimizer) | place)
    _restore(folder / BEST, net)
    return net


def logits_of(net: Net, found: Examples) -> np.ndarray:
    """float64[n], without training."""
    net.eval()
    with torch.no_grad():
        pieces = [net(torch.from_numpy(piece.astype(np.float32))).numpy()
                  for piece in np.array_split(found.heard, max(1, len(found.heard) // 256))]
    net.train()
    return np.concatenate(pieces).astype(np.float64)


def masked(heard: np.ndarray, dice: np.random.Generator) -> np.ndarray:
    """A batch without some beginnings and some channels; changes what it is given."""
    frames, channels = heard.shape[1:]
    for one in heard:
        if dice.random() < CUT_SHARE:
            one[: dice.integers(round(MOST_CUT * frames))] = 0.0
        if dice.random() < MASK_SHARE:
            width = int(dice.integers(1, WIDEST_MASK))
            first = int(dice.integers(channels - width))
            one[:, first : first + width] = 0.0
    return heard


def slope(step: int, last: int) -> float:
    """Share of the learning rate: up, then down to zero along a cosine."""
    rising = max(1, round(RISING * last))
    if step < rising:
        return (step + 1) / rising
    return float(0.5 + 0.5 * np.cos(np.pi * (step - rising) / max(1, last - rising)))


def _state(net: Net) -> dict[str, np.ndarray]:
    return {f"weight/{name}": tensor.detach().numpy() for name, tensor in net.state_dict().items()}


def _moments(net: Net, optimizer: torch.optim.AdamW) -> dict[str, np.ndarray]:
    kept = {f"{moment}/{name}": optimizer.state[weight][moment].numpy()
            for name, weight in net.named_parameters() for moment in MOMENTS}
    step = next(iter(optimizer.state.values()))["step"]
    return kept | {"step": np.array(float(step))}


def _save(path: Path, arrays: Mapping[str, Any]) -> None:
    """Write a file at once or not at all."""
    new = path.with_suffix(".new.npz")
    np.savez(new, **arrays)
    new.replace(path)


def _resume(path: Path, net: Net, optimizer: torch.optim.AdamW) -> tuple[int, float]:
    arrays = _restore(path, net)
    for name, weight in net.named_parameters():
        moments = {moment: torch.from_numpy(arrays[f"{moment}/{name}"]) for moment in MOMENTS}
        optimizer.state[weight] = {"step": torch.tensor(float(arrays["step"])), **moments}
    return int(arrays["done"]), float(arrays["best"])


def _restore(path: Path, net: Net) -> dict[str, np.ndarray]:
    try:
        with np.load(path) as file:
            arrays = {name: file[name] for name in file.files}
        net.load_state_dict({name: torch.from_numpy(arrays[f"weight/{name}"]) for name in net.state_dict()})
    except (OSError, ValueError, KeyError, BadZipFile, RuntimeError) as error:
        mend = "delete it, or train into an empty folder"
        raise ModelError(f"is damaged or of another network: {error}", where=str(path), mend=mend) from error
    return arrays
