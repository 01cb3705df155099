"""The training itself: to say of a voice through a room what the teacher says of it without the room.

The same stretch of speech goes to the network through a channel and to the teacher as it was recorded, and what both
say after every tenth of a second is drawn together: many places teach more than one label, and what people the teacher
can tell apart is kept. Each stretch is warped anew, higher or lower, faster or slower: other people than were recorded.
Broken off, it goes on after the last checkpoint.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import cosine_similarity

from assistant.errors import ModelError
from assistant.speaker.features import BANDS, Spectra
from assistant.speaker.trained import WINDOW, hearings

from .judge import judge
from .net import Net, discriminate
from .views import Views

CHECKPOINT, BEST = "checkpoint.pt", "best.pt"
TOLD = list(range(49, WINDOW, 10))
"""Windows after which network and teacher are compared."""
HIGHER, FASTER = (0.86, 1.16), (0.85, 1.18)
"""By which voices are warped, in frequency and in time."""
WARPED = 0.6
"""Share of the stretches that are."""
MASK_SHARE, WIDEST_MASK = 0.3, 5
"""Of the stretches so many lose neighbouring bands (SpecAugment), fewer than that."""
RIPPLE_DB, RIPPLES, LOUDNESS_DB = 2.0, 8, 1.5
"""Standard deviation of a microphone's response at so many places, and of the level."""
LONGEST_GRADIENT = 1.0
RISING = 0.06
"""Share of the steps in which the learning rate rises."""
WEIGHT_DECAY = 1e-4
MEASURED = 3000
"""Views that the projection is fitted to between the checkpoints."""


@dataclass(frozen=True, slots=True)
class FitConfig:
    """How it is trained."""

    steps: int = 2000
    batch: int = 64
    rate: float = 8e-4
    shrink: float = 0.3
    """Of the discriminant analysis at the end."""
    every: int = 250
    """Steps between two judgements of people who are kept out."""
    seed: int = 11


class Fit:
    """Views, the network, and the teacher that it was.

    Args:
        net: with the teacher's weights.
        config: how.
    """

    def __init__(self, net: Net, views: Views, config: FitConfig) -> None:
        self.net, self.views, self.config = net, views, config
        self.train = np.flatnonzero(~views.kept_out)
        self.clean = {int(views.piece[view]): int(view) for view in self.train[views.clean[self.train]]}
        self.heard = self.train[~views.clean[self.train]]
        self.project(self.train[views.clean[self.train]])
        self.teacher = copy.deepcopy(net).eval().requires_grad_(False)

    def project(self, chosen: np.ndarray | None = None) -> None:
        """Fit the projection to what the network says of views now: of a share of them, or those chosen."""
        if chosen is None:
            chosen = np.random.default_rng(0).permutation(self.train)[:MEASURED]
        weights, offset = discriminate(voices_of(self.net, self.views, chosen), self.views.speaker[chosen],
                                       self.config.shrink)
        with torch.no_grad():
            self.net.projection.weight.copy_(torch.from_numpy(weights))
            self.net.projection.bias.copy_(torch.from_numpy(offset))

    def run(self, folder: Path, say: Callable[[str], None]) -> Net:
        """Train; gives back the network that told people apart best who were kept out.

        Raises:
            ModelError: the checkpoint is damaged.
        """
        learned = [*self.net.lstm.parameters(), *self.net.linear.parameters()]
        optimizer = torch.optim.AdamW(learned, self.config.rate, weight_decay=WEIGHT_DECAY)
        done, best = self._resume(folder / CHECKPOINT, optimizer)
        total = 0.0
        for step in range(done, self.config.steps):
            for group in optimizer.param_groups:
                group["lr"] = self.config.rate * slope(step, self.config.steps)
            loss = self._loss(np.random.default_rng([self.config.seed, step]))
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(learned, LONGEST_GRADIENT)
            optimizer.step()
            total += float(loss.detach())
            if (step + 1) % self.config.every == 0 or step + 1 == self.config.steps:
                self.project()
                judged = judge(self.net, self.views)
                say(f"step {step + 1}: loss {total / self.config.every:.3f}, equal error rates "
                    + ", ".join(f"{name} {value:.2%}" for name, value in judged.items()))
                total = 0.0
                if judged["eer"] < best:
                    best = judged["eer"]
                    torch.save(self.net.state_dict(), folder / BEST)
                self._save(folder / CHECKPOINT, optimizer, step + 1, best)
        self.net.load_state_dict(torch.load(folder / BEST, weights_only=True))
        self.project(self.train)
        return self.net

    def _loss(self, dice: np.random.Generator) -> torch.Tensor:
        picked = dice.choice(self.heard, self.config.batch, replace=False)
        pairs = [self._stretch(int(view), dice) for view in picked]
        heard, clean = (torch.from_numpy(np.stack(side)) for side in zip(*pairs, strict=True))
        with torch.autocast("cpu", torch.bfloat16):
            with torch.no_grad():
                wanted = self.teacher.voices(clean, TOLD)
            found = self.net.voices(heard, TOLD)
        apart = 1.0 - cosine_similarity(found, wanted, dim=2)
        # In the directions in which people differ: what all voices have in common would outweigh them.
        differing = 1.0 - cosine_similarity(self.teacher.projection(found), self.teacher.projection(wanted), dim=2)
        loss: torch.Tensor = apart.mean() + differing.mean()
        return loss

    def _stretch(self, view: int, dice: np.random.Generator) -> tuple[Spectra, Spectra]:
        """Some stretch of a view, and the same as it was recorded, both warped alike."""
        clean = self.clean[int(self.views.piece[view])]
        sides = [self.views.spectra(view, like=clean), self.views.spectra(clean)]
        higher, faster = (dice.uniform(*HIGHER), dice.uniform(*FASTER)) if dice.random() < WARPED else (1.0, 1.0)
        length = len(sides[0])
        begin = dice.uniform(0.0, max(0.0, length - WINDOW * faster))
        times = (begin + faster * np.arange(WINDOW)) % (length - 1)
        heard, original = (warped(side, times, higher) for side in sides)
        return masked(heard, dice) * microphone(dice), original

    def _save(self, path: Path, optimizer: torch.optim.Optimizer, done: int, best: float) -> None:
        new = path.with_suffix(".new")
        torch.save({"net": self.net.state_dict(), "done": done, "best": best, "optimizer": optimizer.state_dict()}, new)
        new.replace(path)

    def _resume(self, path: Path, optimizer: torch.optim.Optimizer) -> tuple[int, float]:
        if not path.exists():
            return 0, math.inf
        try:
            kept = torch.load(path, weights_only=True)
            self.net.load_state_dict(kept["net"])
            optimizer.load_state_dict(kept["optimizer"])
            return int(kept["done"]), float(kept["best"])
        except (OSError, KeyError, RuntimeError, ValueError) as error:
            raise ModelError(f"is damaged: {error}", where=str(path), mend="train into an empty folder") from error


def voices_of(net: Net, views: Views, chosen: np.ndarray) -> np.ndarray:
    """What the network says of views before the projection, float32[n, 256]: of one hearing in the middle of each."""
    found = []
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for some in np.array_split(chosen, max(1, len(chosen) // 64)):
            pieces = [hearings(views.spectra(view)) for view in some]
            middle = [padded(piece[len(piece) // 2]) for piece in pieces]
            found.append(net.voice(torch.from_numpy(np.stack(middle))).float().numpy())
    return np.concatenate(found)


def padded(spectra: Spectra) -> Spectra:
    """float32[160, 40]: what is shorter is repeated."""
    return np.resize(spectra, (WINDOW, BANDS)) if len(spectra) < WINDOW else spectra


def warped(spectra: Spectra, times: np.ndarray, higher: float) -> Spectra:
    """The spectra at other times, between two where need be, and higher: float32[len(times), 40]."""
    before = times.astype(int)
    share = (times - before).astype(np.float32)[:, None]
    slower = spectra[before] * (1.0 - share) + spectra[np.minimum(before + 1, len(spectra) - 1)] * share
    if higher == 1.0:
        return slower
    bands = np.minimum(np.arange(BANDS) / higher, BANDS - 1.0)
    below = bands.astype(int)
    part = (bands - below).astype(np.float32)
    return np.asarray(slower[:, below] * (1.0 - part) + slower[:, np.minimum(below + 1, BANDS - 1)] * part)


def masked(spectra: Spectra, dice: np.random.Generator) -> Spectra:
    """The spectra, some without some bands."""
    if dice.random() < MASK_SHARE:
        width = int(dice.integers(1, WIDEST_MASK))
        first = int(dice.integers(BANDS - width))
        spectra[:, first : first + width] = 0.0
    return spectra


def microphone(dice: np.random.Generator) -> np.ndarray:
    """The response of some microphone to the bands, float32[40], in power: a view is heard by another every time."""
    knots = dice.normal(0.0, RIPPLE_DB, RIPPLES)
    curve = np.interp(np.arange(BANDS), np.linspace(0, BANDS - 1, RIPPLES), knots) + dice.normal(0.0, LOUDNESS_DB)
    return np.asarray(10.0 ** (curve / 10.0), np.float32)


def slope(step: int, last: int) -> float:
    """Share of the learning rate: up, then down to zero along a cosine."""
    rising = max(1, round(RISING * last))
    if step < rising:
        return (step + 1) / rising
    return float(0.5 + 0.5 * np.cos(np.pi * (step - rising) / max(1, last - rising)))
