"""The training itself: people apart (additive angular margin), and none far from where the teacher has them.

Each batch has several views of each of some people, cut at random. The teacher heard the same piece without the
channel: what the network says of a noisy view should be what the teacher says of the clean one, and of its speaker.
Broken off, it goes on after the last checkpoint.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy, normalize

from assistant.errors import ModelError
from assistant.speaker.features import BANDS
from assistant.speaker.trained import WINDOW, hearings

from .judge import judge
from .net import Net, discriminate
from .views import Views

CHECKPOINT, BEST = "checkpoint.pt", "best.pt"
SHORTEST = 80
"""Windows of the shortest cut; orders are short."""
MASK_SHARE, WIDEST_MASK = 0.4, 6
"""Of the views so many lose neighbouring bands (SpecAugment), fewer than that."""
RIPPLE_DB, RIPPLES, LOUDNESS_DB = 2.5, 8, 1.5
"""Standard deviation of a microphone's response at so many places, and of the level."""
LONGEST_GRADIENT = 3.0
RISING = 0.08
"""Share of the steps in which the learning rate rises."""
WEIGHT_DECAY = 1e-4


@dataclass(frozen=True, slots=True)
class FitConfig:
    """How it is trained."""

    steps: int = 1500
    people: int = 24
    """In a batch,"""
    each: int = 4
    """and views of each of them."""
    rate: float = 4e-4
    """Learning rate of the recurrent layers; the rest learns three times as fast."""
    margin: float = 0.15
    """Radians."""
    sharpness: float = 18.0
    """Of the softmax over cosines."""
    faithful: float = 4.0
    """Weight of the distance from the teacher."""
    every: int = 150
    """Steps between two judgements of people who are kept out."""
    seed: int = 11


class Fit:
    """Views, the network, and where each person lies.

    Args:
        net: with the teacher's weights.
        config: how.
    """

    def __init__(self, net: Net, views: Views, config: FitConfig) -> None:
        self.net, self.views, self.config = net, views, config
        self.train = np.flatnonzero(~views.kept_out)
        self.names, self.owner = np.unique(views.speaker[self.train], return_inverse=True)
        self.of = [self.train[self.owner == number] for number in range(len(self.names))]
        self.targets = torch.zeros(len(views.start), 256)
        self.people = nn.Parameter(torch.zeros(len(self.names), net.projection.out_features))

    def begin(self) -> None:
        """The targets, the projection and the places of people, from what the teacher hears."""
        voices = voices_of(self.net, self.views, self.train)
        clean = self.views.clean[self.train]
        by_piece = {}
        for view, voice, plain in zip(self.train, voices, clean, strict=True):
            if plain:
                by_piece[self.views.piece[view], self.views.speaker[view]] = voice
        for number, members in enumerate(self.of):
            mean = voices[(self.owner == number) & clean]
            mean = mean.mean(axis=0) if len(mean) else voices[self.owner == number].mean(axis=0)
            for view in members:
                piece = by_piece.get((self.views.piece[view], self.views.speaker[view]), mean)
                self.targets[view] = torch.from_numpy(0.5 * mean + 0.5 * piece)
        self.targets = normalize(self.targets, dim=1)
        weights, offset = discriminate(voices, self.owner)
        projected = voices @ weights.T + offset
        means = np.stack([projected[self.owner == number].mean(axis=0) for number in range(len(self.names))])
        with torch.no_grad():
            self.net.projection.weight.copy_(torch.from_numpy(weights))
            self.net.projection.bias.copy_(torch.from_numpy(offset))
            self.people.copy_(normalize(torch.from_numpy(means.astype(np.float32)), dim=1))

    def run(self, folder: Path, say: Callable[[str], None]) -> Net:
        """Train; gives back the network that told people apart best who were kept out.

        Raises:
            ModelError: the checkpoint is damaged.
        """
        parts = [{"params": [*self.net.lstm.parameters(), *self.net.linear.parameters()], "times": 1.0},
                 {"params": [*self.net.projection.parameters(), self.people], "times": 3.0}]
        optimizer = torch.optim.AdamW(parts, self.config.rate, weight_decay=WEIGHT_DECAY)
        done, best = self._resume(folder / CHECKPOINT, optimizer)
        if not done:
            best = judge(self.net, self.views)["eer"]
            say(f"step 0: equal error rate {best:.2%} of people kept out")
            torch.save(self.net.state_dict(), folder / BEST)
        total = 0.0
        for step in range(done, self.config.steps):
            for group in optimizer.param_groups:
                group["lr"] = self.config.rate * group["times"] * slope(step, self.config.steps)
            loss = self._loss(np.random.default_rng([self.config.seed, step]))
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.net.parameters(), LONGEST_GRADIENT)
            optimizer.step()
            total += float(loss.detach())
            if (step + 1) % self.config.every == 0 or step + 1 == self.config.steps:
                judged = judge(self.net, self.views)
                say(f"step {step + 1}: loss {total / self.config.every:.3f}, equal error rates "
                    + ", ".join(f"{name} {value:.2%}" for name, value in judged.items()))
                total = 0.0
                if judged["eer"] < best:
                    best = judged["eer"]
                    torch.save(self.net.state_dict(), folder / BEST)
                self._save(folder / CHECKPOINT, optimizer, step + 1, best)
        self.net.load_state_dict(torch.load(folder / BEST, weights_only=True))
        return self.net

    def _loss(self, dice: np.random.Generator) -> torch.Tensor:
        numbers = dice.choice(len(self.of), min(self.config.people, len(self.of)), replace=False)
        picked = np.concatenate([dice.choice(self.of[number], self.config.each) for number in numbers])
        labels = torch.from_numpy(np.repeat(numbers, self.config.each))
        length = int(dice.integers(SHORTEST, WINDOW + 1))
        spectra = torch.from_numpy(np.stack([cut(self.views.spectra(view), length, dice) for view in picked]))
        with torch.autocast("cpu", torch.bfloat16):
            voices = self.net.voice(spectra)
        voices = normalize(voices.float(), dim=1)
        cosines = normalize(self.net.projection(voices), dim=1) @ normalize(self.people, dim=1).T
        apart = cross_entropy(self.config.sharpness * with_margin(cosines, labels, self.config.margin), labels)
        away = 1.0 - (voices * self.targets[picked]).sum(dim=1)
        loss: torch.Tensor = apart + self.config.faithful * away.mean()
        return loss

    def _save(self, path: Path, optimizer: torch.optim.Optimizer, done: int, best: float) -> None:
        new = path.with_suffix(".new")
        torch.save({"net": self.net.state_dict(), "people": self.people.data, "targets": self.targets, "done": done,
                    "best": best, "optimizer": optimizer.state_dict()}, new)
        new.replace(path)

    def _resume(self, path: Path, optimizer: torch.optim.Optimizer) -> tuple[int, float]:
        if not path.exists():
            self.begin()
            return 0, 1.0
        try:
            kept = torch.load(path, weights_only=True)
            self.net.load_state_dict(kept["net"])
            self.people.data.copy_(kept["people"])
            self.targets = kept["targets"]
            optimizer.load_state_dict(kept["optimizer"])
            return int(kept["done"]), float(kept["best"])
        except (OSError, KeyError, RuntimeError, ValueError) as error:
            raise ModelError(f"is damaged: {error}", where=str(path), mend="train into an empty folder") from error


def voices_of(net: Net, views: Views, chosen: np.ndarray) -> np.ndarray:
    """What the teacher says of views, float32[n, 256]: of one hearing in the middle of each."""
    found = []
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for some in np.array_split(chosen, max(1, len(chosen) // 64)):
            pieces = [hearings(views.spectra(view)) for view in some]
            middle = [padded(piece[len(piece) // 2]) for piece in pieces]
            found.append(net.voice(torch.from_numpy(np.stack(middle))).float().numpy())
    return np.concatenate(found)


def padded(spectra: np.ndarray) -> np.ndarray:
    """float32[160, 40]: what is shorter is repeated."""
    return np.resize(spectra, (WINDOW, BANDS)) if len(spectra) < WINDOW else spectra


def cut(spectra: np.ndarray, length: int, dice: np.random.Generator) -> np.ndarray:
    """So many windows from anywhere, some without some bands."""
    if len(spectra) < length:
        spectra = np.resize(spectra, (length, BANDS))
    at = int(dice.integers(len(spectra) - length + 1))
    spectra = spectra[at : at + length].copy()
    if dice.random() < MASK_SHARE:
        width = int(dice.integers(1, WIDEST_MASK))
        first = int(dice.integers(BANDS - width))
        spectra[:, first : first + width] = 0.0
    return spectra * microphone(dice)


def microphone(dice: np.random.Generator) -> np.ndarray:
    """The response of some microphone to the bands, float32[40], in power: a view is heard by another every time."""
    knots = dice.normal(0.0, RIPPLE_DB, RIPPLES)
    curve = np.interp(np.arange(BANDS), np.linspace(0, BANDS - 1, RIPPLES), knots) + dice.normal(0.0, LOUDNESS_DB)
    return np.asarray(10.0 ** (curve / 10.0), np.float32)


def with_margin(cosines: torch.Tensor, labels: torch.Tensor, margin: float) -> torch.Tensor:
    """Cosines with the right one's angle made larger (ArcFace: Deng et al., 2019)."""
    rows = torch.arange(len(labels))
    right = cosines[rows, labels].clamp(-1 + 1e-6, 1 - 1e-6)
    harder = torch.cos(torch.acos(right) + margin)
    return cosines.index_put((rows, labels), harder)


def slope(step: int, last: int) -> float:
    """Share of the learning rate: up, then down to zero along a cosine."""
    rising = max(1, round(RISING * last))
    if step < rising:
        return (step + 1) / rising
    return float(0.5 + 0.5 * np.cos(np.pi * (step - rising) / max(1, last - rising)))
