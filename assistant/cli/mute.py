"""``assistant mute``: the microphones of the running assistant."""

from __future__ import annotations

from typing import Annotated

import typer


def mute(
    off: Annotated[bool, typer.Option("--off", help="Listen again.")] = False,
    source: Annotated[str, typer.Option("--source", metavar="NAME", help="Only this microphone.")] = "",
) -> None:
    """Switch the microphones off; --off: on again."""
    import asyncio

    from assistant.cli.agent_access import running
    from assistant.errors import AssistantError

    async def change() -> list[str]:
        found = await running()
        if found is None:
            raise AssistantError("no assistant runs", mend="start it: assistant run")
        result = await found.call("mute", muted=not off, source=source)
        return list(result["sources"])

    names = ", ".join(asyncio.run(change()))
    typer.echo(f"{names}: {'listening' if off else 'muted'}")
