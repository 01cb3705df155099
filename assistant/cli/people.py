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
TIMES = 3
"""A sentence is asked for so often."""
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
    config: ConfigFile = None,
) -> None:
    """Learn how somebody sounds: half a minute of speech, from recordings or read aloud."""
    if files:
        _run(config, lambda store, register, loaded: _from_files(register, loaded, name, group or [], files))
        _tell_agent()
    else:
        import asyncio

        asyncio.run(_read_aloud(name, group or [], source))


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

    if not yes:
        typer.confirm(f"Erase all that is kept of {name}, for good?", abort=True)

    async def work(store: Store, register: Register, loaded: Config) -> Forgotten:
        return await forget(store, Library(loaded).sounds, await register.find(name))

    done = _run(config, work)
    _tell_agent()
    typer.echo(f"forgotten: {name}, {done.voices} voices, {done.turns} turns ({done.sounds} with sound), "
               f"{done.values} lists and notes, {done.alarms} alarms and reminders")


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


async def _from_files(register: Register, config: Config, name: str, groups: list[str], files: list[Path]) -> None:
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
        verdict = await keep(register, enrolment, name, groups)
    finally:
        embedder.close()
    typer.echo(f"{name} is enrolled: {verdict}.")


async def _read_aloud(name: str, groups: list[str], source: str) -> None:
    """Have sentences read at a microphone of the assistant that runs."""
    from assistant.cli.agent_access import running
    from assistant.errors import AssistantError

    agent = await running()
    if agent is None:
        raise AssistantError("no assistant runs whose microphone could be used",
                             mend=f"assistant run, or from recordings: assistant people enrol {name} FILE...")
    begun = await agent.call("enrol_begin", name=name, groups=groups, source=source)
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


def _tell_agent() -> None:
    """Let the assistant that runs take notice."""
    import asyncio

    from assistant.cli.agent_access import running

    async def tell() -> None:
        agent = await running()
        if agent is not None:
            await agent.call("people_changed")

    asyncio.run(tell())
