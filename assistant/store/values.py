"""Values by name: the assistant's own settings, and what each skill wants to keep."""

from __future__ import annotations

import json
from typing import Any

from assistant.errors import StoreError
from assistant.store.store import Store

LARGEST = 100_000
"""Characters of one value as JSON: a skill keeps facts here, not files."""
MOST_KEYS = 1000
"""Values of one skill."""


class Settings:
    """The assistant's own."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def get(self, key: str, default: Any = None) -> Any:
        rows = await self._store.read("SELECT value FROM settings WHERE key = ?", key)
        return json.loads(rows[0][0]) if rows else default

    async def set(self, key: str, value: Any) -> None:
        """Keep a value; None forgets it."""
        if value is None:
            await self._store.write("DELETE FROM settings WHERE key = ?", key)
            return
        await self._store.write("INSERT OR REPLACE INTO settings VALUES (?, ?)", key, as_json(key, value))


class SkillData:
    """Each skill's own."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def get(self, skill: str, key: str) -> Any:
        """The value, or None."""
        rows = await self._store.read("SELECT value FROM skill_data WHERE skill = ? AND key = ?", skill, key)
        return json.loads(rows[0][0]) if rows else None

    async def set(self, skill: str, key: str, value: Any) -> None:
        """Keep a value; None forgets it.

        Raises:
            StoreError: it is no plain data, too large, one too many, or cannot be written.
        """
        if value is None:
            await self._store.write("DELETE FROM skill_data WHERE skill = ? AND key = ?", skill, key)
            return
        changed = await self._store.write(
            "INSERT OR REPLACE INTO skill_data SELECT ?1, ?2, ?3 WHERE "
            "(SELECT count(*) FROM skill_data WHERE skill = ?1 AND key <> ?2) < ?4",
            skill, key, as_json(key, value), MOST_KEYS,
        )
        if not changed:
            raise StoreError(f"keeps {MOST_KEYS} values already", where=f"skill {skill}", mend="delete some first")

    async def keys(self, skill: str) -> list[str]:
        rows = await self._store.read("SELECT key FROM skill_data WHERE skill = ? ORDER BY key", skill)
        return [key for (key,) in rows]

    async def erase(self, skill: str) -> None:
        """Forget all of a skill's values."""
        await self._store.write("DELETE FROM skill_data WHERE skill = ?", skill)


def as_json(key: str, value: Any) -> str:
    """A value as JSON.

    Raises:
        StoreError: it is no plain data, or too large.
    """
    try:
        text = json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise StoreError(f"only plain data can be kept: {error}", where=key) from error
    if len(text) > LARGEST:
        raise StoreError(f"is larger than {LARGEST} characters", where=key)
    return text
