"""The words of a sentence with their places, and what each of them looks like."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assistant.nlu.ngrams import parts, sketch

SKETCH = 512
"""Numbers that say how a word is spelled, and its neighbours."""
_WORD = re.compile(r"\d+|[^\W\d_]+(?:['’][^\W\d_]+)*|[^\w\s]|_", re.UNICODE)  # noqa: RUF001
_SHAPES = ((re.compile(r"[A-Z]"), "X"), (re.compile(r"[a-z]"), "x"), (re.compile(r"\d"), "9"))


@dataclass(frozen=True, slots=True)
class Word:
    """A word, a number or a mark of a text."""

    text: str
    start: int
    end: int


def words_of(text: str) -> list[Word]:
    """The words of a text; digits and letters side by side are two words."""
    return [Word(found[0], found.start(), found.end()) for found in _WORD.finditer(text)]


def spelling(words: Sequence[Word]) -> npt.NDArray[np.float32]:
    """float32[words, 512]: each word as n-grams of itself and its surroundings."""
    return np.stack([sketch(_grams(words, at), SKETCH) for at in range(len(words))])


def _grams(words: Sequence[Word], at: int) -> Iterator[str]:
    word = words[at].text
    low = word.lower()
    yield from (f"={low}", f"={low}", f"shape {_shape(word)}", f"first {at == 0}")
    for step in (-2, -1, 1, 2):
        yield f"{step} {_lower(words, at + step)}"
    yield f"{_lower(words, at - 1)} {low}"
    yield f"{low} {_lower(words, at + 1)}"
    for step in (-1, 1):
        if 0 <= at + step < len(words):
            yield f"shape {step} {_shape(words[at + step].text)}"
    yield from parts(low)


def _lower(words: Sequence[Word], at: int) -> str:
    return words[at].text.lower() if 0 <= at < len(words) else "^" if at < 0 else "$"


def _shape(word: str) -> str:
    """``Kitchen`` is Xx, ``42`` is 9."""
    for pattern, sign in _SHAPES:
        word = pattern.sub(sign, word)
    return re.sub(r"(.)\1+", r"\1", word)
