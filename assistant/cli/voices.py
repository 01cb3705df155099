"""``assistant voices``: the models that speak."""

from __future__ import annotations

import typer

from assistant.cli import models

app = typer.Typer(help="List, install or remove voices.", no_args_is_help=True, rich_markup_mode=None)

KINDS = ("tts",)


@app.command("list")
def list_voices() -> None:
    """List voices: those that are here, and those that can be installed."""
    models.show(KINDS, "voices")


@app.command("install")
def install_voice(name: models.Name, accept_licence: models.Accepted = "") -> None:
    """Fetch a voice, prove that it is whole, and say how to use it."""
    models.install(name, accept_licence, KINDS)


@app.command("remove")
def remove_voice(name: models.Name) -> None:
    """Remove a voice that was installed."""
    models.remove(name)
