"""Letters as they are said one by one, so that nobody loses count of those that stand twice."""

from __future__ import annotations

from itertools import groupby

SIGNS = {"'": "apostrophe", "-": "hyphen", ".": "dot", "&": "and", "+": "plus"}
TIMES = {2: "double", 3: "triple"}
ALIKE = ("U",)
"""Two of these are not called double: "double U" is another letter."""


def spelled(words: str) -> str:
    """ "N, E, C, E, double S, A, R, Y"; there is a "space" between words."""
    return ", space, ".join(said for said in map(_word, words.split()) if said)


def _word(word: str) -> str:
    parts: list[str] = []
    for character, same in groupby(word.lower()):
        name, count = _name(character), len(list(same))
        if name:
            joined = count in TIMES and name not in ALIKE
            parts += [f"{TIMES[count]} {name}"] if joined else [name] * count
    return ", ".join(parts)


def _name(character: str) -> str:
    return character.upper() if character.isalnum() else SIGNS.get(character, "")
