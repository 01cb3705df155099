"""``assistant turns``: what was said, what was done, where the time went; forgetting it, making test cases of it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.options import ConfigFile

if TYPE_CHECKING:
    from assistant.recorder.sounds import Kept
    from assistant.store.turns import TurnRecord

app = typer.Typer(help="Show what was said and done, and how long it took.", no_args_is_help=True,
                  rich_markup_mode=None)

TEXT_WIDTH = 48
QUIET_EVENTS = ("TurnStateChanged", "SpeechStarted", "SpeechEnded", "PartialHeard", "StageTimed")
"""Left out of a turn's course: the stages are listed on their own."""
PLACE_FIELDS = ("type", "source", "turn", "at", "sample", "end", "grammar_version")
TurnName = Annotated[
    str, typer.Argument(metavar="TURN", help="Its number in `turns list`, or how it begins; none: the latest.")
]


@app.command("list")
def list_turns(
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="How many.")] = 20, config: ConfigFile = None
) -> None:
    """List the latest turns, newest last; SOUND is the size of the sound that was kept."""
    from assistant.cli.output import columns
    from assistant.config import load_config
    from assistant.recorder.library import Library

    library = Library(load_config(config))
    turns, sounds = library.latest(count), library.kept_sounds()
    if not turns and not sounds:
        typer.echo("No turns yet.")
        return
    columns(
        [(_time(turn.began), turn.id, turn.source, turn.outcome, _size(sounds.get(turn.id)), _short(turn.text),
          _short(turn.answer)) for turn in reversed(turns)],
        ("WHEN", "TURN", "SOURCE", "OUTCOME", "SOUND", "HEARD", "ANSWERED"),
    )
    if sounds:
        total = sum(kept.size for kept in sounds.values())
        typer.echo(f"{library.count()} turns are kept; {len(sounds)} files of sound, {total / 1e6:.1f} MB, "
                   f"in {library.sounds.folder}")


@app.command()
def show(turn: TurnName = "", config: ConfigFile = None) -> None:
    """Show one turn: each step, and how long each stage took."""
    from assistant.config import load_config
    from assistant.recorder.library import Library

    library = Library(load_config(config))
    found = library.find(turn)
    _print_turn(found, library.kept_sounds().get(found.id))


@app.command()
def forget(
    turn: Annotated[str, typer.Argument(metavar="TURN", help="Its number in `turns list`, or how it begins.")] = "",
    every: Annotated[bool, typer.Option("--all", help="All turns.")] = False,
    config: ConfigFile = None,
) -> None:
    """Erase a turn, or all of them: words, times and sound."""
    from assistant.config import load_config
    from assistant.recorder.library import Library

    if every == bool(turn):
        raise typer.BadParameter("name a turn, or --all")
    library = Library(load_config(config))
    count, sounds = library.forget(None if every else library.find(turn).id)
    typer.echo(f"forgotten: {count} {'turn' if count == 1 else 'turns'}, {sounds} with sound")


@app.command()
def export(
    turn: TurnName = "",
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Where to write it.")] = Path(),
    config: ConfigFile = None,
) -> None:
    """Make a test case of a turn: a file for pytest, the record that it replays, the sound if it was kept.

    The record holds the names and states of your devices: look at it before you give it to others.
    """
    from assistant.config import load_config
    from assistant.recorder.export import export_turn
    from assistant.recorder.library import Library

    loaded = load_config(config)
    library = Library(loaded)
    found = library.find(turn)
    for path in export_turn(found, loaded, library.sounds.path(found.id), output):
        typer.echo(str(path))


def _print_turn(turn: TurnRecord, sound: Kept | None) -> None:
    from assistant.cli.output import columns, facts, seconds

    kept = [("sound", f"{sound.path} ({_size(sound)})")] if sound is not None else []
    facts([("turn", turn.id), ("when", _time(turn.began)), ("source", turn.source), ("heard", turn.text or "-"),
           ("answered", turn.answer or "-"), ("outcome", turn.outcome), *kept])
    found = turn.trace
    stages = found.get("stages", {})
    if stages:
        typer.echo()
        columns([(stage, seconds(time)) for stage, time in stages.items()], ("STAGE", "TIME"))
    steps = [event for event in found.get("events", []) if event.get("type") not in QUIET_EVENTS]
    if steps:
        typer.echo()
        rows = [(f"{event.get('at', 0.0):.2f} s", event.get("type", "?"), _details(event)) for event in steps]
        columns(rows, ("AT", "STEP", ""))


def _details(event: dict[str, Any]) -> str:
    shown = [f"{key}={value}" for key, value in event.items()
             if key not in PLACE_FIELDS and value not in ("", None, {}, [], 0)]
    return ", ".join(shown)


def _time(began: float) -> str:
    return datetime.fromtimestamp(began).strftime("%d %b %H:%M:%S")


def _size(kept: Kept | None) -> str:
    return "-" if kept is None else f"{max(1, round(kept.size / 1000))} kB"


def _short(text: str) -> str:
    return text if len(text) <= TEXT_WIDTH else text[: TEXT_WIDTH - 1] + "…"
