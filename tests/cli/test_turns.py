"""``assistant turns``: read from the database, whether or not an assistant runs."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli.app import app
from assistant.events import ActionFinished, Answered, StageTimed, TurnStarted, encode
from assistant.paths import database
from assistant.recorder.sounds import sound_folder
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


def keep_sound(turn: str, size: int = 2000) -> Path:
    path = sound_folder() / f"{turn}.flac"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(os.urandom(size))
    return path


def test_lists_what_has_sound(two_turns: None) -> None:
    keep_sound("ab")
    lines = show("list")[1]
    assert "SOUND" in lines[0] and " - " in lines[1] and " 2 kB " in lines[2]
    assert "2 turns are kept; 1 files of sound, 0.0 MB" in lines[3] and str(sound_folder()) in lines[3]
    assert str(sound_folder() / "ab.flac") in "\n".join(show("show", "ab")[1])


def test_forgets_one(two_turns: None) -> None:
    path = keep_sound("ab")
    assert show("forget", "ab") == (0, ["forgotten: 1 turn, 1 with sound"])
    assert not path.exists() and "turn on the kitchen light" not in "\n".join(show("list")[1])
    assert b"turn on the kitchen light" not in database().read_bytes(), "nor is it left in the file"


def test_forgets_all_even_sound_of_no_turn(two_turns: None) -> None:
    paths = [keep_sound("ab"), keep_sound("lost")]
    assert show("forget", "--all") == (0, ["forgotten: 2 turns, 2 with sound"])
    assert not any(path.exists() for path in paths) and show("list") == (0, ["No turns yet."])


@pytest.mark.parametrize("words", [("forget",), ("forget", "ab", "--all")])
def test_forgets_nothing_by_mistake(two_turns: None, words: tuple[str, ...]) -> None:
    assert show(*words)[0] == 2 and len(show("list")[1]) == 3
    assert show("forget", "zzz")[0] == 2 and len(show("list")[1]) == 3


def replay(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["replay", *words])
    return result.exit_code, result.output


def test_a_replay_says_what_it_lacks(two_turns: None) -> None:
    assert replay("ab", "--audio", "--text")[0] == 2
    code, printed = replay("ab", "--audio")
    assert code == 2 and "no sound was kept" in printed and "--text" in printed
    keep_sound("ab")
    code, printed = replay("ab", "--audio")
    assert code == 2 and "cannot be read as sound" in printed, printed


def test_damaged_sound_is_said_and_the_words_are_replayed(two_turns: None) -> None:
    keep_sound("ab")
    code, printed = replay("ab")
    assert code == 1 and "its words are replayed instead" in printed, printed
    assert "from its words" in printed and "home.TurnOn" in printed and "no home" in printed


def test_a_turn_is_exported(two_turns: None, tmp_path: Path) -> None:
    code, lines = show("export", "ab", "--output", str(tmp_path / "case"))
    assert code == 0 and [Path(line).name for line in lines] == ["test_turn_ab.py", "turn_ab.json"]
    compile((tmp_path / "case" / "test_turn_ab.py").read_text("utf-8"), "the test", "exec")
    (tmp_path / "file").write_text("no folder")
    code, lines = show("export", "ab", "--output", str(tmp_path / "file" / "case"))
    assert code == 2 and "cannot be written" in lines[0]
