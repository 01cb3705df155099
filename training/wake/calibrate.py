"""Where a network's threshold lies: on speech and synthetic speakers that it was not trained with.

The rarest false accepts decide, and there are hours of speech, not weeks: above the 40 strongest answers to other
speech the rate is taken to fall exponentially (peaks over threshold, Pickands 1975).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.wake.trained.features import HOP, features

from .acoustics import Acoustics
from .examples import LENGTH, placed
from .net import STRIDE

ANSWER = HOP * STRIDE / SAMPLE_RATE
"""Seconds between answers."""
BLOCK = round(2.0 / ANSWER)
"""Answers of which only the strongest counts: the refractory time."""
STRONGEST = 40
WITHIN = (-0.2, 0.5)
"""Seconds around a phrase's end in which it is heard."""
PIECE = 60 * SAMPLE_RATE
HOURS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
"""For which the model's card has a threshold."""
TARGET = 0.3
"""False accepts per hour of ordinary speech."""
Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scores:
    """What a network answers to sound that it was not trained with; log-odds."""

    said: Array
    """Strongest answer around each phrase's end."""
    late: Array
    """Seconds from the end to it."""
    near: Array
    """Strongest answer to each near-sounding phrase."""
    other: Array
    """Strongest answer in each two seconds of other speech."""

    @property
    def hours(self) -> float:
        return len(self.other) * BLOCK * ANSWER / 3600

    def threshold(self, rate: float = TARGET) -> float:
        """Log-odds that other speech exceeds ``rate`` times an hour."""
        strongest = np.sort(self.other)[::-1][: STRONGEST + 1]
        above, least = strongest[:-1], strongest[-1]
        excess = float(np.mean(above - least))
        return float(least + excess * np.log(max(1.0, len(above) / (rate * self.hours))))

    def by_hours(self) -> list[list[float]]:
        """Thresholds for about one false accept in so many hours."""
        return [[hours, round(self.threshold(1 / hours), 3)] for hours in HOURS]

    def missed(self, threshold: float) -> float:
        return float(np.mean(self.said < threshold))

    def delay(self, threshold: float) -> float:
        """Median seconds from a phrase's end to the answer, of those that are heard."""
        heard = self.late[self.said >= threshold]
        return float(np.median(heard)) if len(heard) else 0.0

    def curve(self) -> tuple[Array, Array]:
        """False accepts per hour of other speech, and the share missed, for falling thresholds."""
        rates = np.geomspace(0.1, 30.0, 60)
        return rates, np.array([self.missed(self.threshold(rate)) for rate in rates])


def scores(
    net: Any, said: Sequence[Pcm], near: Sequence[Pcm], speech: Sequence[Pcm], acoustics: Acoustics, seed: int
) -> Scores:
    """Ask a network about phrases in rooms and noise, and about hours of other speech, clean and in noise."""
    peaks, late = zip(*(_said(net, sound, speech, acoustics, [seed, n]) for n, sound in enumerate(said)), strict=True)
    false = [_said(net, sound, speech, acoustics, [seed + 1, n])[0] for n, sound in enumerate(near)]
    blocks = np.concatenate([_blocks(answers(net, piece)) for piece in streams(speech, acoustics, seed + 2)])
    return Scores(np.array(peaks), np.array(late), np.array(false), blocks)


def answers(net: Any, sound: Pcm) -> Array:
    """Log-odds every 20 ms."""
    heard = torch.from_numpy(features(sound))[None]
    heard = heard[:, : heard.shape[1] // STRIDE * STRIDE]
    with torch.no_grad():
        found: Array = net(heard, torch.zeros(1, net.state_size))[0][0].numpy().astype(np.float64)
    return found


def streams(speech: Sequence[Pcm], acoustics: Acoustics, seed: int) -> Iterable[Pcm]:
    """Other speech by the minute: as it is, and twice in rooms and noise."""
    whole = np.concatenate(speech)
    for view in range(3):
        for at in range(0, len(whole), PIECE):
            piece = whole[at : at + PIECE]
            dice = np.random.default_rng([seed, view, at])
            yield acoustics.place(piece.astype(np.float32), piece, dice) if view else piece


def _said(
    net: Any, sound: Pcm, speech: Sequence[Pcm], acoustics: Acoustics, seed: Sequence[int]
) -> tuple[float, float]:
    """Strongest answer around the end of a phrase in some place, and how late it comes."""
    pcm, end = placed(sound, speech, acoustics, np.random.default_rng(seed))
    found = answers(net, pcm)
    last = len(found) - round((LENGTH - end) / SAMPLE_RATE / ANSWER)
    first = max(0, last + round(WITHIN[0] / ANSWER))
    window = found[first : last + round(WITHIN[1] / ANSWER)]
    return float(window.max()), (first + int(window.argmax()) + 1 - last) * ANSWER


def _blocks(found: Array) -> Array:
    whole = len(found) // BLOCK * BLOCK
    blocks: Array = found[:whole].reshape(-1, BLOCK).max(axis=1)
    return blocks
