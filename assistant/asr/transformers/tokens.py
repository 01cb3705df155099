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
_BYTE = re.compile(r"<0x[0-9A-F]{2}>\Z")
"""A single byte in SentencePiece."""


class TokenizerPieces(Pieces):
    """The tokens of a model.

    Args:
        folder: where ``tokenizer.json`` lies.
        size: tokens that the model has an output for; those that the tokenizer does not know are never written.
        eos: token that ends a text.
        language: what is spoken; only English is written in ASCII alone.

    Raises:
        ModelError: the file is missing or damaged, or knows more tokens than the model.
    """

    def __init__(self, folder: Path, size: int, eos: int, language: str = "en") -> None:
        self._tokenizer = _tokenizer(folder / FILE)
        known = self._tokenizer.get_vocab_size(with_added_tokens=True)
        if known > size:
            raise ModelError(
                f"knows {known} tokens, the model {size}", where=str(folder / FILE), mend="take the model's own file"
            )
        special = self._tokenizer.get_added_tokens_decoder()
        written = [self._tokenizer.id_to_token(i) or "" for i in range(size)]
        spelled = map(byte_text if _is_byte_level(self._tokenizer) else spaced, written)
        english = language.partition("-")[0] == "en"
        super().__init__(tuple("" if i in special else plain(text, english) for i, text in enumerate(spelled)), eos)

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


def _bytes() -> dict[str, int]:
    """The byte that each character stands for in byte-level BPE: printable ones for themselves, others further on."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {chr(256 + n): byte for n, byte in enumerate(others)}


_BYTES = _bytes()


def byte_text(piece: str) -> str:
    """What a piece of byte-level BPE spells; empty where it begins or ends within a letter."""
    try:
        return bytes(_BYTES[character] for character in piece).decode("utf-8")
    except (KeyError, UnicodeDecodeError):
        return ""


def spaced(piece: str) -> str:
    """What a piece of SentencePiece spells; empty for single bytes."""
    return "" if _BYTE.match(piece) else piece.replace(SPACE, " ")


def plain(text: str, english: bool) -> str:
    """Text of a piece for the grammar; empty for what is not printable, and in English for what is not ASCII."""
    return text if text.isprintable() and (text.isascii() or not english) else ""
