"""Tokens as words: which tokens spell a word, and how sure the model was of them."""

from __future__ import annotations

import codecs
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from assistant.asr.base import Word
from assistant.asr.constrained.search import Searcher, Tokens
from assistant.audio.frames import Floats

Spelling = Callable[[int], bytes]
"""What a token writes, in UTF-8; a letter may take several tokens."""


@dataclass(frozen=True, slots=True)
class Span:
    """Text that was read from one piece of the sound."""

    text: str
    """What is shown of it: letters that nobody says may be left out."""
    tokens: Tokens
    log_probabilities: tuple[float, ...]
    """Of each token, under the model alone; empty where the searcher does not weigh single tokens."""
    before: Tokens = ()
    """Tokens of the prefix."""
    at: int = 0
    """Where the piece begins, in samples from the beginning of the utterance."""
    samples: int = 0
    """Its length."""
    respelled: tuple[str, ...] = ()
    """The words as they are to be shown, where that is not how the tokens spell them."""

    @property
    def words(self) -> tuple[str, ...]:
        """As they are shown."""
        return self.respelled or tuple(self.text.split())


@dataclass(frozen=True, slots=True)
class Spelled:
    """The tokens that spell a word."""

    first: int
    last: int
    """Index of the last token, included."""


def spelled(span: Span, spelling: Spelling) -> list[Spelled]:
    """The words of a span, separated by spaces; a token that only writes a space belongs to the word after it."""
    letters = _letters(span.tokens, spelling)
    words: list[Spelled] = []
    at = first = 0
    for text in span.text.split():
        used = []
        for letter in text:
            at = next((i for i in range(at, len(letters)) if letters[i][0] == letter), len(letters) - 1)
            used.append(letters[at][1])
            at += 1
        last = max(first, used[-1])
        words.append(Spelled(first, last))
        first = min(last + 1, len(span.tokens) - 1)
    return words


def words_of(span: Span, spelling: Spelling) -> tuple[Word, ...]:
    """The words of a span with their confidence; none where nothing is known of single tokens."""
    if not span.log_probabilities:
        return ()
    pairs = zip(span.words, spelled(span, spelling), strict=True)
    return tuple(Word(text, _confidence(word, span, spelling)) for text, word in pairs)


def text_of(spans: Sequence[Span]) -> str:
    """The text of spans that follow each other."""
    return " ".join(word for span in spans for word in span.words)


def _letters(tokens: Tokens, spelling: Spelling) -> list[tuple[str, int]]:
    """Each character that tokens spell, and the index of the token that completes it."""
    decoder = codecs.getincrementaldecoder("utf8")("replace")
    return [(letter, i) for i, token in enumerate(tokens) for letter in decoder.decode(spelling(token))]


def _confidence(word: Spelled, span: Span, spelling: Spelling) -> float:
    """Of the tokens that write letters or digits: whether a comma follows says nothing about the word."""
    indices = range(word.first, word.last + 1)
    telling = [i for i in indices if any(map(str.isalnum, spelling(span.tokens[i]).decode("utf8", "ignore")))]
    return _geometric_mean([span.log_probabilities[i] for i in telling or indices])


def _geometric_mean(log_probabilities: Sequence[float]) -> float:
    return math.exp(min(0.0, sum(log_probabilities) / len(log_probabilities)))


@runtime_checkable
class WordSearcher(Searcher, Protocol):
    """A searcher that weighs its tokens one by one and knows when each was said."""

    def spelling(self, token: int) -> bytes:
        """What one token writes, in UTF-8; a letter may take several tokens."""
        ...

    def timed(self, span: Span, sound: Floats, start: int) -> tuple[Word, ...]:
        """The words of a span with their times.

        Args:
            sound: what the span was read from, float32[n].
            start: its first sample.
        """
        ...
