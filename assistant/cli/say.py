"""``assistant say``: a text, spoken."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.options import ConfigFile


def say(
    text: Annotated[list[str], typer.Argument(metavar="TEXT", help="What to say.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it there instead.")
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Say a text aloud, or into a file.

    Through the running assistant if there is one, else on this machine's loudspeaker.
    """
    import asyncio

    asyncio.run(_say(" ".join(text), output, config))


async def _say(text: str, output: Path | None, config: Path | None) -> None:
    from assistant.cli.agent_access import running
    from assistant.cli.speak import to_file, to_loudspeaker
    from assistant.config import load_config
    from assistant.logs import quiet

    found = await running() if output is None and config is None else None
    if found is not None:
        result = await found.call("say", text=text)
        typer.echo(f"said on {', '.join(result['sources'])}")
        return
    loaded = load_config(config)
    with quiet(loaded.log.level):
        if output is not None:
            typer.echo(f"{output}: {await to_file(loaded, text, output):.1f} s")
        else:
            await to_loudspeaker(loaded, text)
