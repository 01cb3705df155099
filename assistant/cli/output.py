"""How the command line speaks: aligned, short, plain text; colour only where a person looks."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from assistant.errors import AssistantError

GAP = 2
"""Spaces between columns."""


def columns(rows: Sequence[Sequence[str]], heads: Sequence[str] = ()) -> None:
    """Print rows under each other; the last column is not padded."""
    table = [tuple(heads), *map(tuple, rows)] if heads else [tuple(row) for row in rows]
    if not table:
        return
    widths = [max(len(row[i]) for row in table if i < len(row)) for i in range(max(map(len, table)))]
    for number, row in enumerate(table):
        padded = [cell.ljust(widths[i]) for i, cell in enumerate(row)]
        line = (" " * GAP).join(padded).rstrip()
        typer.secho(line, dim=True) if heads and number == 0 else typer.echo(line)


def facts(pairs: Sequence[tuple[str, str]], *, width: int = 0) -> None:
    """Print names and values, aligned."""
    wide = max([width, *(len(name) for name, _ in pairs)])
    for name, value in pairs:
        typer.echo(f"{typer.style(name.ljust(wide), dim=True)}{' ' * GAP}{value}")


def complain(error: BaseException) -> None:
    """Say what was wrong, where, and how to mend it, on the error stream."""
    if isinstance(error, AssistantError):
        for one in (error, *error.others):
            place = f"{one.where}: " if one.where else ""
            typer.secho(f"{place}{one.what}", err=True, fg="red")
            if one.mend:
                typer.echo(f"  {one.mend}", err=True)
        return
    typer.secho(f"a fault of the assistant: {type(error).__name__}: {error}", err=True, fg="red")
    typer.echo("  `assistant --debug ...` shows where", err=True)


def warn(text: str) -> None:
    """Say on the error stream what went wrong beside what was asked for."""
    typer.secho(text, err=True, fg="yellow")


def is_terminal() -> bool:
    """Whether a person sits in front of both ends."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def seconds(value: float) -> str:
    """A duration in the unit people read it in."""
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"
