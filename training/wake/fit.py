"""The training itself: AdamW over a number of steps, resumed where it was broken off, bit by bit the same.

A phrase has to be heard at one moment shortly after its end, and at none before (max-pooling loss, Sun et al., 2016);
anything else at no moment.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.functional import softplus

from training.checkpoint import resume, save, slope

from .examples import NEAR, NOISE, PHRASE, SPEECH, Examples
from .net import STRIDE

BATCH = {PHRASE: 48, NEAR: 40, SPEECH: 32, NOISE: 8}
"""Examples of each kind in a batch."""
HEARD = (-3, 14)
"""Answers (20 ms) around the phrase's end at one of which it has to be heard."""
NOT_YET = 14
"""Answers before the end up to which it must not be."""
WARM = 25
"""Answers at the beginning that do not count: the network knows nothing yet."""
SHARP = 4.0
"""Of the smooth maximum."""
WEIGHT = 2.0
"""Of examples without the phrase."""
WEIGHT_DECAY, LONGEST_GRADIENT = 0.02, 1.0
MASKS, BAND_MASK, TIME_MASK = 0.5, 8, 20
"""SpecAugment: share of the examples, widest in bands, longest in steps."""
STRETCH = 0.25
"""Of time: by up to a factor e to this."""
WARP, SHIFT = 0.1, 2.5
"""Of the bands: factor around the middle, and bands."""
KNOTS, EQUALISED, GAIN, ROUGH = 6, 0.15, (0.75, 1.3), 0.06
"""Of the spectrum: knots of a random curve and its deviation, factor, deviation of noise; on the features' scale."""
SAVE_EVERY, TELL_EVERY = 200, 50


@dataclass(frozen=True, slots=True)
class FitConfig:
    """How it is trained."""

    steps: int = 1600
    rate: float = 4e-3
    seed: int = 7


def fit(net: Any, train: Examples, config: FitConfig, file: Path, say: Callable[[str], None]) -> None:
    """Train a network; goes on from ``file`` if it is there.

    Raises:
        ModelError: the checkpoint is damaged, or of another network.
    """
    optimizer = torch.optim.AdamW(net.parameters(), config.rate, weight_decay=WEIGHT_DECAY)
    done = resume(file, net, optimizer) if file.exists() else 0
    of = {kind: np.flatnonzero(train.kind == kind) for kind in BATCH}
    began, total = time.monotonic(), 0.0
    net.train()
    for step in range(done, config.steps):
        dice = np.random.default_rng([config.seed, step])
        torch.manual_seed(config.seed * 100_000 + step)
        picked = np.concatenate([dice.choice(of[kind], count) for kind, count in BATCH.items() if len(of[kind])])
        for group in optimizer.param_groups:
            group["lr"] = config.rate * slope(step, config.steps)
        others = varied(train.heard[picked].astype(np.float32), train.end[picked], dice)
        heard = torch.from_numpy(masked(others, dice))
        logits, _ = net(heard, torch.zeros(len(picked), net.state_size))
        loss = pooled_loss(logits, torch.from_numpy(train.end[picked].astype(np.int64)) // STRIDE)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), LONGEST_GRADIENT)
        optimizer.step()
        total += float(loss.detach())
        if (step + 1) % TELL_EVERY == 0:
            left = (time.monotonic() - began) / (step + 1 - done) * (config.steps - step - 1)
            loss_told = f"loss {total / TELL_EVERY:.3f}, {left / 60:.0f} min left"
            say(f"{file.stem}: step {step + 1} of {config.steps}, {loss_told}")
            total = 0.0
        if (step + 1) % SAVE_EVERY == 0 or step + 1 == config.steps:
            save(file, net, optimizer, step + 1)
    net.eval()


def pooled_loss(logits: torch.Tensor, end: torch.Tensor) -> torch.Tensor:
    """Scalar.

    Args:
        logits: float32[n, answers].
        end: int64[n], the answer at which the phrase ends; 0 where there is none.
    """
    places = torch.arange(logits.shape[1])[None]
    around = places - end[:, None]
    has = end > 0
    hears = has[:, None] & (around >= HEARD[0]) & (around < HEARD[1])
    silent = (places >= WARM) & (~has[:, None] | (around < -NOT_YET))
    said = softplus(-_peak(logits, hears))[has]
    other = softplus(_peak(logits, silent))[silent.any(dim=1)]
    return said.mean() + WEIGHT * other.mean()


def _peak(logits: torch.Tensor, where: torch.Tensor) -> torch.Tensor:
    """Smooth maximum over some places."""
    low = torch.where(where, logits * SHARP, torch.full_like(logits, -1e4))
    return torch.logsumexp(low, dim=1) / SHARP


def varied(heard: np.ndarray, end: np.ndarray, dice: np.random.Generator) -> np.ndarray:
    """A batch said by others: formants moved, time stretched around the phrase's end, another microphone.

    Meant to carry a network from synthesisers to people; by itself, at 900 steps, it did not measurably.
    """
    count, steps, bands = heard.shape
    stretch = np.exp(dice.uniform(-STRETCH, STRETCH, (count, 1)))
    times = np.clip(np.rint(end[:, None] + (np.arange(steps) - end[:, None]) * stretch), 0, steps - 1).astype(np.int64)
    scale, shift = dice.uniform(1 - WARP, 1 + WARP, (count, 1)), dice.uniform(-SHIFT, SHIFT, (count, 1))
    places = np.clip((np.arange(bands) - bands / 2) * scale + bands / 2 + shift, 0, bands - 1.001)
    low = places.astype(np.int64)
    part = (places - low)[:, None].astype(np.float32)
    rows = np.arange(count)[:, None, None]
    early = heard[rows, times[:, :, None], low[:, None]]
    moved = early + part * (heard[rows, times[:, :, None], low[:, None] + 1] - early)
    knots = dice.normal(0, EQUALISED, (count, KNOTS))
    curve = np.stack([np.interp(np.arange(bands), np.linspace(0, bands, KNOTS), one) for one in knots])
    moved = moved * dice.uniform(*GAIN, (count, 1, 1)) + curve[:, None] + dice.normal(0, ROUGH, moved.shape)
    return np.asarray(np.maximum(moved, 0.0), np.float32)


def masked(heard: np.ndarray, dice: np.random.Generator) -> np.ndarray:
    """A batch in which some examples lack neighbouring bands and steps; changes what it is given."""
    for one in heard:
        if dice.random() < MASKS:
            band, wide = int(dice.integers(one.shape[1] - BAND_MASK)), int(dice.integers(1, BAND_MASK))
            one[:, band : band + wide] = 0.0
        if dice.random() < MASKS:
            at, long = int(dice.integers(one.shape[0] - TIME_MASK)), int(dice.integers(1, TIME_MASK))
            one[at : at + long] = 0.0
    return heard
