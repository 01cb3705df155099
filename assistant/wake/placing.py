"""Where a phrase lies, for detectors that only know when they noticed it."""

from __future__ import annotations

from assistant.wake.base import WakeHit


def placed(phrase: str, score: float, *, first: int, told: int, delay: int, length: int) -> WakeHit:
    """A hit counted back from the frame that told of it, never to before the stream's beginning.

    Args:
        first: first sample that the stream heard.
        told: end of the frame that told.
        delay: samples after the phrase's end at which the detector mostly tells.
        length: samples that the phrase mostly takes.
    """
    end = max(first + 1, told - delay)
    return WakeHit(phrase, max(first, end - length), end, score)
