"""What is kept of turns, as the command line reads and forgets it, whether or not an assistant runs."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING

from assistant.config import Config
from assistant.errors import StoreError
from assistant.recorder.sounds import Kept, Sounds, sound_folder
from assistant.store.beside import erase, opened
from assistant.store.turns import TurnRecord

if TYPE_CHECKING:
    from assistant.audio.frames import Pcm

FIELDS = "id, source, began, outcome, text, answer, trace"


class Library:
    """All turns of one configuration."""

    def __init__(self, config: Config) -> None:
        self.path = config.store_path
        self.sounds = Sounds(sound_folder(), config.recorder.days, config.recorder.megabytes)

    def latest(self, count: int) -> list[TurnRecord]:
        """The latest first. Raises as ``find``."""
        with opened(self.path) as database:
            if database is None:
                return []
            rows = database.execute(f"SELECT {FIELDS} FROM turns ORDER BY began DESC LIMIT ?", (count,)).fetchall()
        return [_turn(row) for row in rows]

    def find(self, turn: str) -> TurnRecord:
        """The turn whose number begins so; empty: the latest.

        Raises:
            StoreError: there is none, or there are several; or the database cannot be read.
        """
        with opened(self.path) as database:
            rows = [] if database is None else _rows(database, turn)
        exact = [row for row in rows if row[0] == turn] or rows
        if len(exact) == 1:
            return _turn(exact[0])
        what = f"there is no turn {turn!r}" if turn else "no turns yet"
        raise StoreError(f"several turns begin with {turn!r}" if exact else what, mend="assistant turns list")

    def count(self) -> int:
        """How many turns there are. Raises as ``find``."""
        with opened(self.path) as database:
            return 0 if database is None else int(database.execute("SELECT count(*) FROM turns").fetchone()[0])

    def kept_sounds(self) -> dict[str, Kept]:
        """The files of sound, by turn."""
        return {kept.turn: kept for kept in self.sounds.all()}

    def sound(self, turn: str) -> Pcm | None:
        """The sound of a turn, int16[n]; None: none was kept.

        Raises:
            AudioError: the file is damaged.
        """
        from assistant.audio.files import read_sound

        path = self.sounds.path(turn)
        return read_sound(path) if path.exists() else None

    def forget(self, turn: str | None) -> tuple[int, int]:
        """Erase a turn, or all of them, text and sound; how many of each there were.

        Raises:
            StoreError: the database cannot be written.
            AudioError: a file cannot be removed.
        """
        sounds = [turn] if turn is not None else [kept.turn for kept in self.sounds.all()]
        removed = sum(self.sounds.remove(one) for one in sounds)
        where, values = ("", ()) if turn is None else (" WHERE id = ?", (turn,))
        return erase(self.path, f"DELETE FROM turns{where}", values), removed


def _rows(database: sqlite3.Connection, turn: str) -> list[tuple[object, ...]]:
    select = f"SELECT {FIELDS} FROM turns"
    if not turn:
        return database.execute(f"{select} ORDER BY began DESC LIMIT 1").fetchall()
    return database.execute(f"{select} WHERE substr(id, 1, ?) = ? ORDER BY id = ? DESC LIMIT 2",
                            (len(turn), turn, turn)).fetchall()


def _turn(row: tuple[object, ...]) -> TurnRecord:
    number, source, began, outcome, text, answer, trace = row
    try:
        found = json.loads(str(trace) or "{}")
    except ValueError:
        found = {}  # a damaged trace leaves the words
    held = found if isinstance(found, dict) else {}
    return TurnRecord(str(number), str(source), float(str(began)), str(outcome), str(text), str(answer), held)
