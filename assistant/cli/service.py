"""``assistant service``: start with the session, restarted when it hangs or falls over."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.cli.options import ConfigFile

app = typer.Typer(help="Start with the session, always.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
def install(
    config: ConfigFile = None,
    show: Annotated[bool, typer.Option("--show", help="Only print the unit.")] = False,
) -> None:
    """Install it as a systemd user service with a watchdog, and start it."""
    from assistant.cli import unit
    from assistant.config import load_config

    if show:
        typer.echo(unit.unit_text(config), nl=False)
        return
    load_config(config)
    for line in unit.install(config):
        typer.echo(line)


@app.command()
def remove() -> None:
    """Stop the service and remove it."""
    from assistant.cli import unit

    for line in unit.remove():
        typer.echo(line)
