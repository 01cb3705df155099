"""Words that are spoken otherwise than a voice would read them."""

from __future__ import annotations

import re
from collections.abc import Mapping


def replace_words(text: str, lexicon: Mapping[str, str]) -> str:
    """The text with whole words exchanged, whatever their case; the longest first."""
    if not lexicon:
        return text
    said = {word.casefold(): sound for word, sound in lexicon.items()}
    words = "|".join(re.escape(word) for word in sorted(said, key=len, reverse=True))
    found = re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)
    # A pattern that ignores case takes a dotless or a dotted I for an i, which no folding does.
    return found.sub(lambda match: said.get(match[0].casefold(), match[0]), text)
