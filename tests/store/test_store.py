"""The database: what was acknowledged stays, whatever happens to the process or the disk."""

from __future__ import annotations

import asyncio
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assistant.errors import StoreError
from assistant.store.migrations import STEPS, migrate
from assistant.store.store import Store
from assistant.store.turns import TurnRecord, Turns
from assistant.store.values import MOST_KEYS, Settings, SkillData

KILLS = 10
ROOT = Path(__file__).parents[2]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with Store(tmp_path / "data" / "assistant.db") as opened:
        yield opened


def run_until_killed(what: str, path: Path, seconds: float) -> list[str]:
    """Whole lines that a writer printed before ``kill -9``."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.store.writer", what, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    assert first, "it ended by itself"
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    text = first + process.stdout.read()
    process.wait()
    return text.splitlines() if text.endswith("\n") else text.splitlines()[:-1]


async def test_nothing_acknowledged_is_lost_to_kill_9(tmp_path: Path) -> None:
    path, dice, acknowledged = tmp_path / "assistant.db", random.Random(4), set[str]()
    for _ in range(KILLS):
        acknowledged |= set(await asyncio.to_thread(run_until_killed, "numbers", path, dice.uniform(0.0, 0.08)))
    async with Store(path) as store:
        settings = Settings(store)
        assert all([await settings.get(f"n{number}") == int(number) for number in acknowledged])
        assert await store.read("PRAGMA integrity_check") == [("ok",)]


async def test_synchronous_is_full(store: Store) -> None:
    assert await store.read("PRAGMA synchronous") == [(2,)]
    assert await store.read("PRAGMA journal_mode") == [("wal",)]


async def test_writes_that_wait_are_committed_together_and_each_for_itself(store: Store) -> None:
    settings = Settings(store)
    results = await asyncio.gather(
        *(settings.set(f"n{number}", number) for number in range(50)),
        store.write("INSERT INTO nowhere VALUES (1)"),
        store.write("INSERT INTO settings VALUES (?, ?)", "a", 2**70),
        store.write("INSERT INTO settings VALUES (?, ?)", "a", "\ud800"),
        *(settings.set(f"m{number}", number) for number in range(50)),
        return_exceptions=True,
    )
    assert [type(result) for result in results if result is not None] == [StoreError] * 3
    assert await store.read("SELECT count(*) FROM settings") == [(100,)]


async def test_of_several_statements_all_are_kept_or_none(store: Store) -> None:
    put = "INSERT INTO settings VALUES (?, ?)"
    assert await store.write_all([(put, ("a", "1")), (put, ("b", "2")), ("DELETE FROM settings", ())]) == [1, 1, 2]
    other = asyncio.create_task(store.write(put, "d", "4"))
    with pytest.raises(StoreError):
        await store.write_all([(put, ("c", "3")), ("UPDATE nowhere SET x = 1", ())])
    assert await other == 1
    assert await store.read("SELECT key FROM settings") == [("d",)]


async def test_a_cancelled_write_disturbs_no_other(store: Store) -> None:
    settings = Settings(store)
    tasks = [asyncio.create_task(settings.set(f"n{number}", number)) for number in range(20)]
    await asyncio.sleep(0)
    tasks[3].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert await settings.get("n19") == 19


async def test_a_full_disk_is_an_error_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "assistant.db"
    async with Store(path, max_pages=40) as store:
        settings = Settings(store)
        with pytest.raises(StoreError, match="full"):
            for number in range(1000):
                await settings.set(f"n{number}", "x" * 1000)
        assert await settings.get("n0") == "x" * 1000
        await settings.set("n0", None)
        await settings.set("n1", None)
        await settings.set("small", 1)
        assert await settings.get("small") == 1


async def test_a_file_that_cannot_grow(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.store.writer", "full", str(tmp_path / "a.db"), cwd=ROOT, stdout=subprocess.PIPE
    )
    text, _ = await process.communicate()
    error, counts = text.decode().splitlines()
    assert "the disk is full" in error and "make room" in error
    written, kept = counts.split()
    assert written == kept != "0"


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError, match=r"a\.db: the database is damaged \(move it away"):
        await Store(path).open()
    with pytest.raises(StoreError):
        await Store(tmp_path).open()


async def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="version 99"):
        await Store(path).open()


def test_migrations_happen_whole_or_not_at_all(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    migrate(connection, "a", (STEPS[0],))
    connection.execute("INSERT INTO settings VALUES ('a', '1')")
    with pytest.raises(sqlite3.Error):
        migrate(connection, "a", (STEPS[0], "CREATE TABLE more (a) STRICT; CREATE TABLE more (a)"))
    with pytest.raises(sqlite3.Error):
        migrate(connection, "a", (STEPS[0], "CREATE TABLE more (a TEXT) STRICT; SELECT nonsense"))
    assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'more'").fetchone() == (0,)
    migrate(connection, "a", (STEPS[0], "ALTER TABLE settings ADD COLUMN note TEXT"))
    assert connection.execute("SELECT * FROM settings").fetchall() == [("a", "1", None)]
    connection.close()


async def test_closed_is_an_error(store: Store) -> None:
    await store.close()
    with pytest.raises(StoreError, match="closed"):
        await store.read("SELECT 1")


async def test_turns_take_no_more_room_than_they_may(store: Store) -> None:
    turns = Turns(store, days=7, megabytes=0.01)
    for number in range(8):
        await turns.add(TurnRecord(f"t{number}", "a", 1000.0 + number, "done", trace={"events": ["x" * 2000]}))
    assert await turns.ids() == {"t4", "t5", "t6", "t7"}, "the oldest went, and 10 kB hold four"
    await turns.trim(1000.0 + 8 * 86_400)
    assert await turns.ids() == set(), "they are too old, though nobody spoke meanwhile"


async def test_turns_are_kept_for_their_days(store: Store) -> None:
    turns, day = Turns(store, days=7), 86_400
    for age in (9, 8, 6, 1):
        began = (100 - age) * day
        await turns.add(TurnRecord(f"turn{age}", "kitchen", began, "done", "text", "answer", {"a": [1]}))
    assert [turn.id for turn in await turns.latest()] == ["turn1", "turn6", "turn8"]
    await turns.add(TurnRecord("turn0", "hall", 100 * day, "done"))
    assert [turn.id for turn in await turns.latest()] == ["turn0", "turn1", "turn6"]
    assert [turn.id for turn in await turns.latest(source="kitchen", count=1)] == ["turn1"]
    found = await turns.get("turn1")
    assert found is not None and found.trace == {"a": [1]}
    assert await turns.get("turn") is None
    assert await turns.get("%") is None
    assert await turns.erase() == 3


async def test_values_of_skills(store: Store) -> None:
    data = SkillData(store)
    await asyncio.gather(*(data.set("a", f"k{number}", number) for number in range(MOST_KEYS)))
    with pytest.raises(StoreError, match="values already"):
        await data.set("a", "more", 1)
    await data.set("a", "k1", "changed")
    await data.set("b", "k1", [1])
    assert (await data.get("a", "k1"), await data.get("b", "k1")) == ("changed", [1])
    with pytest.raises(StoreError, match="plain data"):
        await data.set("a", "k1", object())
    with pytest.raises(StoreError, match="plain data"):
        await data.set("a", "k1", float("nan"))
    await data.erase("a")
    assert (await data.keys("a"), await data.keys("b")) == ([], ["k1"])
