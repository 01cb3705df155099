"""Checksums as servers name them: SHA-256, npm's integrity, MD5, and the id of a git blob."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import ModelError

GIT_BLOB = "git-blob"
"""SHA-1 of ``blob SIZE\\0`` and the content: how git names a file that is not in large-file storage."""
LENGTHS = {"sha256": 64, "sha512": 128, "md5": 32, GIT_BLOB: 40}
"""Hexadecimal digits of each kind."""
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a file's content has to add up to.

    Raises:
        ModelError: it is none of the kinds in ``LENGTHS``, or no number of that length.
    """

    algorithm: str
    digest: str
    """Hexadecimal, lower case."""

    def __post_init__(self) -> None:
        digits = set(self.digest) <= set("0123456789abcdef")
        if not digits or len(self.digest) != LENGTHS.get(self.algorithm):
            raise ModelError(f"{self.digest!r} is no {self.algorithm} checksum")

    @classmethod
    def integrity(cls, text: str) -> Checksum:
        """npm's way to write one: ``sha512-`` and the digest in base64.

        Raises:
            ModelError: it is written in another way.
        """
        algorithm, _, encoded = text.partition("-")
        try:
            return cls(algorithm, base64.b64decode(encoded, validate=True).hex())
        except binascii.Error as error:
            raise ModelError(f"{text!r} is no checksum") from error

    def fits(self, path: Path) -> bool:
        """Whether the file has this content."""
        digest = self._begin(path.stat().st_size)
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
        return bool(digest.hexdigest() == self.digest)

    def _begin(self, size: int) -> Any:
        if self.algorithm == GIT_BLOB:
            return hashlib.sha1(f"blob {size}\0".encode(), usedforsecurity=False)
        return hashlib.new(self.algorithm, usedforsecurity=False)
