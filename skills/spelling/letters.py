"""Letters as they are said one by one, so that nobody loses count of those that stand twice."""

from __future__ import annotations

from itertools import groupby

SIGNS = {"'": "apostrophe", "-": "hyphen", ".": "dot", "&": "and", "+": "plus"}
TIMES = {2: "double", 3: "triple"}


def spelled(words: str) -> str:
    """ "N, E, C, E, double S, A, R, Y"; a new word begins with "new word"."""
    return "; new word: ".join(said for said in map(_word, words.split()) if said)


def _word(word: str) -> str:
    parts: list[str] = []
    for character, same in groupby(word.lower()):
        name, count = _name(character), len(list(same))
        if name:
            parts += [f"{TIMES[count]} {name}"] if count in TIMES else [name] * count
    return ", ".join(parts)


def _name(character: str) -> str:
    return character.upper() if character.isalnum() else SIGNS.get(character, "")
