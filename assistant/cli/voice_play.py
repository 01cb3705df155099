"""``assistant voices play``: all voices say the same sentence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.cli.options import ConfigFile

if TYPE_CHECKING:
    from assistant.config import Config

SENTENCE = "The kitchen light is on, and it is nineteen degrees outside."
NAMED = {"kokoro": ("af_heart", "am_michael", "bf_emma", "bm_george"), "flite": ("slt", "rms")}
"""Voices of a backend that has several; of the others, its own."""


def play(
    text: Annotated[str, typer.Option("--text", help="What they say.")] = SENTENCE,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="DIR", help="Write a file for each there instead.")
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Hear all voices that are here say the same sentence, one after the other."""
    import asyncio

    from assistant.config import load_config
    from assistant.logs import quiet

    loaded = load_config(config)
    with quiet(loaded.log.level):
        asyncio.run(_play(loaded, text, output))


async def _play(config: Config, text: str, output: Path | None) -> None:
    from assistant.cli.speak import to_file, to_loudspeaker
    from assistant.errors import AssistantError

    if output is not None:
        _prepare(output)
    for name, backend, options in here():
        tts = config.tts.model_copy(update={"backend": backend, "options": options, "fallback": None})
        one = config.model_copy(update={"tts": tts})
        try:
            if output is not None:
                typer.echo(f"{output / name}.wav: {await to_file(one, text, output / f'{name}.wav'):.1f} s")
            else:
                typer.echo(name)
                await to_loudspeaker(one, text)
        except AssistantError as error:
            typer.echo(f"{name} cannot speak: {error}", err=True)


def here() -> list[tuple[str, str, dict[str, Any]]]:
    """The voices that can speak here: name, backend, options."""
    from assistant.registry import Registry, lacking, missing_packages
    from assistant.tts.clone.profile import Profile, made_voices

    registry = Registry()
    found: list[tuple[str, str, dict[str, Any]]] = []
    for backend in sorted(registry.names("tts")):
        if missing_packages(registry.find("tts", backend)) or lacking(registry.load("tts", backend)):
            continue
        named = [(f"{backend}-{voice}", backend, {"voice": voice}) for voice in NAMED.get(backend, ())]
        found += named or [(backend, backend, {})]
    if any(backend == "kokoro" for _, backend, _ in found):
        found += [(one.name, "kokoro", {"style": one.name}) for one in made_voices() if isinstance(one, Profile)]
    return found


def _prepare(folder: Path) -> None:
    from assistant.errors import AudioError

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AudioError(f"cannot be made: {error.strerror}", where=str(folder)) from error
