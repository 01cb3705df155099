"""Households drawn from many speakers: four members who are enrolled, and guests who are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from assistant.bench import report
from assistant.speaker.calibration import Calibration, Matrix, mean_voice

MEMBERS = 4
HOUSEHOLDS = 1000
GUESTS_TAKEN = 0.01
"""Share of guests taken for a member, at which the threshold is put."""
FEWEST = 6
"""Utterances of a speaker who can be a member."""


@dataclass(frozen=True, slots=True)
class Voices:
    """Utterances of many speakers."""

    speakers: np.ndarray
    """Who speaks, [n]."""
    whole: Matrix
    """Embedding of each utterance."""
    short: Matrix
    """Of so much of it as is said before somebody is asked who it was."""
    seconds: np.ndarray
    """Length of each whole utterance."""

    def of(self, names: Sequence[str]) -> Voices:
        """Those of some speakers."""
        kept = np.isin(self.speakers, list(names))
        return Voices(self.speakers[kept], self.whole[kept], self.short[kept], self.seconds[kept])


@dataclass(frozen=True, slots=True)
class Tests:
    """What came of the households: log-likelihood ratio of the best member, for members and guests."""

    member: np.ndarray
    right: np.ndarray
    """Whether the best one is the one who speaks."""
    guest: np.ndarray


def visit(voices: Voices, calibration: Calibration, enrol: float, short: float, seed: int) -> Tests:
    """Draw households; each member and as many guests say one utterance, which no enrolment holds."""
    generator = np.random.default_rng(seed)
    names, counts = np.unique(voices.speakers, return_counts=True)
    names = names[counts >= FEWEST]
    member, right, guest = [], [], []
    for _ in range(HOUSEHOLDS):
        drawn = generator.choice(names, 2 * MEMBERS, replace=False)
        tests, models = [], []
        for person in drawn:
            order = generator.permutation(np.flatnonzero(voices.speakers == person))
            tests.append(voices.short[order[0]])
            enough = int(np.searchsorted(np.cumsum(voices.seconds[order[1:]]), enrol)) + 1
            models.append(mean_voice(voices.whole[order[1 : 1 + enough]]))
        ratios = calibration.llr(calibration.normal(np.stack(models[:MEMBERS]), np.stack(tests)), short)
        ranked = np.sort(ratios, axis=0)
        surest = ranked[-1] - np.maximum(ranked[-2], 0.0)  # as the agent does: see ``assistant.speaker.scoring.apart``
        member.append(surest[:MEMBERS])
        right.append(ratios.argmax(axis=0)[:MEMBERS] == np.arange(MEMBERS))
        guest.append(surest[MEMBERS:])
    return Tests(np.concatenate(member), np.concatenate(right), np.concatenate(guest))


def threshold(tests: Tests) -> float:
    """Log-likelihood ratio that one guest in a hundred reaches."""
    return float(np.quantile(tests.guest, 1.0 - GUESTS_TAKEN, method="higher"))


def households(
    voices: Voices, calibration: Calibration, enrol: float, short: float, fixed: float | None, seed: int
) -> dict[str, Any]:
    """Guests taken, members refused and members confused.

    Args:
        fixed: the threshold; None: of two halves of the speakers each is judged with the other's.
    """
    names, counts = np.unique(voices.speakers, return_counts=True)
    names = names[counts >= FEWEST]
    if len(names) < (4 if fixed is None else 2) * MEMBERS:
        return {}
    parts = [names[::2], names[1::2]] if fixed is None else [names]
    visits = [visit(voices.of(list(part)), calibration, enrol, short, seed + at) for at, part in enumerate(parts)]
    limits = [threshold(one) for one in reversed(visits)] if fixed is None else [fixed]
    taken = refused = confused = members = guests = 0
    for tests, limit in zip(visits, limits, strict=True):
        accepted = tests.member >= limit
        taken += int((tests.guest >= limit).sum())
        refused += int((~accepted).sum())
        confused += int((accepted & ~tests.right).sum())
        members, guests = members + len(tests.member), guests + len(tests.guest)
    # A speaker is in many households: the interval is that of the utterances there are.
    times = max(1, members // len(voices.speakers))
    return {
        "household_threshold": float(np.mean(limits)), "guests_taken": report.share(taken, guests, times),
        "members_refused": report.share(refused, members, times),
        "members_confused": report.share(confused, members, times),
    }
