"""Seals what whoever finds the database must not read, by a key in a file that only its user may read."""

from __future__ import annotations

import secrets
from pathlib import Path

from assistant.errors import StoreError
from assistant.people.private import write_new

KEY_BYTES = 32
NONCE_BYTES = 12
UNUSED = "delete it: nothing is sealed by it, a new one is made"
LOST = "put the key back from a backup, or forget the people and enrol them again"


class Vault:
    """AES-256-GCM under one key.

    Args:
        path: of the key; made when something is sealed for the first time.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def seal(self, plain: bytes, about: str, *, first: bool) -> bytes:
        """Seal bytes; only the same ``about`` opens them.

        Args:
            first: nothing is sealed yet, so a key that is not there was not lost.

        Raises:
            StoreError: the key cannot be read or made, or is lost.
        """
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # only where somebody is enrolled

        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + AESGCM(self._key(make=first)).encrypt(nonce, plain, about.encode())

    def open(self, sealed: bytes, about: str) -> bytes:
        """What was sealed.

        Raises:
            StoreError: the key is lost or another one, or the bytes were changed.
        """
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            return AESGCM(self._key()).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about.encode())
        except (InvalidTag, ValueError) as error:
            what = "the key does not fit, or the voices were changed"
            raise StoreError(what, where=str(self.path), mend=LOST) from error

    def _key(self, make: bool = False) -> bytes:
        try:
            key = self.path.read_bytes()
        except FileNotFoundError:
            if not make:
                raise StoreError("the key of the voices is lost", where=str(self.path), mend=LOST) from None
            return self._make()
        except OSError as error:
            raise StoreError(f"cannot be read: {error.strerror}", where=str(self.path)) from error
        if len(key) != KEY_BYTES:
            what = f"the key of the voices is torn: {len(key)} bytes of {KEY_BYTES}"
            raise StoreError(what, where=str(self.path), mend=UNUSED if make else LOST)
        return key

    def _make(self) -> bytes:
        key = secrets.token_bytes(KEY_BYTES)
        write_new(self.path, key)
        return key
