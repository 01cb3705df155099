"""The training itself: AdamW over a number of steps, resumed where it was broken off, bit by bit the same."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from assistant.bench.speech_frames import SPEECH, UNKNOWN, without_borders
from training.checkpoint import resume, save, slope

from .examples import Examples
from .net import Net

WEIGHT_DECAY, LONGEST_GRADIENT = 0.01, 1.0
MASKS, WIDEST = 0.4, 8
"""SpecAugment: share of the examples that lose neighbouring bands, fewer than that."""
LOUDER = (0.85, 1.15)
"""Factor on the features: other levels than the rooms'."""
SAVE_EVERY, TELL_EVERY = 200, 100


@dataclass(frozen=True, slots=True)
class FitConfig:
    """How it is trained."""

    steps: int = 3000
    batch: int = 24
    rate: float = 3e-3
    seed: int = 7


def fit(net: Net, train: Examples, config: FitConfig, file: Path, say: Callable[[str], None]) -> None:
    """Train a network; goes on from ``file`` if it is there.

    Raises:
        ModelError: the checkpoint is damaged, or of another network.
    """
    optimizer = torch.optim.AdamW(net.parameters(), config.rate, weight_decay=WEIGHT_DECAY)
    done = resume(file, net, optimizer) if file.exists() else 0
    labels = known(train)
    began, total = time.monotonic(), 0.0
    net.train()
    for step in range(done, config.steps):
        dice = np.random.default_rng([config.seed, step])
        torch.manual_seed(config.seed * 100_000 + step)
        picked = dice.integers(len(labels), size=config.batch)
        for group in optimizer.param_groups:
            group["lr"] = config.rate * slope(step, config.steps)
        heard = torch.from_numpy(varied(train.heard[picked].astype(np.float32), dice))
        logits, _ = net(heard, torch.zeros(len(picked), net.state_size))
        counted = torch.from_numpy(labels[picked] != UNKNOWN)
        truth = torch.from_numpy((labels[picked] == SPEECH).astype(np.float32))
        loss = binary_cross_entropy_with_logits(logits[counted], truth[counted])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), LONGEST_GRADIENT)
        optimizer.step()
        total += float(loss.detach())
        if (step + 1) % TELL_EVERY == 0:
            left = (time.monotonic() - began) / (step + 1 - done) * (config.steps - step - 1)
            say(f"step {step + 1} of {config.steps}, loss {total / TELL_EVERY:.3f}, {left / 60:.0f} min left")
            total = 0.0
        if (step + 1) % SAVE_EVERY == 0 or step + 1 == config.steps:
            save(file, net, optimizer, step + 1)
    net.eval()


def known(found: Examples) -> np.ndarray:
    """int8[n, 400]: the labels, unknown around each change."""
    return np.array([without_borders(one) for one in found.labels])


def logits_of(net: Net, found: Examples) -> np.ndarray:
    """float64[n, 400], without training."""
    net.eval()
    with torch.no_grad():
        pieces = [net(torch.from_numpy(piece.astype(np.float32)), torch.zeros(len(piece), net.state_size))[0].numpy()
                  for piece in np.array_split(found.heard, max(1, len(found.heard) // 32))]
    return np.concatenate(pieces).astype(np.float64)


def varied(heard: np.ndarray, dice: np.random.Generator) -> np.ndarray:
    """A batch at other levels, in which some examples lack neighbouring bands; changes what it is given."""
    heard *= dice.uniform(*LOUDER, (len(heard), 1, 1)).astype(np.float32)
    for one in heard:
        if dice.random() < MASKS:
            band = int(dice.integers(one.shape[1] - WIDEST))
            one[:, band : band + int(dice.integers(1, WIDEST))] = 0.0
    return heard
