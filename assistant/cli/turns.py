"""``assistant turns``: what was said, what was done, and where the time went."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.options import ConfigFile

if TYPE_CHECKING:
    import sqlite3

    from assistant.config import Config

app = typer.Typer(help="Show what was said and done, and how long it took.", no_args_is_help=True,
                  rich_markup_mode=None)

TEXT_WIDTH = 48
QUIET_EVENTS = ("TurnStateChanged", "SpeechStarted", "SpeechEnded", "PartialHeard", "StageTimed")
"""Left out of a turn's course: the stages are listed on their own."""
PLACE_FIELDS = ("type", "source", "turn", "at", "sample", "end", "grammar_version")


@app.command("list")
def list_turns(
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="How many.")] = 20, config: ConfigFile = None
) -> None:
    """List the latest turns, newest last."""
    from assistant.cli.output import columns
    from assistant.config import load_config

    with _database(load_config(config)) as database:
        rows = database.execute(
            "SELECT began, id, source, outcome, text, answer FROM turns ORDER BY began DESC LIMIT ?", (count,)
        ).fetchall() if database else []
    if not rows:
        typer.echo("No turns yet.")
        return
    columns(
        [(_time(row[0]), row[1], row[2], row[3], _short(row[4]), _short(row[5])) for row in reversed(rows)],
        ("WHEN", "TURN", "SOURCE", "OUTCOME", "HEARD", "ANSWERED"),
    )


@app.command()
def show(
    turn: Annotated[str, typer.Argument(help="Its number in `turns list`, or how it begins; none: the latest.")] = "",
    config: ConfigFile = None,
) -> None:
    """Show one turn: each step, and how long each stage took."""
    from assistant.config import load_config

    with _database(load_config(config)) as database:
        row = _find(database, turn) if database else None
    if row is None:
        from assistant.errors import AssistantError

        raise AssistantError(f"there is no turn {turn!r}" if turn else "no turns yet", mend="assistant turns list")
    _print_turn(row)


@contextmanager
def _database(config: Config) -> Iterator[sqlite3.Connection | None]:
    """The database, read only; None before the first start. A damaged one is named."""
    import sqlite3

    from assistant.errors import StoreError

    path = config.store_path
    if not path.exists():
        yield None
        return
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise StoreError(str(error), where=str(path)) from error


def _find(database: sqlite3.Connection, turn: str) -> Any:
    fields = "SELECT began, id, source, outcome, text, answer, trace FROM turns"
    if not turn:
        return database.execute(f"{fields} ORDER BY began DESC LIMIT 1").fetchone()
    found = database.execute(f"{fields} WHERE substr(id, 1, ?) = ? LIMIT 2", (len(turn), turn)).fetchall()
    return found[0] if len(found) == 1 or (found and found[0][1] == turn) else None


def _print_turn(row: Any) -> None:
    from assistant.cli.output import columns, facts, seconds

    began, number, source, outcome, text, answer, trace = row
    facts([("turn", number), ("when", _time(began)), ("source", source), ("heard", text or "-"),
           ("answered", answer or "-"), ("outcome", outcome)])
    found = _trace(trace)
    stages = found.get("stages", {})
    if stages:
        typer.echo()
        columns([(stage, seconds(time)) for stage, time in stages.items()], ("STAGE", "TIME"))
    steps = [event for event in found.get("events", []) if event.get("type") not in QUIET_EVENTS]
    if steps:
        typer.echo()
        rows = [(f"{event.get('at', 0.0):.2f} s", event.get("type", "?"), _details(event)) for event in steps]
        columns(rows, ("AT", "STEP", ""))


def _trace(trace: str) -> dict[str, Any]:
    """What ``assistant.trace`` wrote: ``stages`` by name in seconds; ``events``, ``at`` from the turn's beginning."""
    try:
        found = json.loads(trace or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _details(event: dict[str, Any]) -> str:
    shown = [f"{key}={value}" for key, value in event.items()
             if key not in PLACE_FIELDS and value not in ("", None, {}, [], 0)]
    return ", ".join(shown)


def _time(began: float) -> str:
    return datetime.fromtimestamp(began).strftime("%d %b %H:%M:%S")


def _short(text: str) -> str:
    return text if len(text) <= TEXT_WIDTH else text[: TEXT_WIDTH - 1] + "…"
