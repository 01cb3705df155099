"""``assistant stop``: the end of the assistant that runs."""

from __future__ import annotations

import typer

ENDING_SECONDS = 20.0
"""An answer is finished, a device's confirmation awaited, every process ended."""


def stop() -> None:
    """End the assistant that runs."""
    import asyncio

    typer.echo(f"It has ended (process {asyncio.run(_stop())}).")


async def _stop() -> int:
    """The process that has ended."""
    import asyncio

    import psutil

    from assistant.cli.agent_access import running
    from assistant.errors import AssistantError

    found = await running()
    if found is None:
        raise AssistantError("no assistant runs")
    process = psutil.Process((await found.call("status"))["pid"])
    await found.call("stop")
    try:
        await asyncio.to_thread(process.wait, ENDING_SECONDS)
    except psutil.TimeoutExpired:
        raise AssistantError(f"process {process.pid} has not ended within {ENDING_SECONDS:.0f} s",
                             mend=f"kill -9 {process.pid}") from None
    return process.pid
