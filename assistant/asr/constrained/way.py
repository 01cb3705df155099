"""What may be written, token by token: the prefix if there is one, then a sentence of the grammar, or anything."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from assistant.asr.constrained.phrases import PhraseConstraint
from assistant.asr.constrained.search import Tokens
from assistant.grammar.base import TokenConstraint

Ids = npt.NDArray[np.int64]
State = tuple[int | None, int, bool]
"""Letters of the prefix that are written, None after it; place in the grammar; whether a mark within the prefix was
written last: one at a time, or a lost text would be all commas."""
ANYWHERE = -1
"""Place where there is no grammar."""


class Way:
    """The ways through a prefix and a grammar.

    Args:
        constraint: sentences that may be written; None for anything.
        prefix: what is written first.
        start: state of the constraint to begin in; None for its own.
    """

    def __init__(
        self, constraint: TokenConstraint | None, prefix: PhraseConstraint | None = None, start: int | None = None
    ) -> None:
        self._constraint = constraint
        self._prefix = prefix
        place = ANYWHERE if constraint is None else constraint.start if start is None else start
        self._after: State = (None, place, False)
        self.start: State = self._after if prefix is None else (prefix.start, place, False)

    def allowed(self, state: State) -> Ids | None:
        """Token ids that may follow; None for all of them."""
        letters, place, _ = state
        if letters is None:
            return None if self._constraint is None else self._constraint.allowed(place)[0]
        assert self._prefix is not None
        ids = self._of_prefix(state)[0]
        if letters < self._prefix.end:
            return ids
        further = self.allowed(self._after)
        return None if further is None else np.union1d(ids, further)

    def follow(self, state: State, token: int) -> State | None:
        """The state after a token; None where it may not follow."""
        letters, place, _ = state
        if letters is None:
            after = ANYWHERE if self._constraint is None else _reached(*self._constraint.allowed(place), token)
            return None if after is None else (None, after, False)
        assert self._prefix is not None
        written = _reached(*self._of_prefix(state), token)
        if written is not None:
            return written, place, written == letters
        return self.follow(self._after, token) if letters >= self._prefix.end else None

    def walk(self, tokens: Tokens) -> State | None:
        """The state after tokens from the start."""
        state: State | None = self.start
        for token in tokens:
            state = self.follow(state, token) if state is not None else None
        return state

    def may_end(self, state: State) -> bool:
        """Whether a text may end here: a sentence, whole or so far that a word more may follow."""
        letters, place, _ = state
        if letters is not None and (self._prefix is None or letters < self._prefix.end):
            return False
        if self._constraint is None:
            return True
        return letters is None and (self._constraint.is_final(place) or self._constraint.can_go_on(place))

    def is_final(self, state: State) -> bool:
        """Whether a whole sentence is written."""
        letters, place, _ = state
        return letters is None and self._constraint is not None and self._constraint.is_final(place)

    def count_open(self, tokens: Tokens, many: float) -> int:
        """Tokens of a text that stand where more than so many might: in an open slot."""
        count, state = 0, self.start
        for token in tokens:
            ids = self.allowed(state)
            count += ids is not None and len(ids) > many
            after = self.follow(state, token)
            if after is None:
                break
            state = after
        return count

    def prefix_length(self, tokens: Tokens) -> int:
        """Tokens of a text that write the prefix and the mark after it."""
        state: State | None = self.start
        for n, token in enumerate(tokens):
            state = self.follow(state, token) if state is not None else None
            if state is None or state[0] is None:
                return n
        return len(tokens)

    def _of_prefix(self, state: State) -> tuple[Ids, Ids]:
        """Token ids that go on with the prefix, and how many letters are written after each."""
        assert self._prefix is not None and state[0] is not None
        ids, letters = self._prefix.allowed(state[0])
        further = letters != state[0]
        return (ids[further], letters[further]) if state[2] else (ids, letters)


def _reached(ids: Ids, states: Ids, token: int) -> int | None:
    at = np.flatnonzero(ids == token)
    return int(states[at[0]]) if len(at) else None
