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
