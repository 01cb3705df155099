"""The pieces of a ``tokenizer.json``: byte-level BPE as Whisper has, or SentencePiece as Moonshine has."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from assistant.asr.constrained.pieces import Pieces
from assistant.asr.constrained.search import Tokens
from assistant.errors import ModelError

FILE = "tokenizer.json"
SPACE = "\u2581"
"""What SentencePiece writes for a space."""
BYTE_SPACE = "\u0120"
"""What byte-level BPE writes for one; it writes the printable ASCII characters as they are."""
_BYTE = re.compile(r"<0x[0-9A-F]{2}>\Z")
"""A single byte in SentencePiece."""


class TokenizerPieces(Pieces):
    """The tokens of a model.

    Args:
        folder: where ``tokenizer.json`` lies.
        size: tokens that the model has an output for; those that the tokenizer does not know are never written.
        eos: token that ends a text.

    Raises:
        ModelError: the file is missing or damaged, or knows more tokens than the model.
    """

    def __init__(self, folder: Path, size: int, eos: int) -> None:
        self._tokenizer = _tokenizer(folder / FILE)
        known = self._tokenizer.get_vocab_size(with_added_tokens=True)
        if known > size:
            raise ModelError(
                f"knows {known} tokens, the model {size}", where=str(folder / FILE), mend="take the model's own file"
            )
        special = self._tokenizer.get_added_tokens_decoder()
        written = [self._tokenizer.id_to_token(i) or "" for i in range(size)]
        space = BYTE_SPACE if _is_byte_level(self._tokenizer) else SPACE
        super().__init__(tuple("" if i in special else plain(piece, space) for i, piece in enumerate(written)), eos)

    def id(self, token: str) -> int | None:
        """The id of a special token, None if there is none of that name."""
        found: int | None = self._tokenizer.token_to_id(token)
        return found

    def text(self, tokens: Tokens) -> str:
        """What tokens spell; special tokens spell nothing."""
        return str(self._tokenizer.decode(list(tokens), skip_special_tokens=True)).strip()


def _tokenizer(path: Path) -> Any:
    from tokenizers import Tokenizer

    if not path.is_file():
        raise ModelError(
            f"{FILE} is missing", where=str(path.parent), mend="save it there: tokenizer.save_pretrained(folder)"
        )
    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:  # tokenizers raises nothing narrower
        raise ModelError(f"cannot be read: {error}", where=str(path), mend="copy it again") from error


def _is_byte_level(tokenizer: Any) -> bool:
    return "ByteLevel" in type(tokenizer.decoder).__name__


def plain(piece: str, space: str) -> str:
    """Text of a piece for the grammar; empty for single bytes and for what is not printable ASCII."""
    text = piece.replace(space, " ")
    return text if text.isascii() and text.isprintable() and not _BYTE.match(text) else ""
