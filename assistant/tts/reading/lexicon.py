"""Words that are spoken otherwise than a voice would read them."""

from __future__ import annotations

import re
from collections.abc import Mapping


def replace_words(text: str, lexicon: Mapping[str, str]) -> str:
    """The text with whole words exchanged, whatever their case; the longest first."""
    if not lexicon:
        return text
    said = {word.lower(): sound for word, sound in lexicon.items()}
    words = "|".join(re.escape(word) for word in sorted(said, key=len, reverse=True))
    return re.sub(rf"(?<!\w)(?:{words})(?!\w)", lambda match: said[match[0].lower()], text, flags=re.IGNORECASE)
