"""Enrolment by command: from recordings, or read aloud at a microphone of the assistant that runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from assistant.config import Config
    from assistant.people.register import Register

TIMES = 3
"""A sentence is asked for so often."""


async def from_files(
    register: Register, config: Config, name: str, groups: list[str], files: list[Path], recordings: bool
) -> None:
    from assistant.audio.files import read_sound
    from assistant.cli.output import complain
    from assistant.errors import AssistantError
    from assistant.people.enrolling import check, enrolment_by, keep

    await check(register, name, groups)
    enrolment, embedder = await enrolment_by(config)
    try:
        for path in files:
            try:
                speech = await enrolment.take(read_sound(path))
                typer.echo(f"{path}: {speech:.1f} s of speech, {enrolment.seconds:.0f} s in all")
            except AssistantError as error:
                complain(type(error)(error.what, where=str(path), mend=error.mend))
        verdict = await keep(register, enrolment, name, groups, recordings=recordings)
    finally:
        embedder.close()
    typer.echo(f"{name} is enrolled: {verdict}.")


async def read_aloud(name: str, groups: list[str], source: str, recordings: bool) -> None:
    """Have sentences read at a microphone of the assistant that runs."""
    from assistant.cli.agent_access import running
    from assistant.errors import AssistantError

    agent = await running()
    if agent is None:
        raise AssistantError("no assistant runs whose microphone could be used",
                             mend=f"assistant run, or from recordings: assistant people enrol {name} FILE...")
    begun = await agent.call(
        "enrol_begin", name=name, groups=groups, source=source, recordings=recordings
    )
    typer.echo(f"Please read aloud, at {begun['source']}, alone and as you usually speak:")
    for sentence in begun["sentences"]:
        if await _one_sentence(agent, sentence):
            break
    done = await agent.call("enrol_end")
    typer.echo(f"{name} is enrolled: {done['verdict']}.")
    if not done["good"]:
        typer.echo("That will do for little. Better once more, where it is quiet and closer to the microphone.")


async def _one_sentence(agent: Any, sentence: str) -> bool:
    """Until it was read well, at most three times; whether that is enough now."""
    for _ in range(TIMES):
        typer.secho(f"\n  {sentence}", bold=True)
        took = await agent.call("enrol_next", sentence=sentence)
        meter = "#" * max(0, round((took["level"] + 60) / 3))
        if not took["what"]:
            typer.echo(f"  [{meter:20}] good, {took['seconds']:.0f} s so far")
            return bool(took["plenty"])
        typer.echo(f"  [{meter:20}] {took['what']} ({took['mend']})")
    return False
