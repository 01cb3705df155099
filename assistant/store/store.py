"""The database: SQLite in a thread of its own. What was acknowledged is on the disk, whatever happens next."""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from errno import ENOSPC
from pathlib import Path
from types import TracebackType
from typing import Any

from assistant.errors import StoreError
from assistant.store.migrations import migrate

BUSY_SECONDS = 5.0
"""Wait for another process (``assistant turns list``) that holds the database."""
BATCH = 100
"""Writes that are committed together when they queue up: one wait for the disk serves them all."""
MOST_WAITING = 10_000
"""Writes that may wait for a disk that does not keep up; further ones fail."""

Row = tuple[Any, ...]
FAULTS = (sqlite3.Error, OverflowError, ValueError)
"""What SQLite raises; the last two for values it cannot hold: huge numbers, half a character."""


Statement = tuple[str, Sequence[Any]]
"""SQL and its arguments."""


@dataclass(slots=True)
class _Job:
    statements: Sequence[Statement]
    writes: bool
    done: Future[list[Row]] = field(default_factory=Future)

    def finish(self, rows: list[Row]) -> None:
        if self.done.set_running_or_notify_cancel():
            self.done.set_result(rows)

    def fail(self, error: StoreError) -> None:
        if not self.done.done() and self.done.set_running_or_notify_cancel():
            self.done.set_exception(error)


class Store:
    """One database file. ``async with Store(path) as store``.

    Args:
        path: the file; its folder is made. ``:memory:`` for tests.
        max_pages: size at which the database counts as full (pages of 4 KiB); 0: as large as the disk.

    Raises on entry:
        StoreError: the file cannot be opened, is damaged, or was written by a newer program.
    """

    def __init__(self, path: Path | str, *, max_pages: int = 0) -> None:
        self.path = str(path)
        self._max_pages = max_pages
        self._jobs: queue.Queue[_Job | None] = queue.Queue(MOST_WAITING)
        self._thread: threading.Thread | None = None
        self._ahead: _Job | None = None
        self._waiting = 0

    @property
    def busy(self) -> bool:
        """Whether somebody waits for the disk."""
        return self._waiting > 0

    async def __aenter__(self) -> Store:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def open(self) -> None:
        """Open the file and bring its tables up to date."""
        ready: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, args=(ready,), name="store", daemon=True)
        self._thread.start()
        await asyncio.wrap_future(ready)

    async def close(self) -> None:
        """Finish what waits, then close the file."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._jobs.put(None)
            await asyncio.get_running_loop().run_in_executor(None, thread.join)

    async def write(self, sql: str, *args: Any) -> int:
        """Run one statement that changes something; when this returns it is on the disk.

        Returns:
            Rows changed.

        Raises:
            StoreError: the disk is full, or the file cannot be written. Nothing of the statement was kept.
        """
        return (await self.write_all([(sql, args)]))[0]

    async def write_all(self, statements: Sequence[Statement]) -> list[int]:
        """The same of several statements, of which all are kept or none: rows changed by each."""
        return [count for (count,) in await self._do(_Job(statements, True))]

    async def read(self, sql: str, *args: Any) -> list[Row]:
        """Rows of a query.

        Raises:
            StoreError: the file cannot be read.
        """
        return await self._do(_Job([(sql, args)], False))

    async def _do(self, job: _Job) -> list[Row]:
        if self._thread is None:
            raise StoreError("the database is closed", where=self.path)
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            raise StoreError("the disk does not keep up", where=self.path) from None
        self._waiting += 1
        try:
            return await asyncio.wrap_future(job.done)
        finally:
            self._waiting -= 1

    # In the thread.

    def _run(self, ready: Future[None]) -> None:
        try:
            connection = self._connect()
        except (sqlite3.Error, OSError, StoreError) as error:
            ready.set_exception(self._explain(error))
            return
        ready.set_result(None)
        while batch := self._next_batch():
            if batch[0].writes:
                self._write(connection, batch)
            else:
                self._query(connection, batch[0])
        connection.close()

    def _next_batch(self) -> list[_Job]:
        """The next read alone, or the writes that wait, as long as no read is between them; empty: close."""
        if self._ahead is not None:
            first, self._ahead = self._ahead, None
        else:
            taken = self._jobs.get()
            if taken is None:
                return []
            first = taken
        batch = [first]
        while first.writes and len(batch) < BATCH and not self._jobs.empty():
            job = self._jobs.get()
            if job is None:
                self._jobs.put(None)
                break
            if not job.writes:
                self._ahead = job
                break
            batch.append(job)
        return batch

    def _query(self, connection: sqlite3.Connection, job: _Job) -> None:
        try:
            [(sql, args)] = job.statements
            job.finish(connection.execute(sql, args).fetchall())
        except FAULTS as error:
            job.fail(self._explain(error))

    def _write(self, connection: sqlite3.Connection, batch: list[_Job]) -> None:
        """Run writes in one transaction, each for itself; acknowledge them once it is committed."""
        written: list[tuple[_Job, list[Row]]] = []
        try:
            connection.execute("BEGIN IMMEDIATE")
            for job in batch:
                written += self._write_one(connection, job)
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            if connection.in_transaction:
                connection.rollback()
            for job in batch:
                job.fail(self._explain(error))
            return
        for job, counts in written:
            job.finish(counts)

    def _write_one(self, connection: sqlite3.Connection, job: _Job) -> list[tuple[_Job, list[Row]]]:
        connection.execute("SAVEPOINT one")
        try:
            counts: list[Row] = [(connection.execute(sql, args).rowcount,) for sql, args in job.statements]
        except FAULTS as error:
            if not connection.in_transaction:
                raise  # a full disk ends the whole transaction
            connection.execute("ROLLBACK TO one")
            job.fail(self._explain(error))
            return []
        finally:
            if connection.in_transaction:
                connection.execute("RELEASE one")
        return [(job, counts)]

    def _connect(self) -> sqlite3.Connection:
        if self.path != ":memory:":
            Path(self.path).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            migrate(connection, self.path)
            if self._max_pages:
                connection.execute(f"PRAGMA max_page_count = {int(self._max_pages)}")
        except BaseException:
            connection.close()
            raise
        return connection

    def _explain(self, error: Exception) -> StoreError:
        if isinstance(error, StoreError):
            return error
        text = str(error)
        if isinstance(error, sqlite3.DatabaseError) and ("not a database" in text or "malformed" in text):
            return StoreError("the database is damaged", where=self.path, mend="move it away: a new one is made")
        if "full" in text or "disk I/O" in text or (isinstance(error, OSError) and error.errno == ENOSPC):
            return StoreError("cannot be written: the disk is full or broken", where=self.path, mend="make room")
        if "locked" in text:
            return StoreError("another program holds the database", where=self.path, mend="end the other assistant")
        return StoreError(f"{text or type(error).__name__}", where=self.path)
