"""``assistant replay``: a recorded turn on today's code, and what differs."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.options import ConfigFile
from assistant.cli.turns import TurnName

if TYPE_CHECKING:
    from assistant.audio.frames import Pcm
    from assistant.recorder.library import Library
    from assistant.recorder.replay import Replayed

DIFFERS = 1
"""Exit code where something is not as it was."""
LONGEST = 100
"""Characters of a value in the table."""


def replay(
    turn: TurnName = "",
    audio: Annotated[bool, typer.Option("--audio", help="From its sound, which must have been kept.")] = False,
    text: Annotated[bool, typer.Option("--text", help="From its words, even where its sound was kept.")] = False,
    plain: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
    config: ConfigFile = None,
) -> None:
    """Run a turn again on today's code, with the home, the clock and the answers of then; print what differs.

    Nothing that it does reaches your devices or the web. Without an option it is run from its sound where that was
    kept, else from its words. Ends with 0 when nothing differs, 1 when something does.
    """
    from assistant.config import load_config
    from assistant.logs import quiet
    from assistant.recorder.library import Library
    from assistant.recorder.record import Record
    from assistant.recorder.replay import replay as run

    if audio and text:
        raise typer.BadParameter("--audio or --text, not both")
    loaded = load_config(config)
    library = Library(loaded)
    found = library.find(turn)
    sound = None if text else _sound(library, found.id, needed=audio)
    with quiet(loaded.log.level):
        replayed = run(Record.of(found), loaded, sound)
    differs = replayed.differences()
    if plain:
        course = {"before": asdict(replayed.before), "now": asdict(replayed.course)}
        told = {"turn": found.id, "by": replayed.by, "differs": [asdict(one) for one in differs], **course,
                "notes": replayed.notes}
        typer.echo(json.dumps(told, indent=1, default=str))
    else:
        _print(replayed)
    if differs:
        raise typer.Exit(DIFFERS)


def _sound(library: Library, turn: str, *, needed: bool) -> Pcm | None:
    """The sound of a turn; where it is damaged and not needed, its words will do."""
    from assistant.cli.output import warn
    from assistant.errors import AudioError

    try:
        sound = library.sound(turn)
    except AudioError as error:
        if needed:
            raise
        warn(f"{error}; its words are replayed instead")
        return None
    if sound is None and needed:
        raise AudioError("no sound was kept of it", where=f"turn {turn}",
                         mend="--text replays its words; recorder: {audio: true} keeps the sound of later turns")
    return sound


def _print(replayed: Replayed) -> None:
    from assistant.cli.output import columns, facts, warn

    record, course = replayed.record, replayed.course
    how = "its sound" if replayed.by == "audio" else "its words"
    meant = ", ".join(".".join(filter(None, one)) for one in course.meanings)
    facts([("turn", f"{record.id}, from {how}"), ("heard", record.text or "-"), ("meant", meant or "-"),
           ("answered", " / ".join(course.answers) or "-"), ("outcome", course.outcome)])
    for note in replayed.notes:
        warn(note)
    typer.echo()
    differs = replayed.differences()
    if not differs:
        typer.echo("Nothing differs.")
        return
    columns([(one.what, _short(one.before), _short(one.now)) for one in differs], ("DIFFERS", "THEN", "NOW"))


def _short(value: Any) -> str:
    """A value of a course in few characters."""
    parts = value if isinstance(value, tuple) else (value,)
    text = "; ".join(" ".join(map(str, one)) if isinstance(one, tuple) else str(one) for one in parts) or "-"
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
