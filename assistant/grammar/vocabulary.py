"""A recogniser's vocabulary as a tree of characters, so that one walk finds every piece that may follow.

The tree is a view of the sorted pieces: a branch is made when somebody first walks there, which is a few thousand of a
hundred thousand.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from assistant.grammar.base import Vocabulary
from assistant.grammar.symbols import Mode, feed_strict, fold

Ids = npt.NDArray[np.int64]
LETTERS = "abcdefghijklmnopqrstuvwxyz"
DIRECT, SPACED, OPENINGS = 1, 1 + len(LETTERS), 1 + 2 * len(LETTERS)
"""How a piece begins: with a letter, with a space and a letter, or (0) in another way."""
_RUN_OF_MARKS = re.compile(r"[^\w\s'][^\w']")
"""Nobody says what these pieces write ('?:', ' --'), and each would stand in every mask."""
_STARTS = (Mode.START, Mode.WORD, Mode.DIGIT, Mode.GAP)


class Branch:
    """The pieces that begin with some characters: a slice of the tree's tokens.

    Attributes:
        low, end: tokens whose text ends here (several: capitals).
        low, high: those and all longer ones.
        letters, marks: branches by their next character, a letter or anything else.
        plain: whether only letters follow in all longer ones: inside a wildcard's word none of them can leave it.
    """

    __slots__ = ("_children", "_depth", "_tree", "end", "high", "low", "plain")

    def __init__(self, tree: PieceTree, low: int, high: int, depth: int) -> None:
        self.low, self.end, self.high = low, low, high
        while self.end < high and len(tree.texts[self.end]) == depth:
            self.end += 1
        self._tree, self._depth = tree, depth
        self._children: tuple[dict[str, Branch], dict[str, Branch]] | None = None
        self.plain = self.end == high or bool(tree.plain_from[self.end : high].max() <= depth)

    @property
    def letters(self) -> dict[str, Branch]:
        return self._branches()[0]

    @property
    def marks(self) -> dict[str, Branch]:
        return self._branches()[1]

    def _branches(self) -> tuple[dict[str, Branch], dict[str, Branch]]:
        if self._children is None:
            self._children = {}, {}
            for character, branch in self._split():
                self._children[not character.isalpha()][character] = branch
        return self._children

    def _split(self) -> list[tuple[str, Branch]]:
        low, texts, depth = self.end, self._tree.texts, self._depth
        branches = []
        while low < self.high:
            character, high = texts[low][depth], low + 1
            while high < self.high and texts[high][depth] == character:
                high += 1
            branches.append((character, Branch(self._tree, low, high, depth + 1)))
            low = high
        return branches


class PieceTree:
    """All pieces that a recogniser can write inside a sentence.

    Args:
        vocabulary: pieces that hold control characters, quotes, several marks in a row, or nothing are left out.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        folded = ((fold(piece), token) for token, piece in enumerate(vocabulary.pieces) if token != vocabulary.eos)
        pieces = sorted((text, token) for text, token in folded if _writable(text))
        self.texts = [text for text, _ in pieces]
        self.tokens: Ids = np.array([token for _, token in pieces], np.int64)
        self.openings = np.zeros(len(vocabulary.pieces), np.int8)
        """How each token begins."""
        self.openings[self.tokens] = [_opening(text) for text in self.texts]
        self._places = np.full(len(vocabulary.pieces), -1, np.int32)
        self._places[self.tokens] = np.arange(len(pieces))
        self.plain_from = np.array([_letters_from(text) for text in self.texts], np.int64)
        self.alphabet = frozenset("".join(self.texts))
        """Characters that can be written."""
        self.root = Branch(self, 0, len(pieces), 0)

    def text(self, token: int) -> str:
        """Folded text of a token; empty where it is none of these pieces."""
        place = self._places[token]
        return self.texts[place] if place >= 0 else ""


def _writable(text: str) -> bool:
    """Whether a recogniser writes this piece as part of a sentence."""
    if text.removeprefix(" ").isalpha():
        return True
    if not text or not text.isprintable() or (_RUN_OF_MARKS.search(text) and text != "..."):
        return False
    return any(_passes(text, mode) for mode in _STARTS)


def _opening(text: str) -> int:
    letter = text.removeprefix(" ")[:1]
    if letter == "" or letter not in LETTERS:
        return 0
    return (SPACED if text[0] == " " else DIRECT) + LETTERS.index(letter)


def _passes(text: str, mode: Mode) -> bool:
    for character in text:
        step = feed_strict(mode, character)
        if step is None:
            return False
        mode = step[1]
    return True


def _letters_from(text: str) -> int:
    """The index from which a text holds only letters."""
    if text[1:].isalpha():
        return 0 if text[0].isalpha() else 1
    at = len(text)
    while at and (text[at - 1].isalpha() or text[at - 1] == "'"):
        at -= 1
    return at
