"""A recogniser around anything that searches under the grammar."""

from __future__ import annotations

from assistant.asr.constrained.names import Names
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
        language: what is spoken; says what of a free text cannot have been.
    """

    _known_names: tuple[int, Names] | None = None
    """The grammar's version, and its names."""

    def __init__(
        self, searcher: Searcher, pieces: Pieces, config: BeamConfig, grammar: Constraints | None, language: str = "en"
    ) -> None:
        self.grammar = grammar
        self.searcher = searcher
        self._pieces = pieces
        self._beam = config
        self._language = language

    def stream(self, view: View | None = None, *, prefix: str = "") -> ConstrainedStream:
        """Open an utterance; see the contract."""
        phrase = PhraseConstraint(prefix, self._pieces) if prefix else None
        constraint = self._constraint(view)
        return ConstrainedStream(self.searcher, self._beam, constraint, phrase, self._names, self._language)

    def _names(self) -> Names:
        """The household's names: only dictation needs them, so they are gathered when it comes to that."""
        version = self.grammar.version if self.grammar is not None else 0
        if self._known_names is None or self._known_names[0] != version:
            names = self.grammar.names if self.grammar is not None else ()
            self._known_names = version, Names(names, self._pieces)
        return self._known_names[1]

    def _constraint(self, view: View | None) -> tuple[TokenConstraint, int] | None:
        if view is None or self.grammar is None:
            return None
        constraint = self.grammar.constraint(self._pieces.grammar, view)
        # The first mask is the dearest and is remembered: better now, while somebody speaks, than after the last word.
        constraint.allowed(constraint.start)
        return constraint, self.grammar.version
