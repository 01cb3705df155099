"""Zigbee2MQTT's own list of devices, ``BASE/bridge/devices``: its Home Assistant announcements may be switched off.

Each device becomes the announcements that Zigbee2MQTT itself would make of it, with the same identifiers, so that one
that is known both ways counts once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assistant.home.announcement import read_topic
from assistant.home.discovery import Announced, Discovered, describe
from assistant.home.payload import PayloadError, read_json, read_text, shorten
from assistant.home.zigbee_exposes import Part, parts

LARGEST_LIST = 8 * 1024 * 1024
"""Bytes; a device has up to 20,000."""
MOST_DEVICES = 1_000
COORDINATOR = "Coordinator"


@dataclass(frozen=True, slots=True)
class _Node:
    """One device of the list, its words checked."""

    address: str
    name: str
    base: str
    vendor: str
    model: str

    @property
    def topic(self) -> str:
        return f"{self.base}/{self.name}"


def list_topic(base: str) -> str:
    """Where a bridge tells of its devices."""
    return f"{base}/bridge/devices"


def read_list(base: str, payload: bytes) -> Announced:
    """The devices of a bridge. One that cannot be used is a problem that names it, and stops no other."""
    if not payload.strip():
        return Announced()
    try:
        data = read_json(read_text(payload, LARGEST_LIST))
        if not isinstance(data, list):
            raise PayloadError(f"the list of devices is a JSON array, not {shorten(data)}")
        if len(data) > MOST_DEVICES:
            raise PayloadError(f"{len(data)} devices are more than the {MOST_DEVICES} allowed")
    except PayloadError as error:
        return Announced(problems=(str(error),))
    devices: list[Discovered] = []
    problems: list[str] = []
    for at, entry in enumerate(data):
        if isinstance(entry, dict) and entry.get("type") == COORDINATOR:
            continue
        try:
            found, faults = _read_device(base, entry)
        except PayloadError as error:
            problems.append(f"{_title(entry, at)}: {error}")
        else:
            devices += found
            problems += [f"{_title(entry, at)}: {fault}" for fault in faults]
    return Announced(tuple(devices), tuple(problems))


def _title(entry: Any, at: int) -> str:
    """What to call a device in a message."""
    name = entry.get("friendly_name") or entry.get("ieee_address") if isinstance(entry, dict) else None
    return f"device {at + 1}" if not isinstance(name, str) or not name.isprintable() else shorten(name).strip("'")


def _read_device(base: str, entry: Any) -> tuple[list[Discovered], list[str]]:
    if not isinstance(entry, dict):
        raise PayloadError(f"a device is a JSON object, not {shorten(entry)}")
    if entry.get("disabled") is True:
        raise PayloadError("it is disabled in Zigbee2MQTT")
    definition = entry.get("definition")
    if definition is None:
        raise PayloadError("Zigbee2MQTT does not know what it can do (not supported, or still being interviewed)")
    if not isinstance(definition, dict) or not isinstance(definition.get("exposes"), list):
        raise PayloadError("its definition has no list of what it exposes")
    node = _Node(_text(entry, "ieee_address"), _text(entry, "friendly_name"), base, _text(definition, "vendor"),
                 _text(definition, "model"))
    if not node.address or not node.name:
        raise PayloadError("it has no ieee_address or no friendly_name")
    read_topic(node.topic, "friendly_name")
    return _entities(node, definition["exposes"])


def _entities(node: _Node, exposes: list[Any]) -> tuple[list[Discovered], list[str]]:
    found: list[Discovered] = []
    faults: list[str] = []
    seen: set[str] = set()
    for part in parts(node.topic, exposes):
        if isinstance(part, str):
            faults.append(part)
        elif part.object_id not in seen:
            seen.add(part.object_id)
            try:
                found.append(_describe(node, part))
            except PayloadError as error:
                faults.append(f"{shorten(part.object_id)}: {error}")
    return found, faults


def _describe(node: _Node, part: Part) -> Discovered:
    own, bridge = f"{node.topic}/availability", f"{node.base}/bridge/state"
    state = "{{ value_json.state }}"
    settings = {
        **part.settings, "unique_id": f"{node.address}_{part.object_id}_{node.base}",
        "object_id": node.address if part.main else f"{node.address}_{part.object_id}",
        "device": {"name": _spoken(node.name), "manufacturer": node.vendor, "model": node.model},
        "availability": [{"topic": bridge, "value_template": state}, {"topic": own, "value_template": state}],
        "availability_mode": "all",
    }
    if part.kind not in ("sensor", "binary_sensor"):
        settings["bridge_command_topic"] = f"{node.topic}/set"  # it takes orders there too, of whatever kind
    found = describe(part.kind, part.object_id, settings, bridge=True)
    found.availability.assume(own)  # told only where the bridge was asked to watch its devices
    return found


def _spoken(name: str) -> str:
    """A friendly name as people say it; a slash in it only sorts topics."""
    return " ".join(name.replace("/", " ").replace("_", " ").split())


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    if value is None:
        return ""
    if not isinstance(value, str) or not value.isprintable():
        raise PayloadError(f"{key} must be text, not {shorten(value)}")
    return value
