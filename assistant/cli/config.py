"""``assistant config``: what is in force, and whether a file is right."""

from __future__ import annotations

import typer

from assistant.cli.options import ConfigFile

app = typer.Typer(help="Show or check the settings.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
def show(config: ConfigFile = None) -> None:
    """Print all settings in force, defaults included."""
    import yaml

    from assistant.config import load_config

    loaded = load_config(config)
    typer.secho(f"# {loaded.file}", dim=True)
    data = loaded.model_dump(mode="json")
    second = [data["asr"]["second"]] if data["asr"]["second"] is not None else []
    for section in (*data["wake"], data["vad"], data["asr"], *second, data["speaker"], data["tts"]):
        section.update(section.pop("options"))
    typer.echo(yaml.safe_dump(data, sort_keys=False, allow_unicode=True), nl=False)


@app.command()
def check(config: ConfigFile = None) -> None:
    """Say whether the settings are right, and build what they name; if not, which lines are wrong."""
    from assistant.config.examine import by_line, examine
    from assistant.config.household import check_household
    from assistant.config.listening import check_listening
    from assistant.config.load import read_config
    from assistant.config.phrases import wake_remarks
    from assistant.doctor.living import misunderstood
    from assistant.doctor.models import misbuilt
    from assistant.errors import ConfigError, together
    from assistant.logs import quiet

    loaded, mistakes = examine(read_config(config))
    remarks: list[str] = []
    for look in (check_listening, check_household):
        try:
            remarks += look(loaded) or []
        except ConfigError as error:
            mistakes += [error, *error.others]
    mistakes += misbuilt(loaded)
    unseen = ""
    if not mistakes:  # a routine is understood, or not, by an assistant that is whole
        with quiet("error"):
            mistakes, unseen = misunderstood(loaded)
    if mistakes:
        raise together(by_line(mistakes))
    remarks += [f"{where}: {remark}" for where, remark in wake_remarks(loaded)]
    typer.echo(f"{loaded.file} is right{', with remarks:' if remarks else '.'}")
    for remark in remarks:
        typer.echo(f"  {remark}")
    if unseen:
        typer.echo(unseen)
