"""Short texts found by the words that carry their meaning: what people noted, or asked to be remembered."""

from __future__ import annotations

import re
from collections.abc import Sequence

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
EMPTY = frozenset((
    "a", "about", "am", "an", "and", "any", "are", "as", "at", "be", "been", "but", "by", "can", "could", "did",
    "do", "does", "for", "from", "had", "has", "have", "he", "her", "him", "his", "how", "i", "i'm", "i've", "if",
    "in", "into", "is", "it", "it's", "its", "me", "mine", "my", "no", "not", "of", "off", "on", "or", "our",
    "ours", "please", "put", "said", "she", "so", "some", "tell", "that", "that's", "the", "their", "them", "there",
    "they", "this", "to", "told", "under", "up", "us", "was", "we", "we're", "were", "what", "what's", "when",
    "when's", "where", "where's", "which", "who", "who's", "whose", "why", "will", "with", "would", "you", "you're",
    "your", "yours",
))
"""Words that say nothing of what a text is about."""


def content(text: str) -> frozenset[str]:
    """The stems of the words that carry meaning."""
    return frozenset(stem(word) for word in _WORD.findall(text.lower().replace("\u2019", "'")) if word not in EMPTY)


def best(query: str, texts: Sequence[str]) -> tuple[list[int], bool]:
    """Which texts fit a query, in their order, and whether they hold all that it asks about.

    A text that holds the query word for word goes before those that hold all its words; these before those that hold
    the greatest part, at least half, of them.
    """
    wanted, plain = content(query), _plain(query)
    verbatim = [at for at, text in enumerate(texts) if wanted and plain in _plain(text)]
    if verbatim or not wanted:
        return verbatim, True
    shared = [len(wanted & content(text)) for text in texts]
    most = max(shared, default=0)
    if 2 * most < len(wanted):
        return [], False
    return [at for at, count in enumerate(shared) if count == most and most], most == len(wanted)


def stem(word: str) -> str:
    """A word without what plurals, possession and tenses add: "parked" and "park" are the same."""
    word = word.removesuffix("'s").removesuffix("'")
    for ending, instead, least in (("ies", "y", 5), ("ing", "", 6), ("ed", "", 5), ("es", "e", 5), ("s", "", 4)):
        if word.endswith(ending) and len(word) >= least and not word.endswith("ss"):
            return (word[: -len(ending)] + instead).removesuffix("e")
    return word.removesuffix("e") if len(word) > 3 else word


def _plain(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.lower()))} "
