"""Things as people say them: several in one breath, amounts, plurals; which of them are the same."""

from __future__ import annotations

import re
from collections.abc import Sequence

PAIRS = (
    "mac and cheese", "macaroni and cheese", "half and half", "fish and chips", "salt and vinegar",
    "peanut butter and jelly", "sweet and sour", "cookies and cream", "ham and cheese",
)
"""One thing each, although there is an "and" in it."""
_TOGETHER = re.compile("|".join(PAIRS))
_COMMA = re.compile(r"[,;]\s+(?:and\s+)?")
_AND = re.compile(r"\s+and\s+(?:also\s+)?")
_FILLERS = re.compile(r"^(?:(?:and|also|some|any|more|the|then|maybe)\s+)+(?=\w)")
_COUNT = re.compile(
    r"^(?:(?:a|an|another|the|some|more|my|few|couple|of|dozen|half|\d[\d.]*|one|two|three|four|five|six|seven|eight|nine"
    r"|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|hundred)\s+)+(?=\w)"
)
_MEASURE = re.compile(r"^\w+ of (?=\w)")
"""Of "bottles of water", "pounds of butter"."""


def split(text: str, *, tasks: bool = False) -> list[str]:
    """The things that a text names, in their order, each once.

    Args:
        text: as it was written: commas part things.
        tasks: they are things to do, of which "and" joins the parts: "call mum and dad".
    """
    parts = _COMMA.split(text.lower())
    if not tasks:
        parts = [part for whole in parts for part in _parted(whole)]
    tidy = (_FILLERS.sub("", part.strip(" ,.;:!?")) for part in parts)
    return list(dict.fromkeys(part for part in tidy if part))


def _parted(text: str) -> list[str]:
    """At each "and" that is not within one thing."""
    kept = _TOGETHER.sub(lambda found: found[0].replace(" and ", "\0"), text)
    return [part.replace("\0", " and ") for part in _AND.split(kept)]


def key(thing: str) -> str:
    """What is compared: without amount, in the singular."""
    bare = _COUNT.sub("", thing)
    if bare != thing:
        bare = _MEASURE.sub("", bare)
    return " ".join(map(_singular, bare.split()))


def has_amount(thing: str) -> bool:
    """Whether it says how much: "two pounds of butter"."""
    return _COUNT.match(thing) is not None


def fitting(said: str, things: Sequence[str]) -> list[str]:
    """Those that are meant: the same words, else the same thing, else those with all the words said in them."""
    wanted = key(said)
    words = set(wanted.split())
    same = [thing for thing in things if thing == said] or [thing for thing in things if key(thing) == wanted]
    return same or [thing for thing in things if words and words <= set(key(thing).split())]


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("oes"):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us")) and len(word) > 2 else word
