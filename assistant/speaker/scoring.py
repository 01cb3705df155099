"""Whose voice is it: one utterance against the people who are enrolled, and what a conversation adds up to."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from assistant.errors import BackendError
from assistant.speaker.base import Embedding, Evidence
from assistant.speaker.calibration import Calibration, Matrix, mean_voice

HALF_LIFE = 90.0
"""Seconds in which what was heard loses half of its weight: people take turns at one microphone."""
FORGOTTEN = 0.05
"""Weight below which an utterance counts no more."""
ALIKE = 0.5
"""How much two utterances of one conversation tell the same: one room, one mood. No number of them is worth more than
two that are independent."""
SOMEBODY_ELSE = -3.0
"""Log-likelihood ratio at which an utterance is so clearly not the one who spoke before that a new conversation has
begun."""


@dataclass(frozen=True, slots=True)
class Voiceprint:
    """How one enrolled person sounds."""

    embeddings: Matrix
    """One in each row, float32[n, dimensions]."""
    embedder: str
    """Name of what made them."""
    seconds: float
    """Of speech that they rest on."""


def compare(
    prints: Mapping[str, Voiceprint], embedding: Embedding, seconds: float, calibration: Calibration
) -> dict[str, float]:
    """Natural-log likelihood ratio by person: it is they who speak, against anybody else.

    Args:
        seconds: of speech that the embedding rests on.

    Raises:
        BackendError: a voiceprint is another embedder's than the calibration, or cannot be this one's.
    """
    for person, voice in prints.items():
        if voice.embedder != calibration.name:
            raise BackendError(f"the voice of {person} was enrolled with {voice.embedder}, not {calibration.name}",
                               where="speaker", mend=f"assistant people enrol {person}")
        if voice.embeddings.shape[1] != len(embedding):
            raise BackendError(f"the voice of {person} has {voice.embeddings.shape[1]} numbers, not {len(embedding)}",
                               where="speaker", mend=f"assistant people enrol {person}")
    if not prints:
        return {}
    known = np.stack([mean_voice(voice.embeddings) for voice in prints.values()])
    ratios = calibration.llr(calibration.normal(known, embedding[None])[:, 0], seconds)
    return {person: float(ratio) for person, ratio in zip(prints, ratios, strict=True)}


def apart(ratios: Mapping[str, float]) -> dict[str, float]:
    """The same for each person against everybody else, those who live here among them.

    A voice that is as much like Ben's as like Anna's is surely neither's.
    """
    found = {}
    for person, ratio in ratios.items():
        rival = max((other for name, other in ratios.items() if name != person), default=0.0)
        found[person] = min(ratio, ratio - rival)
    return found


@dataclass(frozen=True, slots=True)
class _Turn:
    scores: Mapping[str, float]
    at: float
    seconds: float


class Conversation:
    """Gathers what utterances say about who speaks; what is older counts less.

    Args:
        half_life: seconds.
    """

    def __init__(self, half_life: float = HALF_LIFE) -> None:
        self._half_life = half_life
        self._turns: deque[_Turn] = deque(maxlen=32)

    def add(self, scores: Mapping[str, float], at: float, seconds: float = 0.0) -> None:
        """An utterance: log-likelihood ratios by person, see ``compare``.

        Args:
            at: seconds on any clock that only runs forward.
            seconds: of speech in it.
        """
        before = self.best(at)
        if before is not None and before.llr > 0.0 and scores.get(before.person, 0.0) <= SOMEBODY_ELSE:
            self._turns.clear()
        self._turns.append(_Turn(dict(scores), at, seconds))

    def best(self, at: float | None = None) -> Evidence | None:
        """Who it most likely is; None if nothing was heard, or all of it long ago.

        Args:
            at: now; the latest utterance's time if not given.
        """
        found = self.all(at)
        return max(found, key=lambda one: one.llr, default=None)

    def all(self, at: float | None = None) -> list[Evidence]:
        """What is known of everybody whom the latest utterance was compared with."""
        if not self._turns:
            return []
        now = self._turns[-1].at if at is None else at
        weights = [0.5 ** (max(0.0, now - turn.at) / self._half_life) for turn in self._turns]
        heard = [(turn, weight) for turn, weight in zip(self._turns, weights, strict=True) if weight >= FORGOTTEN]
        if not heard:
            return []
        return [self._evidence(person, [(turn, weight) for turn, weight in heard if person in turn.scores])
                for person in heard[-1][0].scores]

    def clear(self) -> None:
        """Somebody else may speak next."""
        self._turns.clear()

    @staticmethod
    def _evidence(person: str, heard: list[tuple[_Turn, float]]) -> Evidence:
        total = sum(weight for _, weight in heard)
        summed = sum(turn.scores[person] * weight for turn, weight in heard)
        return Evidence(person, summed / (1.0 + ALIKE * max(0.0, total - 1.0)), sum(turn.seconds for turn, _ in heard))
