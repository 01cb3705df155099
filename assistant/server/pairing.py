"""Pairing: a browser elsewhere proves once, by a code shown on this machine, that it may talk to the assistant."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import secrets
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from assistant.errors import ConfigError

log = logging.getLogger(__name__)

CODE_DIGITS = 8
TRIES, TRIES_SECONDS = 5, 60.0
"""Tries from anywhere within a time: somebody in the network has many addresses, so they share one count."""
WRONG_PER_CODE = 20
"""Wrong tries after which the code changes: one in five million of being guessed."""
MAX_BROWSERS = 64
"""Paired browsers remembered; the oldest makes room."""
TOKEN_LENGTH = 43
"""Characters of 32 random bytes, URL-safe."""


class Pairing:
    """The code of the moment and the browsers that are paired. Tokens are kept as hashes only.

    Args:
        store: JSON file of the paired browsers' hashes; None keeps them in memory.
        clock: monotonic seconds.

    Raises:
        ConfigError: the file cannot be read as such.
    """

    def __init__(self, store: Path | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._recent: deque[float] = deque(maxlen=TRIES)
        self._wrong = 0
        self._known = _load(store) if store is not None and store.exists() else []
        self.code = _new_code()

    def wait(self) -> float:
        """Seconds until the next try is allowed; 0 if it is now."""
        if len(self._recent) < TRIES:
            return 0.0
        return max(0.0, self._recent[0] + TRIES_SECONDS - self._clock())

    def pair(self, code: str) -> str | None:
        """Try a code; the new browser's token, or None if it is wrong or tried too soon."""
        if self.wait() > 0:
            return None
        self._recent.append(self._clock())
        if not hmac.compare_digest(code.encode(), self.code.encode()):
            self._missed()
            return None
        token = secrets.token_urlsafe(32)
        self._known = [*self._known, _hash(token)][-MAX_BROWSERS:]
        self._save()
        return token

    def knows(self, token: str) -> bool:
        """Whether a browser with this token is paired."""
        if len(token) != TOKEN_LENGTH or not token.isascii():
            return False
        digest = _hash(token)
        return any([hmac.compare_digest(digest, known) for known in self._known])

    def _missed(self) -> None:
        self._wrong += 1
        log.warning("a wrong pairing code was tried (%d)", self._wrong)
        if self._wrong >= WRONG_PER_CODE:
            self._wrong, self.code = 0, _new_code()
            log.warning("too many wrong pairing codes: the code is now %s", self.code)

    def _save(self) -> None:
        if self._store is None:
            return
        self._store.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._store.with_suffix(".new")
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(self._known, file)
        fresh.replace(self._store)


def _new_code() -> str:
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _load(store: Path) -> list[str]:
    try:
        known = json.loads(store.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError("the list of paired browsers cannot be read", where=str(store), mend="delete it") from error
    if not isinstance(known, list) or not all(isinstance(digest, str) for digest in known):
        raise ConfigError("this is no list of paired browsers", where=str(store), mend="delete it")
    return known[-MAX_BROWSERS:]
