"""Moonshine's 32,768 sub-word pieces."""

from __future__ import annotations

import re
from pathlib import Path

from assistant.asr.constrained.pieces import Pieces
from assistant.errors import ModelError

UNKNOWN, BOS, EOS = 0, 1, 2
SIZE = 32_768
_BYTE = re.compile(r"<0x([0-9A-F]{2})>\Z")


class MoonshineVocabulary(Pieces):
    """The pieces and what decoders ask of them.

    Args:
        raw: contents of ``tokenizer.bin``: for each piece its length (one byte, or two: (first - 128) + 128 * second)
            and its UTF-8 bytes; U+2581 stands for a space.

    Raises:
        ModelError: the contents are not such a file.
    """

    def __init__(self, raw: bytes, where: str = "tokenizer.bin") -> None:
        self._bytes = _parse(raw)
        if len(self._bytes) != SIZE:
            raise ModelError(f"holds {len(self._bytes)} pieces, not {SIZE}", where=where)
        super().__init__(tuple(_plain(i, piece) for i, piece in enumerate(self._bytes)), EOS)

    @classmethod
    def load(cls, path: Path) -> MoonshineVocabulary:
        return cls(path.read_bytes(), str(path))

    @property
    def spelled(self) -> list[bytes]:
        """Bytes of each id as the file spells them, U+2581 for a space."""
        return self._bytes

    def text(self, tokens: tuple[int, ...]) -> str:
        """What tokens spell."""
        return b"".join(self.spelling(token) for token in tokens).decode("utf8", "replace").strip()

    def spelling(self, token: int) -> bytes:
        """What one token writes, in UTF-8; a letter may take several tokens."""
        piece = self._bytes[token]
        if token <= EOS:
            return b""
        if _is_byte(piece):
            return bytes([int(piece[3:5], 16)])
        return _spaced(piece)


def _plain(token: int, piece: bytes) -> str:
    """Text of a piece for the grammar; empty for special tokens, single bytes and what is not ASCII."""
    spaced = _spaced(piece)
    return "" if token <= EOS or _is_byte(piece) or not spaced.isascii() else spaced.decode()


def _spaced(piece: bytes) -> bytes:
    return piece.replace("\u2581".encode(), b" ")


def _is_byte(piece: bytes) -> bool:
    return len(piece) == 6 and _BYTE.match(piece.decode("latin1")) is not None


def _parse(raw: bytes) -> list[bytes]:
    pieces, at = [], 0
    while at < len(raw):
        length = raw[at]
        at += 1
        if length >= 128 and at < len(raw):
            length += 128 * raw[at] - 128
            at += 1
        pieces.append(raw[at : at + length])
        at += length
    return pieces
