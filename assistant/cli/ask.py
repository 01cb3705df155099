"""``assistant ask``: a typed order, a written answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.options import ConfigFile

if TYPE_CHECKING:
    from assistant.cli.agent_access import Own, Running

QUESTION = "question"
FAILED = ("failed", "refused", "not_understood")
NOT_DONE = 1
"""Exit code when the order was not carried out."""
PROMPT = "> "


def ask(
    text: Annotated[list[str], typer.Argument(metavar="TEXT", help="What you would say, without the wake word.")],
    speak: Annotated[bool, typer.Option("--speak", help="Say the answer too.")] = False,
    area: Annotated[str, typer.Option("--area", metavar="ROOM", help="The room you mean.")] = "",
    config: ConfigFile = None,
) -> None:
    """Give an order in writing, get the answer in writing.

    assistant ask "turn on the kitchen light"

    Ends with 0 when it was done, 1 when not, or when it needs an answer that nobody is there to give; whether the
    answer could be said aloud or not.
    """
    import asyncio

    outcome = asyncio.run(_ask(" ".join(text), speak, area, config))
    if outcome in (*FAILED, QUESTION):
        raise typer.Exit(NOT_DONE)


async def _ask(text: str, speak: bool, area: str, config: Path | None) -> str:
    from assistant.cli.agent_access import open_access
    from assistant.cli.output import is_terminal

    async with open_access(config) as access:
        reply = await access.call("ask", text=text, area=area)
        while True:
            if reply["text"]:
                typer.echo(reply["text"])
            if speak and reply["text"]:
                await _speak(access, reply["text"], config)
            if reply["outcome"] != QUESTION or not is_terminal():
                return str(reply["outcome"])
            reply = await access.call("ask", text=await _typed() or "never mind", area=area)


async def _typed() -> str:
    """The next line from the keyboard, empty where the input ends.

    Waited for by the loop: at Ctrl-C a thread that reads would hold the command until the next line.
    """
    import asyncio
    import sys

    loop, ready = asyncio.get_running_loop(), asyncio.Event()
    typer.echo(PROMPT, nl=False)
    loop.add_reader(sys.stdin, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(sys.stdin)
    line = sys.stdin.readline()
    if not line:
        typer.echo()
    return line.strip()


async def _speak(access: Running | Own, text: str, config: Path | None) -> None:
    """Say it where the running assistant speaks, else on this machine; an order that was done stays done unheard."""
    from assistant.cli.output import warn
    from assistant.cli.speak import to_loudspeaker
    from assistant.config import load_config
    from assistant.errors import AssistantError

    try:
        if access.own:
            await to_loudspeaker(load_config(config), text)
        else:
            await access.call("say", text=text)
    except AssistantError as error:
        warn(f"not said aloud: {error}")
