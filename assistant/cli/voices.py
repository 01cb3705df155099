"""``assistant voices``: the models that speak."""

from __future__ import annotations

import typer

from assistant.cli import clone, models, voice_play

app = typer.Typer(help="List, install, make or use voices.", no_args_is_help=True, rich_markup_mode=None)

KINDS = ("tts",)


@app.command("list")
def list_voices() -> None:
    """List voices: those that are here, and those that can be installed."""
    models.show(KINDS, "voices")
    _show_made()


@app.command("install")
def install_voice(name: models.Name, accept_licence: models.Accepted = "") -> None:
    """Fetch a voice, prove that it is whole, and say how to use it."""
    models.install(name, accept_licence, KINDS)


@app.command("remove")
def remove_voice(name: models.Name) -> None:
    """Remove a voice that was installed."""
    models.remove(name)


app.command("play")(voice_play.play)
app.command("clone")(clone.clone)
app.command("consent")(clone.consent)
app.command("export")(clone.export)
app.command("use")(clone.use)


def _show_made() -> None:
    from assistant.errors import ModelError
    from assistant.tts.clone.profile import made_voices

    made = made_voices()
    if made:
        typer.echo("\nMade here:")
    for voice in made:
        if isinstance(voice, ModelError):
            typer.echo(f"  damaged: {voice}")
        else:
            typer.echo(f"  {voice.name}  {voice.grade}, {voice.made}, {voice.source}, consent: {voice.consent}")
