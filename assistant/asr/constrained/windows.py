"""Long speech in windows: what is older than a window is read once, in pieces cut where the sound is quietest."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.asr.constrained.search import Found, Sentence
from assistant.asr.constrained.words import Span
from assistant.audio.frames import SAMPLE_RATE, Floats

LONGEST = 15 * SAMPLE_RATE
"""Samples read at once; memory and time grow with the square, and the model was trained on no more than 30 s."""
CUT_FROM, CUT_TO = 8 * SAMPLE_RATE, 14 * SAMPLE_RATE
"""Where a window may be cut."""
DIP = round(0.06 * SAMPLE_RATE)
"""Samples over which the level is taken: the pause between two words."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What the pieces before the present window say."""

    samples: int = 0
    """Length of these pieces."""
    free: tuple[Span, ...] = ()
    """The free text of each."""
    free_score: float = 0.0
    free_tokens: int = 0
    sentence: tuple[Span, ...] = ()
    """The best beginning of a sentence, piece by piece."""
    score: float = 0.0
    tokens: int = 0
    state: int | None = None
    """Where the grammar goes on; None before the first piece."""
    lost: bool = False
    """No sentence of the grammar begins so."""

    def after(self, samples: int, found: Found, free: Span, sentence: Span | None) -> Carried:
        """With one more piece of so many samples."""
        best = leading(found)
        lost = self.lost or best is None
        return Carried(
            samples=self.samples + samples,
            free=(*self.free, free),
            free_score=self.free_score + found.free_score,
            free_tokens=self.free_tokens + len(found.free),
            sentence=() if lost or sentence is None else (*self.sentence, sentence),
            score=self.score + (best.score if best else 0.0),
            tokens=self.tokens + (len(best.tokens) if best else 0),
            state=best.state if best else None,
            lost=lost,
        )


def leading(found: Found) -> Sentence | None:
    """The best sentence or beginning of one."""
    return found.sentences[0] if found.sentences else None


def cut_at(sound: Floats) -> int:
    """Where to cut sound that is longer than a window: the middle of its quietest place."""
    part = sound[CUT_FROM:CUT_TO]
    hop = DIP // 2
    energy = (part[: len(part) // hop * hop].reshape(-1, hop) ** 2).mean(axis=1)
    return CUT_FROM + (int((energy[1:] + energy[:-1]).argmin()) + 1) * hop
