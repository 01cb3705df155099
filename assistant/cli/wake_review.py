"""Labels doubtful wake phrases, one key each."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

import typer

from assistant.audio.files import read_sound
from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.cli.speak import play
from assistant.config import Config
from assistant.errors import AssistantError, AudioError
from assistant.recorder.doubts import ACCEPTED, Doubt
from assistant.recorder.sounds import Sounds
from assistant.wake.household import NEGATIVES, RECORDINGS, keep_sound

KEYS = "y: it is said, n: it is not, space: again, s: leave it, q: end"
SAID, OTHER, AGAIN, LEAVE, END = "y", "n", " ", "s", "q"
BREAKS = ("\x03", "\x04", "\x1b")
"""Ctrl-C, Ctrl-D, escape."""


def label(config: Config, sounds: Sounds, doubts: Sequence[Doubt]) -> dict[str, int]:
    """Play each and ask for its label; how many were labelled so.

    Raises:
        AssistantError: no key can be read, or a sound cannot be moved.
    """
    counts = {SAID: 0, OTHER: 0}
    typer.secho(KEYS, dim=True)
    for number, doubt in enumerate(doubts, 1):
        try:
            pcm = read_sound(doubt.kept.path)
        except AudioError as error:
            typer.echo(f"{number} of {len(doubts)}  {error.what}; erased")
            sounds.remove(doubt.kept.turn)
            continue
        typer.echo(f"{number} of {len(doubts)}  {described(doubt)} ... ", nl=False)
        key = _answer(config, pcm)
        typer.echo({SAID: "it is", OTHER: "it is not", LEAVE: "left"}.get(key, ""))
        if key == END:
            break
        if key in counts:
            keep_sound(doubt.phrase, RECORDINGS if key == SAID else NEGATIVES, pcm)
            sounds.remove(doubt.kept.turn)
            counts[key] += 1
    return counts


def described(doubt: Doubt) -> str:
    """A doubt in a line: when, what, and why it is one."""
    when = datetime.fromtimestamp(doubt.kept.written).strftime("%d %b %H:%M:%S")
    why = "heard, and nothing came of it" if doubt.kind == ACCEPTED else "nearly heard"
    return f"{when}  “{doubt.phrase.replace('-', ' ')}” {why}"


def _answer(config: Config, pcm: Pcm) -> str:
    """The key for a sound, after it was played as often as somebody wants."""
    _sounded(config, pcm)
    while True:
        try:
            key = typer.getchar().lower()
        except (OSError, EOFError) as error:
            raise AssistantError("labels are given by key: it takes a terminal", where="wake review",
                                 mend="assistant wake review --list shows what waits") from error
        if key in BREAKS:
            return END
        if key == AGAIN:
            _sounded(config, pcm)
        elif key in (SAID, OTHER, LEAVE, END):
            return key


def _sounded(config: Config, pcm: Pcm) -> None:
    """Play it; where that cannot be, say so and how long it is."""
    try:
        asyncio.run(play(config, pcm))
    except AudioError as error:
        typer.secho(f"[{error.what}; {len(pcm) / SAMPLE_RATE:.1f} s] ", fg="yellow", nl=False)
