"""The training itself: AdamW over a number of epochs, resumed where it was broken off.

A plain loop and not transformers' ``Trainer``: that one keeps its state in pickles, and after a kill its order of
recordings is another. Here every step's batch and perturbation follow from the seed and the step alone.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from assistant.bench.manifest import Recorded

from .batches import IGNORED, Batch, Writer, plan
from .checkpoint import load_checkpoint, save_checkpoint, save_tensors, trained
from .window import window

CHECKPOINT, BEST = "checkpoint.safetensors", "best.safetensors"
WARM_UP = 0.1
"""Share of the steps in which the learning rate rises."""
WEIGHT_DECAY = 0.01
LONGEST_GRADIENT = 1.0


@dataclass(frozen=True, slots=True)
class FitConfig:
    """How it is trained."""

    epochs: int = 3
    batch: int = 8
    rate: float = 4e-5
    frozen: int = 2
    """Lower encoder layers that stay as they are; see ``freeze``."""
    seed: int = 11
    every: int = 25
    """Steps between checkpoints."""
    device: str = "cpu"
    bfloat16: bool = False
    """Matrix products in bfloat16: faster on processors that have it, and on graphics cards."""


def fit(
    model: Any, writer: Writer, recordings: Sequence[tuple[Recorded, float]], loss: Callable[[Any], float],
    config: FitConfig, folder: Path, say: Callable[[str], None] = print,
) -> None:
    """Train a model in place, and keep the best of its epochs in ``folder``.

    Args:
        loss: of a model on recordings kept out; the epoch with the least is kept.
        folder: holds the checkpoint; where one is there, training goes on from it.

    Raises:
        ModelError: the checkpoint is damaged or of another model.
    """
    freeze(model, config.frozen)
    model.to(config.device).train()
    optimizer = torch.optim.AdamW([weight for _, weight in trained(model)], config.rate, weight_decay=WEIGHT_DECAY)
    path = folder / CHECKPOINT
    told = load_checkpoint(path, model, optimizer) if path.exists() else {"step": "0", "best": "inf"}
    first, best = int(told["step"]), float(told["best"])
    per_epoch = len(plan(recordings, config.batch, config.seed, 0))
    last = per_epoch * config.epochs
    if first:
        say(f"going on from step {first} of {last}")
    began, losses = time.monotonic(), list[float]()
    for step in range(first, last):
        epoch, at = divmod(step, per_epoch)
        drawn = plan(recordings, config.batch, config.seed, epoch)[at]
        batch = writer.training(drawn, np.random.default_rng([config.seed, epoch, at]))
        losses.append(_step(model, batch, optimizer, config, config.rate * slope(step, last)))
        if at + 1 == per_epoch:
            kept_out = loss(model)
            say(f"epoch {epoch + 1}: loss {kept_out:.4f} on recordings kept out")
            if kept_out < best:
                best = kept_out
                save_tensors(folder / BEST, {name: weight.detach() for name, weight in trained(model)}, {})
        if (step + 1) % config.every == 0 or at + 1 == per_epoch:
            save_checkpoint(path, model, optimizer, {"step": str(step + 1), "best": repr(best)})
            left = (time.monotonic() - began) / (step + 1 - first) * (last - step - 1)
            say(f"step {step + 1} of {last}: loss {np.mean(losses):.3f}, {left / 60:.0f} minutes left")
            losses.clear()


def _step(model: Any, batch: Batch, optimizer: torch.optim.AdamW, config: FitConfig, rate: float) -> float:
    for group in optimizer.param_groups:
        group["lr"] = rate
    value = batch_loss(model, batch, config)
    value.backward()
    torch.nn.utils.clip_grad_norm_([weight for _, weight in trained(model)], LONGEST_GRADIENT)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    return float(value.detach())


def batch_loss(model: Any, batch: Batch, config: FitConfig) -> torch.Tensor:
    """Mean cross-entropy per token, in nats."""
    frames = batch.features.shape[-1]
    with window(model, frames), torch.autocast(config.device, torch.bfloat16, enabled=config.bfloat16):
        logits = model(
            input_features=batch.features.to(config.device), decoder_input_ids=batch.before.to(config.device),
            use_cache=False,
        ).logits
    labels = batch.after.to(config.device)
    return cross_entropy(logits.float().flatten(0, 1), labels.flatten(), ignore_index=IGNORED)


def mean_loss(model: Any, batches: Sequence[Batch], config: FitConfig) -> float:
    """Mean over batches, without training on them."""
    was = model.training
    model.eval()
    with torch.no_grad():
        losses = [float(batch_loss(model, batch, config)) for batch in batches]
    model.train(was)
    return sum(losses) / len(losses)


def slope(step: int, last: int) -> float:
    """Share of the learning rate: up in the first tenth of the steps, then down to zero."""
    rising = max(1, math.ceil(WARM_UP * last))
    return min((step + 1) / rising, (last - step) / max(1, last - rising))


def freeze(model: Any, layers: int) -> None:
    """Leave what an hour of speech cannot teach as it is: the words, the positions, and the lower encoder layers.

    Args:
        layers: how many of those, with the convolutions below them; -1 trains these too.
    """
    encoder, decoder = model.model.encoder, model.model.decoder
    still = [encoder.embed_positions, decoder.embed_positions, decoder.embed_tokens, *encoder.layers[: max(0, layers)]]
    for part in [*still, *([encoder.conv1, encoder.conv2] if layers >= 0 else [])]:
        for weight in part.parameters():
            weight.requires_grad = False
