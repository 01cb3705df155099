"""What skills keep, as the command line counts and forgets it, whether or not an assistant runs."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from assistant.store.beside import erase, opened


class Keepsakes:
    """The values of all skills, in one database.

    Args:
        path: its file, which is made by the assistant's first start.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def counts(self) -> Counter[str]:
        """How many values each skill keeps, those of persons among them.

        Raises:
            StoreError: the database cannot be read.
        """
        found: Counter[str] = Counter()
        with opened(self._path) as database:
            rows = [] if database is None else database.execute("SELECT skill FROM skill_data").fetchall()
        for (owner,) in rows:
            found[str(owner).partition("/")[0]] += 1
        return found

    def forget(self, skill: str) -> int:
        """Erase all values of a skill; how many there were.

        Raises:
            StoreError: the database cannot be written.
        """
        owned = "skill = ?1 OR substr(skill, 1, length(?1) + 1) = ?1 || '/'"
        return erase(self._path, f"DELETE FROM skill_data WHERE {owned}", (skill,))
