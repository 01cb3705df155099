"""``assistant train``: models of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.options import ConfigFile

app = typer.Typer(help="Train models of your own.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def train() -> None:
    """Train models of your own."""


@app.command("nlu")
def nlu(
    output: Annotated[Path, typer.Option("--output", metavar="DIR", help="Folder of the project.")],
    backend: Annotated[str, typer.Option("--backend", help="rasa.")] = "rasa",
    rasa: Annotated[
        str | None, typer.Option("--rasa", metavar="EXECUTABLE", help="Where rasa is; none: as the shell finds it.")
    ] = None,
    per_rule: Annotated[int, typer.Option("--per-rule", min=5, max=400, help="Sentences drawn from each rule.")] = 40,
    config: ConfigFile = None,
) -> None:
    """Teach an understanding the sentences of your skills and the names of your home."""
    import shutil

    from assistant.config import load_config
    from assistant.errors import ConfigError
    from assistant.nlu.rasa_project import train_project, write_project
    from assistant.skills.check import skills_grammar
    from assistant.yamlfile import nearest

    if backend != "rasa":
        raise ConfigError(f"there is no backend {backend!r}", where="--backend", mend=nearest(backend, ("rasa",)))
    program = shutil.which(rasa or "rasa")
    if rasa is not None and program is None:
        raise ConfigError(f"there is no program {rasa!r}", where="--rasa",
                          mend="give the path of the rasa executable, such as ~/rasa/bin/rasa")
    count = write_project(skills_grammar(load_config(config)), output, per_rule)
    typer.echo(f"{output}: {count} examples")
    if program is None:
        typer.echo("There is no rasa here. Where there is one (3.6, Python 3.10), in this folder:")
        typer.echo("  rasa train nlu --domain domain.yml --nlu nlu.yml --fixed-model-name assistant")
        return
    typer.echo("Training, a few minutes ...")
    model = train_project(output, Path(program).absolute())
    typer.echo(f"{model}\nStart it with: {program} run --enable-api -m {model.absolute()} -i 127.0.0.1 -p 5005")
    typer.echo("and use it with: understanding: {rasa: {url: http://127.0.0.1:5005}}")


@app.command("wake")
def wake(
    phrase: Annotated[str, typer.Argument(help="What it is to hear, such as 'hey nova'.")],
    negatives: Annotated[
        Path | None, typer.Option("--negatives", metavar="DIR", help="Other people's speech, by speaker.")
    ] = None,
    samples: Annotated[
        Path | None, typer.Option(
            "--samples", metavar="DIR", help="Recordings of the phrase; none: those of `assistant wake record`."
        )
    ] = None,
    noise: Annotated[
        Path | None, typer.Option("--noise", metavar="DIR", help="Room noises; their first halves are used.")
    ] = None,
    rooms: Annotated[
        Path | None, typer.Option("--rooms", metavar="DIR", help="Recorded impulse responses, beside simulated rooms.")
    ] = None,
    odd: Annotated[bool, typer.Option("--odd", help="Learn only from speakers with an odd number.")] = False,
    minutes: Annotated[float, typer.Option("--minutes", min=1, max=600, help="About how long, on two cores.")] = 45,
    seed: Annotated[int, typer.Option("--seed", help="The same gives the same model.")] = 1,
    output: Annotated[Path | None, typer.Option("--output", metavar="DIR", help="Folder to train in.")] = None,
) -> None:
    """Make a tiny network that hears a phrase; broken off, the same command goes on."""
    import os
    import sys

    from assistant.errors import BackendError, ConfigError
    from assistant.extras import install_command
    from assistant.paths import cache_dir, data_dir, shipped_dir, test_data
    from assistant.wake.household import NEGATIVES, RECORDINGS, kept

    sys.path.insert(0, str(shipped_dir()))
    try:
        from training.wake.fit import FitConfig
        from training.wake.near import spoken_form
        from training.wake.train import Settings, train
    except ImportError as error:
        raise BackendError(str(error), where="train wake", mend=install_command("train-wake")) from error
    speech = negatives or test_data() / "speech"
    for option, folder in (("--negatives", speech), ("--samples", samples), ("--noise", noise), ("--rooms", rooms)):
        if folder is not None and not folder.is_dir():
            raise ConfigError(f"there is no folder {folder}", where=option, mend="give a folder of recordings")
    own, noises, responses, rejected = (
        str(folder.resolve()) if folder else ""
        for folder in (samples or kept(phrase, RECORDINGS), noise, rooms, kept(phrase, NEGATIVES))
    )
    settings = Settings(phrase, str(speech.resolve()), noises, responses, own, rejected, odd, fit=FitConfig(seed=seed))
    out = output or data_dir() / "wake" / spoken_form(phrase).replace(" ", "-")
    jobs = min(2, os.cpu_count() or 1)
    model = train(settings.within(minutes), out.resolve(), cache_dir() / "wake-voices", jobs, typer.echo)
    typer.echo(f"wake: {{backend: trained, phrase: {spoken_form(phrase)}, model: {model}}}")
