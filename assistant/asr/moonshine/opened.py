"""How much of a text stands in open slots, which take whatever is said and so prove nothing."""

from __future__ import annotations

from typing import NamedTuple

from assistant.grammar.base import State, TokenConstraint


class Opened(NamedTuple):
    """Of a hypothesis."""

    tokens: int = 0
    """In open slots."""
    doubtful: int = 0
    """Written last where a slot is open and a list as well: of the list, unless the next is in none."""

    def after(self, constraint: TokenConstraint, state: State, token: int) -> Opened:
        """The same with one more token."""
        if not constraint.is_open(state):
            return self if not self.doubtful else Opened(self.tokens)
        if constraint.is_named(state, token):
            return Opened(self.tokens, self.doubtful + 1)
        return Opened(self.tokens + self.doubtful + 1)


NOTHING_OPEN = Opened()
