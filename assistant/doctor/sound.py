"""Microphone and loudspeaker of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assistant.config import Config
from assistant.doctor.finding import Finding, bad, good, note
from assistant.errors import AudioError

PAGE = "the page's serves; to use this machine's: plug one in, see `assistant devices`"


def sound(config: Config) -> Iterator[Finding]:
    """What the configuration names, among what is there."""
    from assistant.audio.devices import list_devices

    try:
        found = list_devices()
    except AudioError as error:
        yield note("microphone", error.what, error.mend)
        yield note("loudspeaker", error.what, error.mend)
        return
    yield _one("microphone", config.audio.input, [device for device in found if device.inputs], config)
    yield _one("loudspeaker", config.audio.output, [device for device in found if device.outputs], config)


def _one(name: str, wanted: str | int | None, there: list[Any], config: Config) -> Finding:
    setting = "input" if name == "microphone" else "output"
    if wanted is None:
        return note(name, "switched off", f"see {config.where('audio', setting)}")
    if not there:
        return note(name, "none", PAGE)
    if wanted == "default":
        return good(name, there[0].name if len(there) == 1 else f"the default of {len(there)}")
    chosen = [device for device in there if wanted == device.index or str(wanted).lower() in device.name.lower()]
    if not chosen:
        return bad(name, f"there is no {wanted!r}", f"see `assistant devices` and {config.where('audio', setting)}")
    return good(name, chosen[0].name)
