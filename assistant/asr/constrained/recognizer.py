"""A recogniser around anything that searches under the grammar."""

from __future__ import annotations

from assistant.asr.constrained.phrases import PhraseConstraint
from assistant.asr.constrained.pieces import Pieces
from assistant.asr.constrained.search import BeamConfig, Searcher
from assistant.asr.constrained.stream import ConstrainedStream
from assistant.grammar.base import Constraints, TokenConstraint, View


class ConstrainedRecognizer:
    """Reads the sentences of the grammar, and takes dictation.

    Args:
        pieces: what the searcher writes with.
        grammar: whose sentences may be said; None for open dictation only. May be edited between decodes.
    """

    def __init__(self, searcher: Searcher, pieces: Pieces, config: BeamConfig, grammar: Constraints | None) -> None:
        self.grammar = grammar
        self.searcher = searcher
        self._pieces = pieces
        self._beam = config

    def stream(self, view: View | None = None, *, prefix: str = "") -> ConstrainedStream:
        """Open an utterance; see the contract."""
        phrase = PhraseConstraint(prefix, self._pieces) if prefix else None
        return ConstrainedStream(self.searcher, self._beam, self._constraint(view), phrase)

    def _constraint(self, view: View | None) -> tuple[TokenConstraint, int] | None:
        if view is None or self.grammar is None:
            return None
        constraint = self.grammar.constraint(self._pieces.grammar, view)
        # The first mask is the dearest and is remembered: better now, while somebody speaks, than after the last word.
        constraint.allowed(constraint.start)
        return constraint, self.grammar.version
