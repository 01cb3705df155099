"""``assistant devices``: microphones, loudspeakers, and the devices of the home."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from assistant.cli.options import ConfigFile

if TYPE_CHECKING:
    from assistant.audio.devices import Device
    from assistant.config import Config

UNTOLD = ("rgb",)
"""The colour's name says it."""
OPPOSITES = {"on": "off", "open": "closed", "locked": "unlocked"}
"""What a false state is called; others are not worth a word."""


def devices(
    config: ConfigFile = None,
) -> None:
    """List microphones, loudspeakers and the home's devices."""
    import asyncio

    from assistant.config import load_config

    loaded = load_config(config)
    _sound()
    typer.echo()
    asyncio.run(_home(loaded))


def _sound() -> None:
    from assistant.audio.devices import list_devices
    from assistant.cli.output import columns, complain
    from assistant.errors import AudioError

    try:
        found = list_devices()
    except AudioError as error:
        complain(error)
        return
    if not found:
        typer.echo("No microphone and no loudspeaker. Use those of the page: `assistant run` prints its address.")
        return
    rows = [(str(device.index), device.name, str(device.inputs or "-"), str(device.outputs or "-"), _marks(device))
            for device in found]
    columns(rows, ("NO", "SOUND DEVICE", "IN", "OUT", ""))


def _marks(device: Device) -> str:
    marks = (("default input", device.default_input), ("default output", device.default_output))
    return ", ".join(word for word, on in marks if on)


async def _home(config: Config) -> None:
    from assistant.cli.agent_access import running
    from assistant.cli.output import columns

    found = await running()
    home = await found.call("devices") if found is not None else _household(config)
    rows = [(device["name"], device["kind"], device["area"] or "-", describe(device)) for device in home["devices"]]
    if rows:
        columns(sorted(rows, key=lambda row: (row[2], row[0])), ("DEVICE", "KIND", "ROOM", "STATE"))
    else:
        typer.echo("No devices yet. They announce themselves on the broker, or stand in the household's file.")
    if found is None:
        typer.echo(f"\nFrom {config.home.household or 'no file'}; no assistant runs, so no state is known.")
    elif home["problem"]:
        typer.echo(f"\nThe broker cannot be reached: {home['problem']}")
    for problem in home.get("not_understood", ()):
        typer.echo(f"\nNot understood: {problem}")


def _household(config: Config) -> dict[str, Any]:
    from assistant.home.schema import Household

    if config.home.household is None:
        return {"devices": [], "problem": ""}
    known = Household.load(config.home.household).devices
    rows = [{"name": device.name, "kind": device.kind or "-", "area": device.area, "state": {}, "available": True}
            for device in known]
    return {"devices": rows, "problem": ""}


def describe(device: dict[str, Any]) -> str:
    """A device's state in a few words: ``on, brightness 60``."""
    if not device["available"]:
        return "not there"
    words = [_word(key, value) for key, value in device["state"].items() if key not in UNTOLD]
    return ", ".join(word for word in words if word) or "-"


def _word(key: str, value: Any) -> str:
    """One part of a state; empty if it says nothing."""
    if isinstance(value, bool):
        return (key if value else OPPOSITES.get(key, "")).replace("_", " ")
    if value is None or value == "":
        return ""
    shown = f"{value:g}" if isinstance(value, float) else str(value)
    return shown if key == "value" else f"{key.replace('_', ' ')} {shown}"
