"""``assistant doctor``: what is wrong, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.options import ConfigFile

if TYPE_CHECKING:
    from assistant.config import Config
    from assistant.doctor.finding import Finding

SICK = 1
"""Exit code when something does not work."""
NAME_WIDTH = 14
COLOURS = {"ok": "green", "note": "yellow", "bad": "red"}


def doctor(
    config: ConfigFile = None,
    talk: Annotated[bool, typer.Option("--talk/--no-talk", help="Let it talk to itself at the end.")] = True,
    seed: Annotated[int | None, typer.Option("--seed", help="Draw the same sentence again.")] = None,
) -> None:
    """Find what is wrong and how to mend it.

    Checks settings, skills and what they use, routines, sound, models, servers that are asked, broker, page, disk and
    service; then the assistant talks to itself.
    """
    from assistant.config import load_config
    from assistant.logs import quiet

    loaded = load_config(config)
    counts: dict[str, int] = {}
    with quiet("error"):
        for finding in _findings(loaded, talk, seed):
            counts[finding.state.value] = counts.get(finding.state.value, 0) + 1
            _print(finding)
    failed = counts.get("bad", 0)
    typer.echo()
    typer.echo(f"{failed} thing{'s' if failed > 1 else ''} to mend." if failed else "All is well.")
    if failed:
        raise typer.Exit(SICK)


def _findings(config: Config, talk: bool, seed: int | None) -> Iterator[Finding]:
    from assistant.doctor import checks
    from assistant.doctor.devices import devices
    from assistant.doctor.finding import Finding, bad
    from assistant.doctor.language import language
    from assistant.doctor.links import links
    from assistant.doctor.living import living
    from assistant.doctor.models import models
    from assistant.doctor.people import people
    from assistant.doctor.sound import sound

    own = (
        checks.settings, checks.wake, checks.skills, language, sound, models, links, checks.broker, devices, living,
        people, checks.page, checks.disk, checks.service,
    )
    for check in own:
        try:
            found: Finding | Iterable[Finding] = check(config)
            yield from [found] if isinstance(found, Finding) else found
        except OSError as error:
            yield bad(check.__name__, str(error))
    if talk:
        from assistant.doctor.selftest import self_test

        typer.secho("It talks to itself for half a minute ...", dim=True, err=True)
        yield from self_test(config, seed)


def _print(finding: Finding) -> None:
    mark = typer.style(finding.state.value.ljust(5), fg=COLOURS[finding.state.value])
    typer.echo(f"{mark} {finding.name.ljust(NAME_WIDTH)} {finding.text}")
    if finding.mend:
        typer.echo(f"{' ' * (NAME_WIDTH + 7)}{finding.mend}")
