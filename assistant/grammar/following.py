"""How far the grammar follows a text, what it expects there, and which of its sentences are near."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import count

from assistant.grammar.base import View
from assistant.grammar.grammar import Grammar
from assistant.grammar.nodes import ANY
from assistant.grammar.symbols import GAP, readable, symbols_of
from assistant.grammar.walker import NOWHERE, Set, Walker

MOST_WORDS = 3000
"""Words that are looked at in one place: the names of a large home."""
MOST_STEPS = 400
"""Beginnings of sentences that are weighed in search of near ones."""
LIKE = 10
"""Words most like the one that was said that are tried in its place."""
FEW = 40
"""Where no more words may follow, each may be one that was left out."""
OTHER, LEFT_OUT, TOO_MUCH, OPEN = 0.4, 1.0, 1.0, 0.3
"""Cost of another word (and as much again as it is unlike), of one that was not said, of one too many, of one in an
open slot."""
ANYTHING, NUMBER = "…", "a number"
"""What is said of an open slot and of digits, in place of every word that they may be."""
FAR = 2.5
"""A sentence that costs more is not near."""


@dataclass(frozen=True, slots=True)
class Followed:
    """How far a text is the beginning of a sentence."""

    words: str
    """The longest beginning, in whole words."""
    rest: str
    """What follows it and was not expected; empty: the sentence is not finished."""
    expected: tuple[str, ...]
    """What may follow, that most like the rest first; ``ANYTHING`` and ``NUMBER`` stand for all of them."""
    choices: int
    """How many words may follow."""


def follow(grammar: Grammar, text: str, view: View, most: int = 8) -> Followed:
    """Follow a text that is no sentence.

    Args:
        most: words in ``expected``.
    """
    walker, symbols = grammar.walker, symbols_of(text)
    places = boundary = grammar.start(view)
    at = end = 0
    for at, symbol in enumerate(symbols):
        places = walker.step(places, symbol)
        if places == NOWHERE:
            break
        if symbol == GAP:
            boundary, end = places, at + 1
    else:
        boundary, end = (walker.step(places, GAP), len(symbols)) if symbols else (places, 0)
    rest = symbols[end:]
    said = rest.split(GAP)[0] if rest else ""
    words = [word for word, _ in next_words(walker, boundary)]
    ranked = sorted(dict.fromkeys(words), key=lambda word: (-_likeness(word, said), word))
    return Followed(readable(symbols[:end].strip()), readable(rest), tuple(ranked[:most]), len(ranked))


def next_words(walker: Walker, places: Set) -> Iterator[tuple[str, Set]]:
    """Words that may come next, with the set after each; of ``ANYTHING`` and ``NUMBER`` it is ``places`` itself."""
    todo, looked = [("", places)], 0
    if any(symbol.isdigit() for symbol in walker.symbols(places)):
        yield NUMBER, places
    if ANY in walker.symbols(places):
        yield ANYTHING, places
    while todo and looked < MOST_WORDS:
        word, at = todo.pop()
        looked += 1
        named = walker.symbols(at)
        if word and (GAP in named or walker.is_final(at) or walker.step(at, GAP) != NOWHERE):
            yield word, at
        for symbol in sorted(named - {GAP, ANY}, reverse=True):
            if symbol.isprintable() and not symbol.isdigit():
                todo.append((word + symbol, walker.step(at, symbol)))


def near(grammar: Grammar, text: str, view: View, most: int = 3) -> list[str]:
    """The sentences most like a text: with the fewest words that are other, left out or too many."""
    return _Search(grammar, text, view).sentences(most)


class _Search:
    """Best first, word by word."""

    def __init__(self, grammar: Grammar, text: str, view: View) -> None:
        self._walker = grammar.walker
        self._said: Sequence[str] = symbols_of(text).split(GAP)
        self._numbers = count()
        self._choices: dict[Set, list[tuple[str, Set]]] = {}
        self._heap: list[tuple[float, int, int, Set, tuple[str, ...]]] = [(0.0, 0, 0, grammar.start(view), ())]

    def sentences(self, most: int) -> list[str]:
        """The nearest first."""
        found: list[str] = []
        seen: set[tuple[Set, int]] = set()
        for _ in range(MOST_STEPS):
            if not self._heap or len(found) == most:
                break
            cost, negative, _, places, words = heapq.heappop(self._heap)
            at = -negative
            if cost > FAR:
                break
            if at == len(self._said) and words and self._walker.is_final(places):
                sentence = readable(GAP.join(words))
                found += [sentence] if sentence not in found else []
            if (places, at) not in seen:
                seen.add((places, at))
                self._go_on(cost, at, places, words)
        return found

    def _go_on(self, cost: float, at: int, places: Set, words: tuple[str, ...]) -> None:
        said = self._said[at] if at < len(self._said) else ""
        if said:
            self._push(cost + TOO_MUCH, at + 1, places, words)
        start = self._walker.step(places, GAP) if words else places
        if start == NOWHERE:
            return
        choices = self._after(start)
        if said:
            ranked = heapq.nsmallest(LIKE, choices, key=lambda choice: _cost(choice[0], said))
            for word, after in ranked:
                if word not in (ANYTHING, NUMBER):
                    self._push(cost + _cost(word, said), at + 1, after, (*words, word))
            opened = self._walker.follow(start, said)
            if opened != NOWHERE and not any(word == said for word, _ in ranked):
                self._push(cost + OPEN, at + 1, opened, (*words, said))
        if len(choices) <= FEW:
            for word, after in choices:
                if word not in (ANYTHING, NUMBER):
                    self._push(cost + LEFT_OUT, at, after, (*words, word))

    def _after(self, start: Set) -> list[tuple[str, Set]]:
        if start not in self._choices:
            self._choices[start] = list(next_words(self._walker, start))
        return self._choices[start]

    def _push(self, cost: float, at: int, places: Set, words: tuple[str, ...]) -> None:
        heapq.heappush(self._heap, (cost, -at, next(self._numbers), places, words))


def _cost(word: str, said: str) -> float:
    return 0.0 if word == said else OTHER * (2 - _likeness(word, said))


@lru_cache(maxsize=20_000)
def _likeness(word: str, said: str) -> float:
    """0 to 1."""
    return SequenceMatcher(None, word, said).ratio() if said else 0.0
