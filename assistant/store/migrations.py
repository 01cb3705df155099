"""The database's tables, as numbered steps. A step that has shipped is never edited: a change is a new step."""

from __future__ import annotations

import sqlite3

from assistant.errors import StoreError

STEPS: tuple[str, ...] = (
    """
    CREATE TABLE timers (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, source TEXT NOT NULL, seconds REAL NOT NULL,
        due_wall REAL NOT NULL, due_boot REAL NOT NULL, boot TEXT NOT NULL, rang INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE TABLE turns (
        id TEXT PRIMARY KEY, source TEXT NOT NULL, began REAL NOT NULL, outcome TEXT NOT NULL, text TEXT NOT NULL,
        answer TEXT NOT NULL, trace TEXT NOT NULL
    ) STRICT;
    CREATE INDEX turns_began ON turns (began);
    CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    CREATE TABLE skill_data (
        skill TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (skill, key)
    ) STRICT;
    """,
    """
    ALTER TABLE timers ADD COLUMN kind TEXT NOT NULL DEFAULT 'timer';
    ALTER TABLE timers ADD COLUMN person TEXT NOT NULL DEFAULT '';
    ALTER TABLE timers ADD COLUMN everywhere INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE timers ADD COLUMN at TEXT NOT NULL DEFAULT '';
    ALTER TABLE timers ADD COLUMN rule TEXT NOT NULL DEFAULT '';
    ALTER TABLE timers ADD COLUMN left_out TEXT NOT NULL DEFAULT '';
    """,
    """
    CREATE TABLE people (
        id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE, groups TEXT NOT NULL, added REAL NOT NULL
    ) STRICT;
    CREATE TABLE voiceprints (
        person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE, embedder TEXT NOT NULL, seconds REAL NOT NULL,
        count INTEGER NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (person, embedder)
    ) STRICT;
    ALTER TABLE turns ADD COLUMN person TEXT NOT NULL DEFAULT '';
    """,
    """
    ALTER TABLE timers ADD COLUMN standing TEXT NOT NULL DEFAULT '';
    CREATE TABLE learned (
        id INTEGER PRIMARY KEY, person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE, embedder TEXT NOT NULL,
        at REAL NOT NULL, seconds REAL NOT NULL, sealed BLOB NOT NULL
    ) STRICT;
    CREATE TABLE recordings (
        person TEXT PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE, sealed BLOB NOT NULL
    ) STRICT;
    """,
)


def migrate(connection: sqlite3.Connection, where: str, steps: tuple[str, ...] = STEPS) -> None:
    """Bring a database up to date; each step happens whole or not at all.

    Raises:
        StoreError: it was written by a newer program.
        sqlite3.Error: a step failed; the steps before it stand.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(steps):
        raise StoreError(
            f"the database is of version {version}, this program knows {len(steps)}", where=where,
            mend="install the newer program, or name another file under store: path",
        )
    for number, step in enumerate(steps[version:], version + 1):
        # executescript commits what is open before it begins: the transaction must be inside the script.
        try:
            connection.executescript(f"BEGIN IMMEDIATE; {step}; PRAGMA user_version = {number}; COMMIT;")
        except sqlite3.Error:
            if connection.in_transaction:
                connection.rollback()
            raise
