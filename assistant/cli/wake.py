"""``assistant wake``: what it is called, how readily it listens, how well it hears you."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.options import ConfigFile

app = typer.Typer(help="Say what it is called, and see how well it hears that.", no_args_is_help=True,
                  rich_markup_mode=None)

MISSED = 1
"""Exit code when a recording does not hold the phrase, or none of several is good."""
TYPED = "phrase"
"""The backend of typed phrases."""
Phrase = Annotated[str, typer.Argument(metavar="PHRASE", help="Such as 'hey nova'.")]


@app.command("list")
def list_phrases(config: ConfigFile = None) -> None:
    """List the wake phrases in use, what each does, and what speaks against it."""
    from assistant.cli.output import columns
    from assistant.config import load_config
    from assistant.config.calling import described
    from assistant.config.phrases import wake_remarks

    loaded = load_config(config)
    columns([(wake.phrase, "typed" if wake.backend == TYPED else wake.backend, described(wake), _kept(wake.phrase))
             for wake in loaded.wake], ("PHRASE", "HEARD BY", "WHAT IT DOES", "KEPT OF YOURS"))
    typer.echo(f"\nAbout one false accept in {loaded.false_accept_hours:g} hours of other people's talk.")
    for _, remark in wake_remarks(loaded):
        typer.echo(f"\n{remark[0].upper()}{remark[1:]}.")


@app.command()
def use(
    phrase: Phrase,
    add: Annotated[bool, typer.Option("--add", help="Listen for the present ones as well.")] = False,
    config: ConfigFile = None,
) -> None:
    """Listen for another phrase from now on: it goes into your settings."""
    import asyncio

    phrase, against = asyncio.run(_use(phrase, add, config))
    for reason in against:
        typer.secho(f"“{phrase}”: {reason}", fg="yellow", err=True)


@app.command()
def sensitivity(
    hours: Annotated[
        float, typer.Argument(metavar="HOURS", min=0.1, max=1000, help="More hours: fewer false accepts, more misses.")
    ],
    config: ConfigFile = None,
) -> None:
    """Listen so readily that about one false accept comes in so many hours of other people's talk."""
    import asyncio

    asyncio.run(_listen_for(hours, config))


@app.command("test")
def try_out(
    phrase: Annotated[str, typer.Argument(metavar="[PHRASE]", help="None: those in use.")] = "",
    audio: Annotated[Path | None, typer.Option("--audio", metavar="SOUND", help="A recording instead of you.")] = None,
    config: ConfigFile = None,
) -> None:
    """Show how well it hears a phrase: a bar for each time that something like it is said, until Ctrl-C.

    A recording ends with 0 if the phrase is heard in it, else with 1.
    """
    from assistant.cli.wake_meter import from_microphone, from_recording, meters
    from assistant.config import load_config
    from assistant.config.calling import cleaned

    loaded = load_config(config)
    made = meters(loaded, cleaned(phrase) if phrase else "")
    if audio is None:
        from_microphone(loaded, made)
    elif not from_recording(audio, made):
        raise typer.Exit(MISSED)


@app.command()
def record(
    phrase: Phrase,
    folder: Annotated[
        Path | None, typer.Option("--from", metavar="DIR", help="Recordings of it, instead of the microphone.")
    ] = None,
    count: Annotated[int, typer.Option("-n", min=3, max=10, help="How many, by the microphone.")] = 5,
    config: ConfigFile = None,
) -> None:
    """Record a phrase as you say it: each is looked at, kept, and listened for from now on.

    They stay on this machine; `assistant wake forget` erases them.
    """
    import asyncio

    from assistant.cli.wake_record import Recorder, from_folder, from_microphone, told
    from assistant.config import load_config
    from assistant.config.calling import cleaned

    loaded, phrase = load_config(config), cleaned(phrase)
    recorder = Recorder(loaded, phrase)
    good = from_folder(recorder, folder) if folder else from_microphone(recorder, loaded, phrase, count)
    for line in told(phrase, good, recorder.learn()):
        typer.echo(line)
    asyncio.run(_tell_recorded())
    if not good:
        raise typer.Exit(MISSED)


@app.command()
def review(
    show: Annotated[bool, typer.Option("--list", help="Only list what waits.")] = False,
    erase: Annotated[bool, typer.Option("--erase", help="Erase all that waits.")] = False,
    config: ConfigFile = None,
) -> None:
    """Label what was nearly taken for a wake phrase, or perhaps wrongly: one key each.

    Kept only with `wake_review: true` in your settings. `assistant train wake` learns from the labels.
    """
    from assistant.cli.wake_review import OTHER, SAID, described, label
    from assistant.config import load_config
    from assistant.recorder.doubts import doubt_sounds, doubts_in

    loaded = load_config(config)
    sounds = doubt_sounds(loaded.recorder.days, loaded.recorder.megabytes)
    doubts = doubts_in(sounds)
    if erase:
        typer.echo(f"erased: {sum(sounds.remove(kept.turn) for kept in sounds.all())}")
        return
    if not doubts:
        typer.echo("Nothing waits." if loaded.wake_review else "Nothing waits; to keep some: wake_review: true")
        return
    if show:
        for doubt in doubts:
            typer.echo(f"{described(doubt)}  {doubt.kept.path}")
        typer.echo(f"{len(doubts)} in {sounds.folder}, for {loaded.recorder.days:g} days")
        return
    counts = label(loaded, sounds, doubts)
    typer.echo(f"{counts[SAID]} are it, {counts[OTHER]} are not; `assistant train wake PHRASE` learns from them")


@app.command()
def forget(phrase: Phrase) -> None:
    """Erase what is kept of a phrase: recordings, spellings, what was labelled. A trained model stays."""
    import asyncio

    from assistant.wake.household import forget_sounds

    count = forget_sounds(phrase)
    typer.echo(f"forgotten: {count} {'sound' if count == 1 else 'sounds'} of “{phrase}”")
    asyncio.run(_tell_recorded())


async def _tell_recorded() -> None:
    """The assistant that runs listens accordingly."""
    from assistant.cli.agent_access import running

    found = await running()
    if found is not None:
        await found.call("wake_recorded")


async def _use(phrase: str, add: bool, config: Path | None) -> tuple[str, list[str]]:
    """The phrase as it is used now, and what speaks against it."""
    from assistant.cli.agent_access import running
    from assistant.config import load_config
    from assistant.config.calling import cleaned, rename
    from assistant.config.phrases import remarks_on

    found = await running() if config is None else None
    if found is not None:
        told = await found.call("wake", phrase=phrase, beside=add)
        typer.echo(f"The assistant that runs listens for “{told['phrase']}” now; it stands in your settings.")
        return told["phrase"], list(told["against"])
    loaded = load_config(config)
    changed = rename(loaded, phrase, beside=add)
    typer.echo(f"“{cleaned(phrase)}” stands in {changed.file}; it holds from the next start on.")
    return cleaned(phrase), remarks_on(changed, cleaned(phrase))


async def _listen_for(hours: float, config: Path | None) -> None:
    from assistant.cli.agent_access import running
    from assistant.config import load_config
    from assistant.config.calling import listen_for_hours

    found = await running() if config is None else None
    loaded = load_config(config)
    if found is not None:
        await found.call("wake_hours", hours=hours)
    else:
        loaded = listen_for_hours(loaded, hours)
    trained = [wake.phrase for wake in loaded.wake if wake.backend != TYPED]
    now = "holds already" if found is not None else f"stands in {loaded.file} and holds from the next start on"
    typer.echo(f"About one false accept in {hours:g} hours: it {now}.")
    if found is not None and trained:
        typer.echo(f"For {', '.join(trained)}, which a model of its own hears, it holds from the next start on.")


def _kept(phrase: str) -> str:
    """How many recordings of a phrase there are, and how else it is written."""
    from assistant.wake.household import RECORDINGS, read_spellings, sounds_of

    count, others = len(sounds_of(phrase, RECORDINGS)), read_spellings(phrase)
    told = [f"{count} recording{'s' if count > 1 else ''}"] if count else []
    return ", ".join([*told, *(f"also “{other}”" for other in others)]) or "-"
