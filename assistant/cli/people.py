"""``assistant people``: who lives here, how they sound, and forgetting them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.options import ConfigFile

if TYPE_CHECKING:
    from assistant.config import Config
    from assistant.people.register import Person, Register
    from assistant.store.store import Store

app = typer.Typer(help="Who lives here, and whose voice is known.", no_args_is_help=True, rich_markup_mode=None)
Name = Annotated[str, typer.Argument(metavar="NAME")]
Groups = Annotated[list[str] | None, typer.Option("--group", "-g", help="A group beside the household: children.")]


@app.command("list")
def list_people(config: ConfigFile = None) -> None:
    """List who lives here."""
    from assistant.cli.output import columns

    async def work(store: Store, register: Register, loaded: Config) -> list[Person]:
        return await register.all()

    people = _run(config, work)
    if not people:
        typer.echo("Nobody is known here: everybody may everything. Begin with: assistant people enrol NAME")
        return
    columns([(one.name, ", ".join(("household", *one.groups)), _heard(one)) for one in people],
            ("NAME", "GROUPS", "VOICE"))


@app.command()
def show(name: Name, config: ConfigFile = None) -> None:
    """Show one person: voice, groups, and what the rules let them do."""
    from assistant.cli.output import facts
    from assistant.people.rules import load_rules, rules_file
    from assistant.people.summary import rights_of

    async def work(store: Store, register: Register, loaded: Config) -> tuple[Person, Config]:
        return await register.find(name), loaded

    person, loaded = _run(config, work)
    path = loaded.people.rules or rules_file()
    facts([("name", person.name), ("groups", ", ".join(("household", *person.groups))), ("voice", _heard(person)),
           ("since", datetime.fromtimestamp(person.added).strftime("%d %b %Y")), ("rules", str(path))])
    for title, rule in rights_of(load_rules(path), person.name, person.groups):
        typer.echo(f"{title:18}{rule}")


@app.command()
def add(name: Name, group: Groups = None, config: ConfigFile = None) -> None:
    """Add somebody; their voice is learned by `enrol`."""

    async def work(store: Store, register: Register, loaded: Config) -> Person:
        return await register.add(name, group or [])

    person = _run(config, work)
    typer.echo(f"{person.name} lives here. Next: assistant people enrol {person.name}")


@app.command()
def enrol(
    name: Name,
    files: Annotated[list[Path] | None, typer.Argument(
        metavar="[FILE]...", help="Recordings of them alone; none: by microphone, through the assistant that runs.",
        exists=True, dir_okay=False,
    )] = None,
    group: Groups = None,
    source: Annotated[str, typer.Option(help="The microphone, where several are open.")] = "",
    keep_recordings: Annotated[bool, typer.Option(
        "--keep-recordings", help="Keep them sealed, so that another speaker backend can learn from them.",
    )] = False,
    config: ConfigFile = None,
) -> None:
    """Learn how somebody sounds: half a minute of speech, from recordings or read aloud."""
    from assistant.cli.people_enrol import from_files, read_aloud

    if files:
        _run(config, lambda store, register, loaded: from_files(
            register, loaded, name, group or [], files, keep_recordings
        ))
        _tell_agent()
    else:
        import asyncio

        asyncio.run(read_aloud(name, group or [], source, keep_recordings))


@app.command()
def rename(name: Name, new: Annotated[str, typer.Argument(metavar="NEW")], config: ConfigFile = None) -> None:
    """Give somebody another name; lists, alarms and history go with it."""

    async def work(store: Store, register: Register, loaded: Config) -> Person:
        return await register.rename(await register.find(name), new)

    person = _run(config, work)
    _tell_agent()
    typer.echo(f"{name} is called {person.name} now.")


@app.command()
def forget(
    name: Name, yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False, config: ConfigFile = None
) -> None:
    """Erase somebody: voice, lists, alarms, history and sound."""
    from assistant.people.forgetting import Forgotten, forget
    from assistant.recorder.library import Library

    async def known(store: Store, register: Register, loaded: Config) -> Person:
        return await register.find(name)

    if not yes:
        typer.confirm(f"Erase all that is kept of {_run(config, known).name}, for good?", abort=True)

    async def work(store: Store, register: Register, loaded: Config) -> Forgotten:
        return await forget(store, Library(loaded).sounds, await register.find(name))

    done = _run(config, work)
    _tell_agent()
    typer.echo(f"forgotten: {name}, {done.voices} voices, {done.turns} turns ({done.sounds} with sound), "
               f"{done.values} lists and notes, {done.alarms} alarms and reminders")


@app.command()
def unlearn(name: Name, config: ConfigFile = None) -> None:
    """Undo what was learned of a voice after its enrolment (with `people: {learn: true}`)."""

    async def work(store: Store, register: Register, loaded: Config) -> int:
        from assistant.people.forgetting import scrub

        found = await register.unlearn(await register.find(name))
        await scrub(store)
        return found

    count = _run(config, work)
    _tell_agent()
    typer.echo(f"{count} utterances of {name} are forgotten; what was enrolled stays.")


@app.command("export")
def export_person(
    name: Name, file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file.", dir_okay=False)],
    config: ConfigFile = None,
) -> None:
    """Write somebody's name, groups and voice to a file, sealed by words of yours."""
    from assistant.cli.people_transfer import write

    words = typer.prompt("Words to seal it by", hide_input=True, confirmation_prompt=True)
    _run(config, lambda store, register, loaded: write(register, name, file, words))
    typer.echo(f"{file}: {name}. Whoever has it and the words has the voice.")


@app.command("import")
def import_person(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="From `people export`.", exists=True, dir_okay=False)],
    config: ConfigFile = None,
) -> None:
    """Take somebody in from a file; nobody here may have the name."""
    from assistant.cli.people_transfer import read

    words = typer.prompt("Words that it was sealed by", hide_input=True)
    person = _run(config, lambda store, register, loaded: read(register, file, words))
    _tell_agent()
    typer.echo(f"{person.name} lives here: {_heard(person)}.")


@app.command()
def pin(
    remove: Annotated[bool, typer.Option("--remove", help="Have none.")] = False, config: ConfigFile = None
) -> None:
    """Set the household's PIN, which stands for a phrase read aloud where orders are typed."""
    from assistant.people.pin import Pin

    digits = "" if remove else typer.prompt("PIN", hide_input=True, confirmation_prompt=True)

    async def work(store: Store, register: Register, loaded: Config) -> None:
        await (Pin(store).remove() if remove else Pin(store).set(digits))

    _run(config, work)
    typer.echo("There is no PIN any more." if remove else "The PIN is set.")


def _heard(person: Person) -> str:
    heard = [f"{seconds:.0f} s ({embedder})" for embedder, seconds in (person.voices or {}).items()]
    heard += [f"and {person.learned} utterances later"] if person.learned else []
    heard += ["recordings kept"] if person.recorded else []
    return ", ".join(heard) or "not enrolled"


def _run(config: Path | None, work: Any) -> Any:
    """Run a piece of work on the database, whether or not an assistant runs beside it."""
    import asyncio

    from assistant.config import load_config

    async def main() -> Any:
        loaded = load_config(config)
        async with _opened(loaded) as (store, register):
            return await work(store, register, loaded)

    return asyncio.run(main())


@asynccontextmanager
async def _opened(config: Config) -> AsyncIterator[tuple[Store, Register]]:
    from assistant.people.register import Register
    from assistant.store.store import Store

    async with Store(config.store_path) as store:
        yield store, Register(store)


def _tell_agent() -> None:
    """Let the assistant that runs take notice."""
    import asyncio

    from assistant.cli.agent_access import running

    async def tell() -> None:
        agent = await running()
        if agent is not None:
            await agent.call("people_changed")

    asyncio.run(tell())
