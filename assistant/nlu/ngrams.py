"""Words and parts of words as one vector: hashed n-grams with signs, a count sketch of the sparse counts.

Charikar, Chen and Farach-Colton, "Finding frequent items in data streams" (2002); Weinberger et al. (2009).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zlib import crc32

import numpy as np
import numpy.typing as npt

PARTS = (3, 4, 5)
"""Letters of a part of a word, its ends marked."""


def sketch(grams: Iterator[str], width: int) -> npt.NDArray[np.float32]:
    """float32[width] of length 1; zeros where there are no n-grams."""
    counts = np.zeros(width, np.float32)
    for gram in grams:
        code = crc32(gram.encode())
        counts[code % width] += 1.0 if code >> 31 else -1.0
    return counts / max(1e-9, float(np.linalg.norm(counts)))


def sentence_grams(words: Sequence[str]) -> Iterator[str]:
    """The words, pairs of words and parts of words of a sentence."""
    yield from words
    yield from (f"{first} {second}" for first, second in zip(["^", *words], [*words, "$"], strict=True))
    for word in words:
        yield from parts(word)


def parts(word: str) -> Iterator[str]:
    """Its parts, ends marked."""
    marked = f"<{word}>"
    for length in PARTS:
        yield from (marked[at : at + length] for at in range(len(marked) - length + 1))
