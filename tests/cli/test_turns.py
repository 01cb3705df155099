"""``assistant turns``: read from the database, whether or not an assistant runs."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli.app import app
from assistant.events import ActionFinished, Answered, StageTimed, TurnStarted, encode
from assistant.paths import database
from assistant.store.migrations import migrate


@pytest.fixture(autouse=True)
def apart(own_folders: Path) -> None:
    pass


@pytest.fixture
def two_turns() -> None:
    path = database()
    path.parent.mkdir(parents=True)
    events = [
        TurnStarted(at=10.0, turn="ab", reason="wake"),
        StageTimed(at=10.4, turn="ab", stage="decode", seconds=0.123),
        ActionFinished(at=10.6, turn="ab", device="kitchen_light", command="turn_on", status="done", seconds=0.15),
        Answered(at=10.6, turn="ab", text="The kitchen light is on.", outcome="done"),
    ]
    steps = [{**encode(event), "at": round(event.at - 10.0, 4)} for event in events]
    trace = json.dumps({"reason": "", "stages": {"decode": 0.123}, "events": steps})
    with closing(sqlite3.connect(path)) as connection:
        migrate(connection, str(path))
        add = "INSERT INTO turns (id, source, began, outcome, text, answer, trace) VALUES (?, ?, ?, ?, ?, ?, ?)"
        connection.execute(add, ("a1", "page", 1000.0, "info", "what time is it", "It is noon.", "{}"))
        connection.execute(
            add, ("ab", "file", 2000.0, "done", "turn on the kitchen light", "The kitchen light is on.", trace)
        )
        connection.commit()


def show(*words: str) -> tuple[int, list[str]]:
    result = CliRunner().invoke(app, ["turns", *words])
    return result.exit_code, result.output.splitlines()


def test_before_the_first_turn() -> None:
    assert show("list") == (0, ["No turns yet."])
    assert show("show")[0] == 2


def test_lists_the_newest_last(two_turns: None) -> None:
    code, lines = show("list")
    assert code == 0
    assert "HEARD" in lines[0]
    assert "what time is it" in lines[1] and "The kitchen light is on." in lines[2]
    assert len(show("list", "--count", "1")[1]) == 2


def test_shows_steps_and_where_the_time_went(two_turns: None) -> None:
    code, lines = show("show")
    text = "\n".join(lines)
    assert code == 0
    assert "turn on the kitchen light" in text
    assert "decode  123 ms" in text
    assert "0.60 s  ActionFinished" in text and "status=done" in text


def test_the_beginning_of_a_number_will_do(two_turns: None) -> None:
    assert "what time is it" in "\n".join(show("show", "a1")[1])
    assert "what time is it" not in "\n".join(show("show", "ab")[1])
    code, lines = show("show", "a")
    assert code == 2 and "'a'" in lines[0], "there are two"


def test_names_the_turn_it_does_not_find(two_turns: None) -> None:
    code, lines = show("show", "zzz")
    assert code == 2
    assert "'zzz'" in lines[0] and "turns list" in lines[1]


def test_a_damaged_database_is_named() -> None:
    database().parent.mkdir(parents=True)
    database().write_bytes(b"no database at all" * 100)
    code, lines = show("list")
    assert code == 2
    assert str(database()) in lines[0]
