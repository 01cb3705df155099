"""The record of turns: what was said, what was done, how long each stage took. Text and times, no sound."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assistant.store.store import Row, Store

DAYS = 7
"""Turns are kept so long."""
DAY_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """One turn."""

    id: str
    source: str
    began: float
    """Wall clock, seconds since 1970."""
    outcome: str
    text: str = ""
    """What was understood, or heard."""
    answer: str = ""
    trace: Mapping[str, Any] = field(default_factory=dict)
    """Plain data: events and stage times."""


class Turns:
    """All turns kept.

    Args:
        days: for which they are kept.
    """

    def __init__(self, store: Store, days: int = DAYS) -> None:
        self._store = store
        self._days = days

    async def add(self, record: TurnRecord) -> None:
        """Keep a turn, and let go of those that are too old."""
        await self._store.write(
            "INSERT OR REPLACE INTO turns VALUES (?, ?, ?, ?, ?, ?, ?)",
            record.id, record.source, record.began, record.outcome, record.text, record.answer,
            json.dumps(record.trace, default=str),
        )
        await self._store.write("DELETE FROM turns WHERE began < ?", record.began - self._days * DAY_SECONDS)

    async def latest(self, count: int = 20, source: str | None = None) -> list[TurnRecord]:
        """The latest first."""
        rows = await self._store.read(
            "SELECT * FROM turns WHERE ?1 IS NULL OR source = ?1 ORDER BY began DESC LIMIT ?2", source, count
        )
        return [_record(row) for row in rows]

    async def get(self, turn: str) -> TurnRecord | None:
        """The turn whose identifier begins so, if there is just one."""
        rows = await self._store.read("SELECT * FROM turns WHERE substr(id, 1, ?) = ? LIMIT 2", len(turn), turn)
        exact = [row for row in rows if row[0] == turn]
        found = exact or rows
        return _record(found[0]) if len(found) == 1 else None

    async def erase(self) -> int:
        """Forget all; how many there were."""
        return await self._store.write("DELETE FROM turns")


def _record(row: Row) -> TurnRecord:
    turn, source, began, outcome, text, answer, trace = row
    return TurnRecord(turn, source, began, outcome, text, answer, json.loads(trace))
