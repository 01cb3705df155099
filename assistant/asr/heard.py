"""What of a recogniser's free text was heard at all: on silence and noise it writes what it was trained on."""

from __future__ import annotations

import re

from assistant.asr.fold import fold
from assistant.audio.frames import FRAME_SAMPLES, Floats

QUIET = 10.0 ** (-55 / 20)
"""Root mean square of the loudest frame below which nobody spoke."""
MADE_UP = frozenset((
    "", "you", "thank you", "thanks for watching", "thank you for watching", "bye", "bye bye", "uh", "um", "hmm", "mm",
))
"""Texts that mean nothing was said; subtitles are full of them."""
READY = MADE_UP | {"thank you very much", "thank you so much"}
"""Texts that the recogniser has ready for any sound that it cannot make out."""
_NOT_SPEECH = re.compile(r"[^\x00-\x7f\u2018\u2019\u201c\u201d\u2013\u2014\u2026\u00c0-\u024f]")


def heard(text: str, language: str = "en") -> str:
    """The text without what nobody says (music signs, other scripts); empty if nothing is left or it is made up.

    Of languages other than English only signs are known not to be spoken.
    """
    if language.partition("-")[0] != "en":
        return text.strip(" -") if any(character.isalnum() for character in text) else ""
    text = _NOT_SPEECH.sub("", text).strip(" -")
    return "" if made_up(text) else text


def made_up(text: str) -> bool:
    """Whether the recogniser also writes this where nobody spoke."""
    return fold(text) in MADE_UP


def ready(text: str) -> bool:
    """Whether the recogniser likes to write this where it cannot make out what was said."""
    return fold(text) in READY


def loudest(sound: Floats) -> float:
    """Root mean square of the loudest 20 ms, 1 being full scale, without its mean: an offset is no sound."""
    whole = len(sound) // FRAME_SAMPLES * FRAME_SAMPLES
    if not whole:
        return 0.0
    return float(sound[:whole].reshape(-1, FRAME_SAMPLES).std(axis=1).max())
