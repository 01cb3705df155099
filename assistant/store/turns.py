"""The record of turns: what was said, what was done, how long each stage took, what it needs to be run again. No sound.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assistant.store.store import Row, Store

DAYS = 7
"""Turns are kept so long."""
MEGABYTES = 100
"""All turns together; one has 5 to 20 kB."""
MEGABYTE = 1_000_000
LOOK_AFTER = 0.02
"""Share of this size that is added before somebody looks whether it is too much: that reads all of it."""
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
    person: str = ""
    """Whose voice it may have been, sure or not: it goes when they are forgotten."""


class Turns:
    """All turns kept.

    Args:
        days: for which they are kept.
        megabytes: that they may take, in characters of their traces; the oldest go first.
    """

    def __init__(self, store: Store, days: int = DAYS, megabytes: float = MEGABYTES) -> None:
        self._store = store
        self._days = days
        self._most = megabytes * MEGABYTE
        self._added = 0.0

    async def add(self, record: TurnRecord) -> None:
        """Keep a turn, and let go of those that are too old, or too much."""
        trace = json.dumps(record.trace, default=str)
        await self._store.write(
            "INSERT OR REPLACE INTO turns VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            record.id, record.source, record.began, record.outcome, record.text, record.answer,
            trace, record.person,
        )
        self._added += len(trace)
        if self._added > LOOK_AFTER * self._most:
            await self.trim(record.began)
        else:
            await self._forget_before(record.began - self._days * DAY_SECONDS)

    async def trim(self, now: float) -> None:
        """Let go of those that are too old, or too much.

        Args:
            now: seconds since 1970.
        """
        self._added = 0.0
        await self._forget_before(now - self._days * DAY_SECONDS)
        beyond = await self._store.read(
            "SELECT max(began) FROM (SELECT began, sum(length(trace)) OVER (ORDER BY began DESC) AS held FROM turns) "
            "WHERE held > ?", self._most
        )
        if beyond[0][0] is not None:
            await self._store.write("DELETE FROM turns WHERE began <= ?", beyond[0][0])

    async def _forget_before(self, began: float) -> None:
        await self._store.write("DELETE FROM turns WHERE began < ?", began)

    async def ids(self) -> set[str]:
        """The identifiers of all."""
        return {turn for (turn,) in await self._store.read("SELECT id FROM turns")}

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
    turn, source, began, outcome, text, answer, trace, person = row
    return TurnRecord(turn, source, began, outcome, text, answer, json.loads(trace), person)
