"""How phrases sound, and how far two of them are from each other.

A phrase's pronunciation is espeak-ng's IPA, so any phrase has one.
"""

# ruff: noqa: RUF001 - the IPA's letters look like others
from __future__ import annotations

import math
import multiprocessing
import re
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

VOWELS = frozenset("aeiouæɐɑɒɔəɚɛɜɝɪʊʌᵻ")
KIN = ("pb", "td", "kg", "fv", "szʃʒ", "θð", "mnŋ", "lɹɾr", "wj", "iɪe", "uʊo", "ɔoɑɒ", "æɛa", "əʌɐɜᵻɪ", "ɚɜəɹ")
"""Sounds that are easily taken for each other."""
CLOSE, VOWEL, APART = 0.4, 0.7, 1.0
"""Costs of taking one sound for another: of one kin, one vowel for another, any other."""
MISSING = 0.8
"""Of a sound too much or too little."""
LEAST = 0.75
"""Phrases no further apart are the phrase itself, as some people say it."""
_GLIDES = re.compile("(?<=[aeɔoə])[ɪʊ]")
"""The second half of a diphthong is no syllable of its own."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word or phrase and how it sounds."""

    text: str
    sounds: str
    """IPA without stress and length."""

    @property
    def count(self) -> int:
        """Sounds, a diphthong being one."""
        return len(_GLIDES.sub("", self.sounds))

    @property
    def syllables(self) -> int:
        """Vowels, a diphthong being one."""
        return sum(sound in VOWELS for sound in _GLIDES.sub("", self.sounds))


def pronounced(words: Sequence[str]) -> list[Word]:
    """Words with their pronunciation. espeak-ng is GPL-3: it runs in a process of its own.

    Raises:
        BackendError: espeak-ng is missing.
    """
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return [Word(*pair) for pair in zip(words, pool.submit(_phonemes, list(words)).result(), strict=True)]


def distance(one: str, other: str, limit: float = math.inf) -> float:
    """Weighted edit distance of two pronunciations; a close sound costs less than another (Levenshtein, 1966).

    Infinite above ``limit``.
    """
    row = [MISSING * column for column in range(len(other) + 1)]
    for first in one:
        above, row = row, [row[0] + MISSING]
        for column, second in enumerate(other):
            row.append(min(row[-1] + MISSING, above[column + 1] + MISSING, above[column] + _cost(first, second)))
        if min(row) > limit:
            return math.inf
    return row[-1] if row[-1] <= limit else math.inf


def _cost(one: str, other: str) -> float:
    if one == other:
        return 0.0
    if (one, other) in _CLOSE:
        return CLOSE
    return VOWEL if one in VOWELS and other in VOWELS else APART


_CLOSE = frozenset((one, other) for kin in KIN for one in kin for other in kin)


def _phonemes(words: list[str]) -> list[str]:
    from assistant.tts.phonemes import PhonemeService

    return PhonemeService().phonemes(words)
