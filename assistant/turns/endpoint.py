"""Endpointing: when has the speaker finished?

Silence alone is a poor judge. A sentence of the grammar that cannot go on is over after a breath; a whole one that
could go on is acted on provisionally; anything else is given the time in which people search for a word.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from assistant.asr.base import Hypothesis


@dataclass(frozen=True, slots=True)
class EndpointConfig:
    """Seconds of silence. Sources: gaps inside utterances are rarely above 1.2 s; between speakers 0.2 s is usual."""

    speculate: float = 0.12
    """Silence after which the sound is decoded as if the speech had ended."""
    careful: float = 0.16
    """Silence after which sound that was not surely understood is read again, carefully, unless the speaker goes on."""
    again: float = 0.4
    """Silence after which what was not understood even so is read once more: more of the room is another view."""
    certain: float = 0.85
    """Confidence, not seconds, from which a careful reading is not needed; what is less sure waits for it."""
    closed: float = 0.2
    """Ends a sentence that cannot go on."""
    open: float = 0.25
    """Ends a whole sentence that could go on, provisionally."""
    incomplete: float = 1.2
    """Ends anything else; also the time in which a provisional end may be taken back."""
    longest: float = 30.0
    """Speech that never ends is cut here."""


class Endpoint(Enum):
    """What the endpointer decides."""

    WAIT = "wait"
    END = "end"
    PROVISIONAL = "provisional"
    """Ended, but the speaker may still go on."""


def accepted(hypothesis: Hypothesis | None, accept: float) -> bool:
    """Whether the best reading is a whole sentence that counts as heard."""
    best = hypothesis.best if hypothesis is not None else None
    return best is not None and best.complete and best.confidence >= accept


def patience(config: EndpointConfig, hypothesis: Hypothesis, accept: float, *, risky: bool = False) -> float:
    """Seconds of silence after which what was read ends the utterance; see ``decide``."""
    best = hypothesis.best
    if best is None or risky or not accepted(hypothesis, accept):
        return config.incomplete
    return config.open if best.can_go_on else config.closed


def decide(
    config: EndpointConfig, silence: float, hypothesis: Hypothesis | None, accept: float, *, risky: bool = False
) -> Endpoint:
    """Decide at one instant of a pause.

    Args:
        silence: seconds since the last speech.
        hypothesis: what this pause's speculative decoding said, None while it is not ready.
        accept: confidence from which a reading counts as heard.
        risky: the reading asks for something that must not be done by mistake: wait the full time.
    """
    if hypothesis is None or silence < patience(config, hypothesis, accept, risky=risky):
        return Endpoint.WAIT
    may_go_on = hypothesis.best is not None and hypothesis.best.can_go_on
    return Endpoint.PROVISIONAL if may_go_on and silence < config.incomplete else Endpoint.END
