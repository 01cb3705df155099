"""The pieces that a recogniser writes with, as the grammar and phrases need them."""

from __future__ import annotations

from functools import cached_property

from assistant.asr.fold import fold_piece
from assistant.grammar.base import Vocabulary


class Pieces:
    """A vocabulary.

    Args:
        pieces: text of each token id; empty for special tokens, for single bytes and for what the language does not
            write.
        eos: id that ends a text.
    """

    def __init__(self, pieces: tuple[str, ...], eos: int) -> None:
        self.pieces = pieces
        self.eos = eos

    @cached_property
    def folded(self) -> tuple[str, ...]:
        """Text of each id as it counts for comparing texts, see ``fold_piece``; empty if that drops a letter."""
        return tuple(fold_piece(piece) if piece.isascii() else "" for piece in self.pieces)

    @cached_property
    def marks(self) -> frozenset[int]:
        """Tokens that end in punctuation."""
        return frozenset(i for i, piece in enumerate(self.pieces) if piece and piece[-1] in ".,!?;:-")

    @cached_property
    def grammar(self) -> Vocabulary:
        """What the grammar needs to build a constraint."""
        return Vocabulary(self.pieces, self.eos)
