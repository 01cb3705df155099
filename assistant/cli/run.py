"""``assistant run``: the assistant, listening; or a recording sent through it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.options import ConfigFile


def run(
    config: ConfigFile = None,
    input: Annotated[
        Path | None, typer.Option("--input", "-i", metavar="SOUND", help="Hear a recording, then end.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="WAV", help="Write what the loudspeaker would play.")
    ] = None,
    fast: Annotated[bool, typer.Option("--fast", help="As fast as it can be computed, with --input.")] = False,
    area: Annotated[str, typer.Option("--area", metavar="ROOM", help="Where the recording was said.")] = "",
) -> None:
    """Start the assistant: it listens until Ctrl-C. With --input, send a recording through it instead.

    A recording ends with 0 when what was ordered in it was done, 1 when an order was not understood or not done, none
    followed the wake word or a question was not answered, 2 when the wake word was not heard or a setting or file is
    wrong.
    """
    from assistant.config import load_config
    from assistant.logs import quiet

    if input is None and (output is not None or fast):
        raise typer.BadParameter("--output and --fast go with --input")
    if input is not None:
        _check_paths(input, output)
    loaded = load_config(config)
    with quiet(loaded.log.level):
        if input is None:
            from assistant.cli.live import run_live

            run_live(loaded)
        else:
            from assistant.cli.through import run_recording

            run_recording(loaded, input, output, area, fast=fast)


def _check_paths(input: Path, output: Path | None) -> None:
    """Whether the files can be read and written, before a recording is played through at its own pace.

    Raises:
        AudioError: one cannot.
    """
    from assistant.errors import AudioError

    if not input.is_file():
        raise AudioError(f"there is no file {input}", where="--input")
    if output is None:
        return
    if not output.parent.is_dir():
        raise AudioError(f"there is no folder {output.parent}", where="--output", mend="make it, or name another")
    if output.is_dir() or not os.access(output if output.exists() else output.parent, os.W_OK):
        raise AudioError(f"{output} cannot be written", where="--output", mend="name another file")
