"""Microphone and loudspeaker of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from assistant.config import Config
from assistant.doctor.finding import Finding, bad, good, note
from assistant.errors import AudioError

if TYPE_CHECKING:
    from assistant.audio.devices import Device

PAGE = "use the page instead, or plug one in and look at `assistant devices`"


def sound(config: Config) -> Iterator[Finding]:
    """What the configuration names, among what is there."""
    from assistant.audio.devices import list_devices

    try:
        found = list_devices()
    except AudioError as error:
        yield note("microphone", error.what, error.mend)
        yield note("loudspeaker", error.what, error.mend)
        return
    yield _one("microphone", config.audio.input, found, config)
    yield _one("loudspeaker", config.audio.output, found, config)


def _one(name: str, wanted: str | int | None, found: list[Device], config: Config) -> Finding:
    from assistant.audio.devices import choose

    output = name == "loudspeaker"
    where = config.where("audio", "output" if output else "input")
    if wanted is None:
        return note(name, "switched off", f"see {where}")
    if not any(device.outputs if output else device.inputs for device in found):
        return note(name, "none here", PAGE)
    try:
        return good(name, choose(found, "" if wanted == "default" else str(wanted), output=output).name)
    except AudioError as error:
        return bad(name, error.what, f"{error.mend} See `assistant devices` and {where}")
