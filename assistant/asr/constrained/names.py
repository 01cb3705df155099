"""The household's names as tokens, however the recogniser may cut them, and as the household spells them.

Only words that are no single piece of the vocabulary get a bonus: the recogniser knows "kitchen" and "light" well
enough, and to prefer them would put them where nobody said them. "Siobhan" it has to put together.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from assistant.asr.constrained.pieces import Pieces
from assistant.asr.constrained.search import Found, Heard, Tokens
from assistant.asr.fold import fold

PER_LETTER = 1.0
"""Natural-log bonus for each letter of an uncommon word. Fitted on one half of the names of ``bench names`` and of the
speakers: 0.6 finds 7 of 29 names where 2 are right without, 1.0 finds 11; 1.4 begins to harm other speech."""
MARKS = ".,!?;:"
Ids = npt.NDArray[np.int64]
Moves = tuple[Ids, Ids]
"""Tokens, and the node after each."""


@dataclass(frozen=True, slots=True)
class Dictated:
    """A text with names in it, and the log-probability of each of its tokens under the model alone."""

    tokens: Tokens
    log_probabilities: tuple[float, ...]


class Names:
    """A tree of the letters of all names; a node is a place in it, 0 its root.

    Args:
        names: as the household spells them.
    """

    root = 0

    def __init__(self, names: Iterable[str], vocabulary: Pieces) -> None:
        self._index = _index(vocabulary)
        self._branches: list[dict[str, int]] = [{}]
        self.bonus: list[float] = [0.0]
        """What a text that stands at a node would gain, if it goes on to the end of the best name there."""
        self.earned: list[float] = [0.0]
        """What it has gained if the name ends here; 0 where none does."""
        self._moves: dict[int, Moves] = {}
        self._spellings: dict[tuple[str, ...], tuple[str, ...]] = {}
        for name in names:
            self._add(name.split())
        self._longest = max(map(len, self._spellings), default=0)

    def __bool__(self) -> bool:
        return bool(self._spellings)

    def moves(self, node: int) -> Moves:
        """Tokens that go on with a name; from the root those that begin one, as a new word."""
        known = self._moves.get(node)
        if known is None:
            pairs = list(self._walk(node, ""))
            known = np.array([t for t, _ in pairs], np.int64), np.array([n for _, n in pairs], np.int64)
            self._moves[node] = known
        return known

    def spell(self, words: Sequence[str]) -> list[str]:
        """Words of a text with the names among them as the household spells them; as many words as before."""
        folded = [plain(word) for word in words]
        spelled, at = list(words), 0
        while at < len(words):
            for size in range(min(self._longest, len(words) - at), 0, -1):
                name = self._spellings.get(tuple(folded[at : at + size]))
                if name is not None:
                    spelled[at : at + size] = map(_like, name, words[at : at + size])
                    at += size - 1
                    break
            at += 1
        return spelled

    def _add(self, words: list[str]) -> None:
        folded = [plain(word) for word in words]
        uncommon = [" " + word.removesuffix("'s") not in self._index for word in folded]
        if not all(folded) or not any(uncommon):
            return
        for mute in (False, True):
            texts = [text.replace("'", "") if mute else text for text in folded]
            self._spellings.setdefault(tuple(texts), tuple(words))
            self._grow(texts, uncommon)

    def _grow(self, texts: list[str], uncommon: list[bool]) -> None:
        node, gained = self.root, 0.0
        for text, rare in zip(texts, uncommon, strict=True):
            for letter in " " + text:
                gained += PER_LETTER if rare and letter != " " else 0.0
                node = self._branches[node].setdefault(letter, len(self._branches))
                if node == len(self._branches):
                    self._branches.append({})
                    self.bonus.append(0.0)
                    self.earned.append(0.0)
                self.bonus[node] = max(self.bonus[node], gained)
        self.earned[node] = max(self.earned[node], gained)

    def _walk(self, node: int, text: str) -> Iterable[tuple[int, int]]:
        for letter, after in self._branches[node].items():
            yield from ((token, after) for token in self._index.get(text + letter, ()))
            yield from self._walk(after, text + letter)


@runtime_checkable
class Naming(Heard, Protocol):
    """Sound whose free text can be searched again with names."""

    def dictate(self, found: Found, names: Names) -> Dictated | None:
        """The free text of the last ``find`` with the names that are in it, without the prefix; None if none ends."""
        ...


def plain(text: str) -> str:
    """A word as it counts for comparing: small letters without accents and marks."""
    bare = unicodedata.normalize("NFKD", text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    return fold("".join(letter for letter in bare if not unicodedata.combining(letter)))


def _like(name: str, written: str) -> str:
    """A word of a name in place of what was written: with the mark after it, and the capital that begins a sentence."""
    mark = written[len(written.rstrip(MARKS)) :]
    return (name[0].upper() if written[:1].isupper() else name[0]) + name[1:] + mark


@lru_cache(maxsize=2)
def _index(vocabulary: Pieces) -> dict[str, list[int]]:
    """Tokens by what they spell in small letters; only those that spell nothing but letters, digits and spaces."""
    index: dict[str, list[int]] = {}
    for token, piece in enumerate(vocabulary.pieces):
        text = piece.lower()
        if text and all(letter.isalnum() or letter in " '" for letter in text):
            index.setdefault(text, []).append(token)
    return index
