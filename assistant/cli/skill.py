"""``assistant skill``: skills made, tested, looked through, listed, installed, switched on and off, cleared."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.options import ConfigFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from assistant.skills.catalogue import Entry
    from assistant.skills.manifest import Manifest
    from assistant.skills.trials import Case, Result

app = typer.Typer(help="Make, test and install skills.", no_args_is_help=True, rich_markup_mode=None)

FAILED = 1
"""Exit code when a test fails, sentences are ambiguous, or what was decided about skills cannot be read."""

Name = Annotated[str, typer.Argument(metavar="NAME|PATH", help="A skill, or its folder.")]
OwnName = Annotated[str, typer.Argument(metavar="NAME", help="A skill, as the list shows it.")]


@app.command("new")
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of the skill: small letters, digits, underscores.")],
    into: Annotated[
        Path | None, typer.Option("--into", metavar="FOLDER", help="Make it there, not among your own skills.")
    ] = None,
) -> None:
    """Make a skill that works, to be changed into what you want."""
    from assistant.skills.catalogue import own_folder
    from assistant.skills.scaffold import new_skill, refuse_shipped

    if into is None:
        refuse_shipped(name)
    folder = new_skill(name, into or own_folder())
    typer.echo(f"{folder}\n")
    for file in ("skill.py", "sentences.yaml", "phrases.yaml", "tests.yaml", "skill.yaml"):
        typer.echo(f"  {file}")
    argument = name if into is None else folder
    typer.echo(f"\nassistant skill test {argument}\nassistant skill check {argument}")
    if into is None:
        typer.echo("An assistant that runs has loaded it already, and loads it anew whenever you save.")


@app.command("test")
def test(
    name: Name,
    audio: Annotated[bool, typer.Option("--audio", help="Speak each sentence to the whole agent.")] = False,
    live: Annotated[bool, typer.Option("--live", help="Type them to the assistant that runs: it does them.")] = False,
    voice: Annotated[list[str] | None, typer.Option("--voice", help="With --audio: piper, espeak:en-gb, ...")] = None,
    config: ConfigFile = None,
) -> None:
    """Say what tests.yaml says, and see whether the right thing comes of it."""
    from assistant.cli.trials import tell
    from assistant.config import load_config
    from assistant.errors import SkillError
    from assistant.skills.catalogue import find
    from assistant.skills.loader import load_skill
    from assistant.skills.trials import TESTS, load_cases

    loaded = load_config(config)
    entry = find(name, loaded)
    skill = load_skill(entry.folder, loaded.language)
    cases = load_cases(entry.folder)
    own_tests = _python_tests(entry.folder)
    if not cases and not own_tests:
        raise SkillError("it has no tests", where=str(entry.folder), mend=f"write {TESTS}: `- say: ...`")
    began = time.perf_counter()
    results: Iterable[Result]
    if audio:
        from assistant.skills.trials_aloud import VOICES, run_aloud

        results = run_aloud(skill, cases, voice or VOICES)
    elif live:
        results = _live(skill.name, cases)
    else:
        from assistant.skills.trials import run_cases

        results = run_cases(entry.folder, cases, loaded.language)
    passed = tell(results, began)
    if own_tests and not audio and not live:
        passed = _pytest(entry.folder) and passed
    if not passed:
        raise typer.Exit(FAILED)


@app.command("check")
def check(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME|PATH]...", help="Skills, or their folders; none: all.")
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Find sentences that two intents share, and sentences that sound alike, among all skills."""
    import asyncio

    from assistant.config import load_config
    from assistant.skills.check import study

    shared, similar, unknown = asyncio.run(study(names or [], load_config(config)))
    for overlap in shared:
        verdict = f"means {overlap.winner}" if overlap.winner else "could mean either"
        typer.echo(f"{overlap.mine} and {overlap.other}: “{overlap.sentence}” {verdict}")
    for pair in similar:
        typer.echo(f"{pair.mine} and {pair.other}: “{pair.sentence}” sounds like “{pair.sounds_like}”")
    for doubt in unknown:
        typer.echo(f"{doubt.mine} and {doubt.other}: too many sentences to compare them all")
    ambiguous = sum(not overlap.winner for overlap in shared)
    typer.echo(f"{ambiguous} ambiguous, {len(shared) - ambiguous} shared and decided, {len(similar)} sound alike")
    if ambiguous:
        raise typer.Exit(FAILED)


@app.command("list")
def list_skills(config: ConfigFile = None) -> None:
    """List the skills that are here."""
    from assistant.cli.output import columns
    from assistant.config import load_config
    from assistant.skills.catalogue import catalogue
    from assistant.skills.choices import Choices

    rows = [
        (entry.name, entry.skill.manifest.version if entry.skill else "", entry.origin, _state(entry))
        for entry in sorted(catalogue(load_config(config)), key=lambda entry: entry.name)
    ]
    columns(rows, ("SKILL", "VERSION", "FROM", "STATE"))
    _, damage = Choices.readable()
    if damage is not None:
        typer.echo(str(damage), err=True)
        raise typer.Exit(FAILED)


@app.command("info")
def info(name: Name, config: ConfigFile = None) -> None:
    """Say what a skill does, what it may reach, and what can be set."""
    from assistant.cli.output import facts
    from assistant.config import load_config
    from assistant.skills.catalogue import find
    from assistant.skills.trials import TESTS

    loaded = load_config(config)
    entry = find(name, loaded)
    if entry.skill is None:
        assert entry.fault is not None
        raise entry.fault
    manifest = entry.skill.manifest
    given = loaded.skills.settings.get(manifest.name, {})
    values = manifest.resolve(given)
    pairs = [
        ("skill", f"{manifest.name} {manifest.version}"), ("about", manifest.description or "-"),
        ("from", f"{entry.origin}, {entry.folder}"), ("state", _state(entry)),
        *[("may", text) for text in _grants(manifest)],
        *[("say", example) for example in manifest.examples],
        *[("setting", f"{key}: {values[key]}{f' ({setting.about})' if setting.about else ''}")
          for key, setting in manifest.settings.items()],
        ("tests", f"assistant skill test {name}" if (entry.folder / TESTS).is_file() else "none in tests.yaml"),
    ]
    facts(pairs)


@app.command("enable")
def enable(
    name: OwnName,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Allow what it asks for without a question.")] = False,
    config: ConfigFile = None,
) -> None:
    """Switch a skill on, and allow it what it asks for."""
    from assistant.config import load_config
    from assistant.errors import SkillError
    from assistant.skills.catalogue import find
    from assistant.skills.choices import Choices, key

    loaded = load_config(config)
    entry = find(name, loaded)
    if entry.name in loaded.skills.disabled:
        raise SkillError(f"{entry.name} is off in your settings", where=loaded.where("skills", "disabled"),
                         mend="take it out of skills: disabled")
    if entry.fault is not None:
        raise entry.fault
    choices = Choices.load()
    if entry.skill is not None and entry.packaged:
        package, grants = key(entry.origin, entry.name), entry.skill.manifest.grants
        if package not in choices.granted or choices.lacking(package, grants):
            _allow(entry.skill.manifest, yes)
        choices.granted[package] = list(grants)
    choices.disabled.discard(entry.name)
    choices.save()
    typer.echo(f"{entry.name} is on.")


@app.command("disable")
def disable(name: OwnName, config: ConfigFile = None) -> None:
    """Switch a skill off."""
    from assistant.config import load_config
    from assistant.skills.catalogue import find
    from assistant.skills.choices import Choices

    entry = find(name, load_config(config))
    choices = Choices.load()
    choices.disabled.add(entry.name)
    choices.save()
    typer.echo(f"{entry.name} is off.")


@app.command("forget")
def forget(
    name: OwnName,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Forget it without a question.")] = False,
    config: ConfigFile = None,
) -> None:
    """Erase all that a skill keeps: facts, lists, notes, what it was told by whom."""
    from assistant.config import load_config
    from assistant.skills.catalogue import find
    from assistant.store.keepsakes import Keepsakes

    loaded = load_config(config)
    kept = Keepsakes(loaded.store_path)
    count = kept.counts()[name]
    if not count:
        typer.echo(f"{find(name, loaded).name} keeps nothing.")
        return
    told = f"{count} {'value' if count == 1 else 'values'}"
    if not yes:
        typer.confirm(f"Forget all that {name} keeps ({told})?", abort=True)
    kept.forget(name)
    typer.echo(f"forgotten: {told}. An assistant that runs may listen for their words until its next start.")


@app.command("install")
def install_skill(
    what: Annotated[str, typer.Argument(metavar="PATH|PACKAGE", help="A folder, a wheel, or what pip takes.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Allow what it asks for without a question.")] = False,
    build: Annotated[
        bool, typer.Option("--build", help="Build it from source: runs its code before you see what it may reach.")
    ] = False,
) -> None:
    """Install a skill, after showing what it may reach."""
    from assistant.skills.install import install, offered

    with offered(what, build=build) as offer:
        _allow(offer.manifest, yes)
        install(offer)
    typer.echo(f"{offer.manifest.name} is installed and on.")


def _allow(manifest: Manifest, yes: bool) -> None:
    """Show what a skill may reach, and ask.

    Raises:
        typer.Abort: somebody said no, or nobody is there to be asked.
    """
    typer.echo(f"{manifest.name} {manifest.version}: {manifest.description or 'no description'}")
    typer.echo("It runs in a process of its own. That contains faults; it is no wall against hostile code.")
    for text in _grants(manifest) or ["nothing but talk, and keep values of its own"]:
        typer.echo(f"  it may {text}")
    if not yes:
        typer.confirm("Allow that?", abort=True)


def _grants(manifest: Manifest) -> list[str]:
    from assistant.skills.manifest import describe_grant

    return [describe_grant(grant) for grant in manifest.grants]


def _state(entry: Entry) -> str:
    if entry.off:
        return entry.off
    return f"left out: {entry.fault}" if entry.fault is not None else "on"


def _live(skill: str, cases: Sequence[Case]) -> list[Result]:
    import asyncio

    from assistant.cli.agent_access import running
    from assistant.errors import AssistantError
    from assistant.skills.trials_live import run_live

    async def run() -> list[Result]:
        found = await running()
        if found is None:
            raise AssistantError("no assistant runs", mend="start it: assistant run")
        return await run_live(found.call, skill, cases)

    return asyncio.run(run())


def _python_tests(folder: Path) -> list[Path]:
    return sorted({*folder.glob("test_*.py"), *folder.glob("tests/test_*.py")})


def _pytest(folder: Path) -> bool:
    """Run a skill's tests in Python, where pytest is installed."""
    import subprocess
    import sys
    from importlib.util import find_spec

    if find_spec("pytest") is None:
        typer.echo("its tests in Python need pytest: pip install pytest")
        return True
    plain = ["-o", "asyncio_mode=auto"] if find_spec("pytest_asyncio") else []
    files = map(str, _python_tests(folder))
    command = [sys.executable, "-m", "pytest", "-q", "--import-mode=importlib", *plain, *files]
    return subprocess.run(command, check=False).returncode == 0
