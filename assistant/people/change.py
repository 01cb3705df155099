"""Whether a second voice sets in within an utterance: one says the beginning of an order, another one its end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.errors import SoundError
from assistant.speaker.base import Embedding
from assistant.speaker.calibration import Calibration

SHORTEST = 1.0
"""Seconds of either half, below which one voice is not like itself."""
TWO_VOICES = -2.0
"""Log-likelihood ratio of the halves, one voice against two, below which they are two; as in enrolment. (The readers of
the fitting half are no guide: the network that ships has learned them.) More places to cut found no more of them."""
Embed = Callable[[Pcm], Awaitable[Embedding]]


@dataclass(frozen=True, slots=True)
class Heard:
    """What an utterance says about who speaks."""

    scores: dict[str, float] = field(default_factory=dict)
    """Log-likelihood ratio for each person known here; of two voices, of whichever is less like them."""
    second: bool = False
    """Whether a second voice sets in."""
    unchecked: bool = False
    """Whether a second voice may set in all the same: that was not found out in time."""
    embedding: Embedding | None = None
    """Of the whole utterance, where it was heard."""
    missed: bool = False
    """Whether it was not heard, or not in time: another one may speak than before."""


async def two_voices(pcm: Pcm, embed: Embed, calibration: Calibration) -> Sequence[tuple[Pcm, Embedding]]:
    """The halves of an utterance and the voice of each; empty where it is one voice, or too short to tell."""
    middle = len(pcm) // 2
    halves, seconds = (pcm[:middle], pcm[middle:]), middle / SAMPLE_RATE
    if seconds < SHORTEST:
        return ()
    try:
        first, second = [await embed(half) for half in halves]
    except SoundError:  # silence on one side is no second voice
        return ()
    ratio = float(calibration.llr(calibration.normal(first[None], second[None])[0], seconds)[0])
    return tuple(zip(halves, (first, second), strict=True)) if ratio < TWO_VOICES else ()
