"""A spoken phrase as a constraint on tokens, however the recogniser may spell it.

Spaces, case and punctuation inside the phrase are free: "hey nova" takes "Hey, Nova", "Hey Nova" and "hey no va".
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from assistant.asr.constrained.pieces import Pieces
from assistant.asr.fold import fold
from assistant.errors import BackendError

MARKS = (" ", ",", ".", "!", "?", "-")
"""What a recogniser writes between and after the words of a phrase."""

Ids = npt.NDArray[np.int64]


class PhraseConstraint:
    """Tokens that spell one phrase. A state is the number of its letters written; ``end`` is the whole phrase, and
    ``marked`` the phrase with a mark after it ("Hey Nova,").

    Raises:
        BackendError: the phrase holds no letter that can be spelled.
    """

    start = 0

    def __init__(self, phrase: str, vocabulary: Pieces) -> None:
        self.phrase = phrase
        self._letters = fold(phrase).replace(" ", "")
        if not self._letters:
            raise BackendError(f"nobody can say {phrase!r}", where="phrase", mend="write it in the letters a to z")
        self.end = len(self._letters)
        index = _index(vocabulary)
        self.marked = self.end + 1
        marks = np.array(index.get("", []), np.int64)
        nothing = np.zeros(0, np.int64)
        self._moves = [self._from(state, index) for state in range(self.end)]
        self._moves += [(marks, np.full(len(marks), self.marked)), (nothing, nothing)]

    def allowed(self, state: int) -> tuple[Ids, Ids]:
        """Token ids that may follow, and the state after each."""
        return self._moves[state]

    def _from(self, state: int, index: dict[str, list[int]]) -> tuple[Ids, Ids]:
        pairs = [
            (token, stop)
            for stop in range(state if state else state + 1, self.end + 1)
            for token in index.get(self._letters[state:stop], ())
        ]
        return np.array([t for t, _ in pairs], np.int64), np.array([s for _, s in pairs], np.int64)


@lru_cache(maxsize=4)
def _index(vocabulary: Pieces) -> dict[str, list[int]]:
    """Ids by their letters; the bare space and "," have none and stand under the empty text."""
    index: dict[str, list[int]] = {}
    for token, piece in enumerate(vocabulary.pieces):
        letters = vocabulary.folded[token].replace(" ", "")
        if letters or piece in MARKS:
            index.setdefault(letters, []).append(token)
    return index
