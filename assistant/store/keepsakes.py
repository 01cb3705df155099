"""What skills keep, as the command line counts and forgets it, whether or not an assistant runs."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from assistant.errors import StoreError

BUSY_SECONDS = 5.0
"""Wait for a running assistant that writes."""


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
        with self._open("ro") as database:
            rows = [] if database is None else database.execute("SELECT skill FROM skill_data").fetchall()
        for (owner,) in rows:
            found[str(owner).partition("/")[0]] += 1
        return found

    def forget(self, skill: str) -> int:
        """Erase all values of a skill; how many there were.

        Raises:
            StoreError: the database cannot be written.
        """
        with self._open("rw") as database:
            if database is None:
                return 0
            database.execute("PRAGMA secure_delete = ON")  # no copy of the words stays in the file
            with database:
                count = database.execute(
                    "DELETE FROM skill_data WHERE skill = ?1 OR substr(skill, 1, length(?1) + 1) = ?1 || '/'", (skill,)
                ).rowcount
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return count

    @contextmanager
    def _open(self, mode: str) -> Iterator[sqlite3.Connection | None]:
        """The database; None before the first start."""
        if not self._path.exists():
            yield None
            return
        try:
            address = f"{self._path.absolute().as_uri()}?mode={mode}"
            with closing(sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS)) as connection:
                yield connection
        except sqlite3.Error as error:
            raise StoreError(str(error), where=str(self._path)) from error
