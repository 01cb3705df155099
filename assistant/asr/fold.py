"""Text as it counts when two transcripts are compared: words only, no case, no punctuation."""

from __future__ import annotations

import re

_IGNORED = re.compile(r"[^a-z0-9%' ]")
_SPACES = re.compile(r" +")


def fold_piece(piece: str) -> str:
    """A sub-word piece in lower case; hyphens become spaces, punctuation goes. Spaces are kept as they are."""
    return _IGNORED.sub("", piece.lower().replace("-", " "))


def fold(text: str) -> str:
    """A transcript in lower case, words one space apart: "Hey, Nova. Turn on." is "hey nova turn on"."""
    return _SPACES.sub(" ", fold_piece(text)).strip()


def fold_any(text: str) -> str:
    """The same where the text may be of another script: its letters and digits alone, small."""
    return fold(text) or " ".join("".join(c if c.isalnum() else " " for c in text.lower()).split())
