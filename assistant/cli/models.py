"""``assistant models``: what recognises and speaks, what of it is here, and whether it is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from assistant.models.catalogue import Model

app = typer.Typer(help="List, install, remove or verify models.", no_args_is_help=True, rich_markup_mode=None)

DAMAGED = 1
"""Exit code when something is not whole."""
ALL: tuple[str, ...] = ()
"""Kinds of backend: no choice."""

Name = Annotated[str, typer.Argument(metavar="MODEL", help="As the list shows it.")]
Names = Annotated[list[str] | None, typer.Argument(metavar="MODEL", help="As the list shows it; none: all.")]
Accepted = Annotated[str, typer.Option("--accept-licence", metavar="ID", help="Accept a non-commercial licence.")]


@app.command("list")
def list_models() -> None:
    """List models: those that are here, and those that can be installed."""
    show(ALL, "models")


@app.command("install")
def install_model(name: Name, accept_licence: Accepted = "") -> None:
    """Fetch a model, prove that it is whole, and say how to use it."""
    install(name, accept_licence, ALL)


@app.command("remove")
def remove_model(name: Name) -> None:
    """Remove a model that was installed."""
    remove(name)


@app.command()
def verify(names: Names = None) -> None:
    """Read all model files again and compare them with what they have to be."""
    from assistant.cli.output import columns
    from assistant.models.lock import damage, read_lock
    from assistant.models.packages import packaged_models

    found = {model.id: (model.faults(), f"pip install --force-reinstall {model.requirement}", len(model.files))
             for model in packaged_models() if _asked(model.id, names) and (model.version or not model.extra)}
    found |= {name: (damage(name, entry, thorough=True), f"assistant models install {name}", len(entry.files))
              for name, entry in read_lock().items() if _asked(name, names)}
    _known(names, list(found))
    columns([(name, "bad" if faults else "ok", "; ".join(faults) or _count(files))
             for name, (faults, _, files) in found.items()], ("MODEL", "", "FILES"))
    mends = [mend for faults, mend, _ in found.values() if faults]
    if mends:
        typer.echo("\nTo mend:")
        for mend in mends:
            typer.echo(f"  {mend}")
        raise typer.Exit(DAMAGED)


def show(kinds: tuple[str, ...], command: str) -> None:
    """Print the list of some kinds (none: all), and under it how those that were installed are used."""
    from assistant.cli.output import columns
    from assistant.models.catalogue import offered
    from assistant.models.lock import read_lock
    from assistant.models.packages import packaged_models

    entries = read_lock()
    rows = [(model.id, f"{model.kind} {model.backend}", "", model.licence,
             f"in {model.requirement.partition('==')[0]} {model.version}" if model.version else model.command)
            for model in packaged_models() if not kinds or model.kind in kinds]
    fetched = offered(kinds)
    for model in fetched:
        entry = entries.get(model.id)
        size = entry.megabytes if entry else model.megabytes
        rows.append((model.id, f"{model.kind} {model.backend}", f"{size:.0f} MB", _licence(model), _state(model)))
    columns(rows, ("MODEL", "FOR", "SIZE", "LICENCE", "STATE"))
    here = [model for model in fetched if model.id in entries]
    if here:
        typer.echo("\nTo use one, write its line in your settings:")
        for model in here:
            typer.echo(f"  {model.setting}")
    if len(here) < len(fetched):
        typer.echo(f"\n`assistant {command} install MODEL` fetches one.")


def install(name: str, accepted: str, kinds: tuple[str, ...]) -> None:
    """Install one, with a bar where somebody looks."""
    from assistant.cli.progress import progress
    from assistant.models.catalogue import find
    from assistant.models.install import install as fetch_model

    if _comes_with_a_package(name):
        return
    model = find(name, kinds)
    typer.echo(f"{model.id}: {model.about}. {_licence(model)}, about {model.megabytes} MB.")
    with progress() as tell:
        entry = fetch_model(model, tell, accepted=accepted)
    typer.echo("It is here already, and whole." if entry is None else f"Installed, {entry.megabytes:.0f} MB.")
    _say_how(model)


def remove(name: str) -> None:
    """Remove one.

    Raises:
        ModelError: it is not installed, or comes with a package.
    """
    from assistant.errors import ModelError
    from assistant.models.install import remove as remove_files
    from assistant.models.packages import packaged_models
    from assistant.registry import package_name

    megabytes = remove_files(name)
    if megabytes is None:
        carriers = [package_name(model.requirement) for model in packaged_models() if model.id == name]
        if carriers:
            raise ModelError(f"{name} comes with the package {carriers[0]}", mend=f"pip uninstall {carriers[0]}")
        raise ModelError(f"{name} is not installed", mend="assistant models list")
    typer.echo(f"Removed {name}: {megabytes:.0f} MB.")


def _comes_with_a_package(name: str) -> bool:
    """Whether pip installs it; says so."""
    from assistant.models.packages import packaged_models

    for model in packaged_models():
        if model.id == name:
            here = f"It is here already, in {model.requirement.partition('==')[0]} {model.version}."
            typer.echo(here if model.version else f"It comes with a package: {model.command}")
            return True
    return False


def _say_how(model: Model) -> None:
    from assistant.registry import Registry, missing_packages

    registry = Registry()
    missing = missing_packages(registry.find(model.kind, model.backend))
    if missing:
        typer.echo(f"It needs {', '.join(missing)} too: {registry.find(model.kind, model.backend).install}")
    typer.echo(f"To use it, write in your settings:\n  {model.setting}")


def _state(model: Model) -> str:
    from assistant.models.lock import damage, read_lock

    entry = read_lock().get(model.id)
    if entry is None:
        return "not installed"
    return "installed" if not damage(model.id, entry, thorough=False) else "damaged: install it again"


def _licence(model: Model) -> str:
    return f"{model.licence.name}{' (non-commercial)' if model.licence.non_commercial else ''}"


def _asked(name: str, names: list[str] | None) -> bool:
    return not names or name in names


def _known(names: list[str] | None, found: list[str]) -> None:
    from assistant.errors import ModelError

    for name in names or ():
        if name not in found:
            raise ModelError(f"{name} is not installed", mend="assistant models list")


def _count(files: int) -> str:
    return f"{files} file{'s' if files > 1 else ''}"
