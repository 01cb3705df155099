"""Home Assistant's MQTT discovery: announcements become devices, faults become one clear reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assistant.home.abbreviations import ABBREVIATIONS, DEVICE_ABBREVIATIONS
from assistant.home.announcement import Announcement
from assistant.home.availability import Availability
from assistant.home.kinds import KINDS, Entity, make_entity
from assistant.home.payload import LARGEST_DISCOVERY, PayloadError, read_json, read_text, shorten
from assistant.home.schema import LONGEST_NAME, Device, clean_name

MOST_PARTS = 200
"""Entities one device may announce at once."""
LONGEST_ID = 256
SHARED = (
    "availability", "availability_mode", "availability_template", "availability_topic", "command_topic",
    "payload_available", "payload_not_available", "state_topic",
)
"""Settings that a device's announcement may give once for all its parts."""


@dataclass(frozen=True, slots=True)
class Discovered:
    """One announced entity."""

    device: Device
    """What it says about itself, without state."""
    object_id: str
    entity: Entity
    availability: Availability
    problems: tuple[str, ...] = ()
    """Settings that are not understood; the rest works."""
    bridge: bool = False
    """Whether it is a bridge's list that tells of it: what the device announces itself comes first."""


@dataclass(frozen=True, slots=True)
class Announced:
    """What one message on a discovery topic said."""

    devices: tuple[Discovered, ...] = ()
    problems: tuple[str, ...] = ()
    """Why something was not taken, each in one clause."""
    ignored: int = 0
    """Entities of kinds the assistant has no use for; no fault."""


@dataclass(slots=True)
class _Place:
    """Where an announcement came from."""

    kind: str
    object_id: str
    node: str = ""
    devices: list[Discovered] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    ignored: int = 0


def filters(prefix: str) -> tuple[str, ...]:
    """Topic filters that catch every announcement."""
    return f"{prefix}/+/+/config", f"{prefix}/+/+/+/config"


def read_announcement(prefix: str, topic: str, payload: bytes) -> Announced | None:
    """What a message announces; None if ``topic`` is no discovery topic. An empty payload announces nothing."""
    place = _place(prefix, topic)
    if place is None:
        return None
    if not payload.strip():
        return Announced()
    if place.kind not in KINDS and place.kind != "device":
        return Announced(ignored=1)
    try:
        data = read_json(read_text(payload, LARGEST_DISCOVERY))
        if not isinstance(data, dict):
            raise PayloadError(f"an announcement is a JSON object, not {shorten(data)}")
        settings = _expand(data)
        if place.kind == "device":
            _read_parts(place, settings)
        else:
            _read_entity(place, place.kind, place.object_id, settings)
    except PayloadError as error:
        place.problems.append(str(error))
    return Announced(tuple(place.devices), tuple(place.problems), place.ignored)


def _place(prefix: str, topic: str) -> _Place | None:
    if not topic.startswith(f"{prefix}/"):
        return None
    parts = topic[len(prefix) + 1:].split("/")
    if parts[-1] != "config" or len(parts) not in (3, 4):
        return None
    return _Place(parts[0], parts[-2], parts[1] if len(parts) == 4 else "")


def _read_parts(place: _Place, settings: dict[str, Any]) -> None:
    """A whole device's announcement: its entities under ``components``."""
    parts = settings.get("components")
    if not isinstance(parts, dict) or not parts:
        raise PayloadError("components must be an object with the device's parts")
    if len(parts) > MOST_PARTS:
        raise PayloadError(f"{len(parts)} components are more than the {MOST_PARTS} allowed")
    shared = {key: settings[key] for key in (*SHARED, "device") if key in settings}
    for name, part in parts.items():
        try:
            if not isinstance(part, dict):
                raise PayloadError(f"the component {shorten(name)} must be an object")
            own = {**shared, **_expand(part, settings.get("~"))}
            kind = str(own.get("platform"))
            if kind in KINDS and len(part) > 1:  # a part with only its platform is taken away
                _read_entity(place, kind, f"{place.object_id}_{name}", own)
            elif kind not in KINDS:
                place.ignored += 1
        except PayloadError as error:
            place.problems.append(f"component {shorten(name)}: {error}")


def _read_entity(place: _Place, kind: str, object_id: str, settings: dict[str, Any]) -> None:
    place.devices.append(describe(kind, object_id, settings, place.node))


def describe(
    kind: str, object_id: str, settings: Mapping[str, Any], node: str = "", *, bridge: bool = False
) -> Discovered:
    """The entity that settings describe, abbreviations and base topic resolved.

    Args:
        node: part of the topic that makes the identifier of an entity that has none unique.
        bridge: whether a bridge's list tells of it.

    Raises:
        PayloadError: a setting is missing or wrong.
    """
    announcement = Announcement(settings)
    block = settings.get("device", {})
    if not isinstance(block, dict):
        raise PayloadError(f"device must be an object, not {shorten(block)}")
    block = Announcement(block)
    entity = make_entity(kind, announcement)
    availability = Availability(announcement)
    object_id = announcement.text("object_id") or object_id
    identifier = announcement.text("unique_id") or f"{kind}.{node}{'_' if node else ''}{object_id}"
    if not identifier.isprintable() or len(identifier) > LONGEST_ID:
        raise PayloadError(f"unique_id {shorten(identifier)} is no identifier")
    problems = tuple(announcement.problems)
    try:
        device = Device(
            id=identifier, name=_name(kind, object_id, announcement, block), kind=KINDS[kind].kind,  # type: ignore[arg-type]
            area=_plain(block.text("suggested_area")), device_class=announcement.text("device_class"),
            capabilities=entity.capabilities, spoken=_spoken(announcement), problems=problems,
            manufacturer=_plain(block.text("manufacturer")), model=_plain(block.text("model")),
        )
    except PayloadError:
        raise
    except ValueError as error:
        raise PayloadError(_first_line(error)) from error
    return Discovered(device, object_id, entity, availability, problems, bridge)


def _first_line(error: ValueError) -> str:
    errors = getattr(error, "errors", None)
    return str(errors()[0]["msg"]).removeprefix("Value error, ") if errors else str(error)


def _name(kind: str, object_id: str, announcement: Announcement, block: Announcement) -> str:
    """Home Assistant's rule: the device's name, then the entity's, unless that begins with it already."""
    device = _plain(block.text("name"))
    entity = announcement.text("name")
    if entity:
        entity = clean_name(entity)
    elif "name" not in announcement.data and kind in ("sensor", "binary_sensor"):
        entity = announcement.text("device_class").replace("_", " ")
    if not device:
        return entity or clean_name(re.sub(r"[_-]+", " ", object_id))
    if not entity or entity.casefold() == device.casefold():
        return device
    if entity.casefold().startswith(f"{device.casefold()} "):
        return entity
    both = f"{device} {entity}"
    return both if len(both) <= LONGEST_NAME else entity


def _plain(text: str) -> str:
    """A device's own word about itself, checked like a name; may be empty."""
    if not text.strip():
        return ""
    try:
        return clean_name(text)
    except ValueError as error:
        raise PayloadError(str(error)) from error


def _spoken(announcement: Announcement) -> bool:
    enabled = announcement.data.get("enabled_by_default", True) is not False
    return enabled and announcement.text("entity_category") == ""


def _expand(data: Mapping[str, Any], base: Any = None) -> dict[str, Any]:
    """Abbreviations spelled out, and ``~`` put into topics."""
    full = _spell(data, ABBREVIATIONS)
    base = full.pop("~", base)
    if isinstance(full.get("device"), dict):
        full["device"] = _spell(full["device"], DEVICE_ABBREVIATIONS)
    sources = full.get("availability")
    if isinstance(sources, dict):
        sources = [sources]
    if isinstance(sources, list):
        full["availability"] = [
            _rebase(_spell(part, ABBREVIATIONS), base) if isinstance(part, dict) else part for part in sources
        ]
    return _rebase(full, base)


def _spell(data: Mapping[str, Any], table: Mapping[str, str]) -> dict[str, Any]:
    full = {table.get(key, key): value for key, value in data.items()}
    full.update({key: value for key, value in data.items() if key in full})  # what is spelled out wins
    return full


def _rebase(full: dict[str, Any], base: Any) -> dict[str, Any]:
    if base is None:
        return full
    if not isinstance(base, str):
        raise PayloadError(f"~ must be a topic, not {shorten(base)}")
    for key, value in full.items():
        if key.endswith("topic") and isinstance(value, str) and value:
            if value[0] == "~":
                full[key] = f"{base}{value[1:]}"
            elif value[-1] == "~":
                full[key] = f"{value[:-1]}{base}"
    return full
