"""How often a phrase is said by chance, from how frequent its words are.

The vocabulary of MiniLM's tokenizer is sorted by frequency (BERT's, of books and Wikipedia). By Zipf's law the n-th
most frequent English word is about every (10 n)-th word.
"""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path

from assistant.asr.fold import fold

VOCABULARY = Path(__file__).parents[1] / "nlu" / "tokenizer.json"
FIRST = 1996
"""Number of "the", the most frequent word; before it stand letters and signs."""
ZIPF = 0.1
WORDS_AN_HOUR = 9_000
"""Of somebody who talks without a pause: 150 a minute."""
RAREST = 30_000
"""Rank that a word counts with which is not in the vocabulary."""


def hourly(phrase: str) -> float:
    """How often the words of a phrase follow each other by chance in an hour of talk."""
    words = fold(phrase).split()
    return WORDS_AN_HOUR * math.prod(ZIPF / rank(word) for word in words) if words else 0.0


def rank(word: str) -> int:
    """Place of an English word among all of them by frequency; 1 is the most frequent."""
    number = _vocabulary().get(word, 0)
    return number - FIRST + 1 if number >= FIRST else RAREST


@cache
def _vocabulary() -> dict[str, int]:
    numbers: dict[str, int] = json.loads(VOCABULARY.read_text("utf-8"))["model"]["vocab"]
    return numbers
