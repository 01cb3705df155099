"""Timers as rows of the database."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from assistant.store.store import Row, Store
from assistant.store.timer import Timer

COLUMNS = (
    "id, name, source, seconds, due_wall, due_boot, boot, rang, kind, person, everywhere, at, rule, left_out, standing"
)


class TimerTable:
    """The table. Each method raises StoreError where the database cannot be read or written."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def read(self) -> list[Timer]:
        """All of them."""
        return [_timer(row) for row in await self._store.read(f"SELECT {COLUMNS} FROM timers")]

    async def save(self, timer: Timer) -> None:
        """Write one, whole."""
        values = _row(timer)
        marks = ", ".join("?" * len(values))
        await self._store.write(f"INSERT OR REPLACE INTO timers ({COLUMNS}) VALUES ({marks})", *values)

    async def update(self, timer: Timer) -> None:
        """Write when it is due and whether it rang, unless it was deleted meanwhile."""
        await self._store.write(
            "UPDATE timers SET due_wall = ?, due_boot = ?, rang = ?, at = ? WHERE id = ?",
            timer.due_wall, timer.due_boot, int(timer.rang), _written(timer.at), timer.id,
        )

    async def delete(self, timer: str) -> None:
        """Forget one."""
        await self._store.write("DELETE FROM timers WHERE id = ?", timer)


def _row(timer: Timer) -> tuple[Any, ...]:
    """The values of ``COLUMNS``."""
    return (
        timer.id, timer.name, timer.source, timer.seconds, timer.due_wall, timer.due_boot, timer.boot, int(timer.rang),
        timer.kind, timer.person, int(timer.everywhere), _written(timer.at), timer.rule,
        " ".join(sorted(day.isoformat() for day in timer.left_out)), timer.standing,
    )


def _timer(row: Row) -> Timer:
    """The timer of a row."""
    fields = dict(zip(COLUMNS.split(", "), row, strict=True))
    fields["rang"], fields["everywhere"] = bool(fields["rang"]), bool(fields["everywhere"])
    fields["at"] = datetime.fromisoformat(fields["at"]) if fields["at"] else None
    fields["left_out"] = frozenset(map(date.fromisoformat, fields["left_out"].split()))
    return Timer(**fields)


def _written(at: datetime | None) -> str:
    return at.isoformat() if at is not None else ""
