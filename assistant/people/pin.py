"""The household's PIN: kept as a hash that is slow to guess, locked for a while after wrong tries."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import secrets
import time
from collections.abc import Callable
from typing import Any

from assistant.errors import ConfigError
from assistant.store.store import Store
from assistant.store.values import Settings

log = logging.getLogger(__name__)

KEY = "pin"
TRIES = 5
LOCK_SECONDS = 15 * 60.0
SHORTEST, LONGEST = 4, 12
N, R, P = 2**15, 8, 1
"""scrypt's cost: 32 MiB and a tenth of a second for each guess, also for who has taken the database away."""
MEMORY = 64 << 20


class Pin:
    """Kept in the store. An agent has one: several would not count each other's tries.

    Args:
        now: seconds since 1970.
    """

    def __init__(self, store: Store, now: Callable[[], float] = time.time) -> None:
        self._settings = Settings(store)
        self._now = now
        self._checking = asyncio.Lock()

    async def is_set(self) -> bool:
        """Whether there is one."""
        return await self._settings.get(KEY) is not None

    async def set(self, pin: str) -> None:
        """Keep a new one.

        Raises:
            ConfigError: it is none.
        """
        if not (pin.isascii() and pin.isdigit() and SHORTEST <= len(pin) <= LONGEST) or len(set(pin)) == 1:
            raise ConfigError(f"a PIN has {SHORTEST} to {LONGEST} digits, not all the same")
        salt = secrets.token_bytes(16)
        hashed = await asyncio.to_thread(_hashed, pin, salt)
        await self._settings.set(KEY, {"salt": salt.hex(), "hash": hashed.hex(), "wrong": 0, "locked_until": 0.0})

    async def remove(self) -> None:
        """Forget it."""
        await self._settings.set(KEY, None)

    async def locked(self) -> float:
        """Seconds until it may be tried again; 0: now."""
        kept = await self._settings.get(KEY)
        return 0.0 if kept is None else max(0.0, kept["locked_until"] - self._now())

    async def check(self, pin: str) -> bool:
        """Whether it is this one. One try at a time; each wrong one counts until a right one."""
        async with self._checking:
            kept: dict[str, Any] | None = await self._settings.get(KEY)
            if kept is None or kept["locked_until"] > self._now():
                return False
            digits = "".join(letter for letter in pin if letter.isdigit())
            # Counted before it is known: who pulls the plug meanwhile has had a try as well.
            await self._settings.set(KEY, _after_wrong(kept, self._now()))
            found = await asyncio.to_thread(_hashed, digits, bytes.fromhex(kept["salt"]))
            right = hmac.compare_digest(found, bytes.fromhex(kept["hash"]))
            if right:
                await self._settings.set(KEY, {**kept, "wrong": 0, "locked_until": 0.0})
            elif kept["wrong"] + 1 >= TRIES:
                log.warning("the PIN was wrong %d times: locked for %.0f minutes", TRIES, LOCK_SECONDS / 60)
            return right


def _after_wrong(kept: dict[str, Any], now: float) -> dict[str, Any]:
    wrong = kept["wrong"] + 1
    if wrong < TRIES:
        return {**kept, "wrong": wrong}
    return {**kept, "wrong": 0, "locked_until": now + LOCK_SECONDS}


def _hashed(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=N, r=R, p=P, maxmem=MEMORY)
