"""The command ``assistant``: its subcommands, and how errors end."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from assistant import __version__
from assistant.cli import (
    ask,
    bench,
    components,
    config,
    devices,
    doctor,
    explain,
    models,
    mute,
    paths,
    people,
    replay,
    run,
    say,
    service,
    skill,
    stop,
    train,
    turns,
    voices,
    wake,
)
from assistant.cli.output import complain
from assistant.errors import AssistantError

USER_ERROR = 2
FAULT = 70
"""Exit code of a fault of ours (EX_SOFTWARE)."""
INTERRUPTED = 130


class Commands(TyperGroup):
    """Ends every error in one or two lines; tracebacks only for those who ask."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except AssistantError as error:
            self._end(error, USER_ERROR)
        except BrokenPipeError:
            # The reader of our output has gone (`| head`); flushing at exit must not complain either.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except KeyboardInterrupt:
            raise typer.Exit(INTERRUPTED) from None
        except (typer.Exit, typer.Abort):
            raise
        except Exception as error:
            if _is_usage(error):
                raise
            self._end(error, FAULT)

    @staticmethod
    def _end(error: Exception, code: int) -> None:
        if debug():
            raise error
        complain(error)
        raise typer.Exit(code) from None


def debug() -> bool:
    """Whether tracebacks are wanted."""
    return bool(os.environ.get("ASSISTANT_DEBUG"))


def _is_usage(error: Exception) -> bool:
    """Whether the command line itself was wrong: typer says so in its own words."""
    return hasattr(error, "exit_code") and hasattr(error, "show")


def _version(wanted: bool) -> None:
    if wanted:
        print(f"assistant {__version__}")
        raise typer.Exit


app = typer.Typer(
    cls=Commands, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks and log everything.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """A voice assistant that people own."""
    if debug:
        os.environ["ASSISTANT_DEBUG"] = "1"


app.command("run")(run.run)
app.command("ask")(ask.ask)
app.command("explain")(explain.explain)
app.command("replay")(replay.replay)
app.command("say")(say.say)
app.command("mute")(mute.mute)
app.command("stop")(stop.stop)
app.command("doctor")(doctor.doctor)
app.command("devices")(devices.devices)
app.command("components")(components.components)
app.command("paths")(paths.paths)
app.add_typer(models.app, name="models")
app.add_typer(voices.app, name="voices")
app.add_typer(skill.app, name="skill")
app.add_typer(people.app, name="people")
app.add_typer(config.app, name="config")
app.add_typer(turns.app, name="turns")
app.add_typer(service.app, name="service")
app.add_typer(bench.app, name="bench")
app.add_typer(train.app, name="train")
app.add_typer(wake.app, name="wake")
