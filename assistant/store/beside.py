"""The database as the command line opens it, whether or not an assistant runs beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from assistant.errors import StoreError
from assistant.store.store import BUSY_SECONDS


@contextmanager
def opened(path: Path, mode: str = "ro") -> Iterator[sqlite3.Connection | None]:
    """The database; None before the first start, which makes it.

    Args:
        mode: ``ro`` to read, ``rw`` to write as well.

    Raises:
        StoreError: it cannot be read, or what is done with it fails.
    """
    if not path.exists():
        yield None
        return
    try:
        address = f"{path.absolute().as_uri()}?mode={mode}"
        with closing(sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise StoreError(str(error), where=str(path)) from error


def erase(path: Path, statement: str, values: tuple[Any, ...] = ()) -> int:
    """Delete rows so that no copy of their words stays in the file; how many there were.

    Raises:
        StoreError: the database cannot be written.
    """
    with opened(path, "rw") as database:
        if database is None:
            return 0
        database.execute("PRAGMA secure_delete = ON")
        with database:
            count = database.execute(statement, values).rowcount
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return count
