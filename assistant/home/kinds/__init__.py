"""How each kind of device is read and told: one module per kind."""

from __future__ import annotations

from assistant.home.announcement import Announcement
from assistant.home.kinds.climate import Climate
from assistant.home.kinds.cover import Cover
from assistant.home.kinds.entity import Entity, Message, Plan, Refused
from assistant.home.kinds.fan import Fan
from assistant.home.kinds.json_light import JsonLight
from assistant.home.kinds.light import Light
from assistant.home.kinds.lock import Lock
from assistant.home.kinds.media_player import MediaPlayer
from assistant.home.kinds.scene import Scene
from assistant.home.kinds.sensor import BinarySensor, Sensor
from assistant.home.kinds.switch import Switch
from assistant.home.payload import PayloadError, shorten

__all__ = ["KINDS", "Entity", "Message", "Plan", "Refused", "make_entity"]

KINDS: dict[str, type[Entity]] = {
    "light": Light, "switch": Switch, "cover": Cover, "climate": Climate, "lock": Lock, "sensor": Sensor,
    "binary_sensor": BinarySensor, "fan": Fan, "scene": Scene, "media_player": MediaPlayer,
}


def make_entity(kind: str, announcement: Announcement) -> Entity:
    """The entity that a checked announcement describes.

    Raises:
        PayloadError: a setting is missing or wrong.
    """
    schema = announcement.text("schema", "default") or "default"
    if kind == "light" and schema == "json":
        return JsonLight(announcement)
    if kind == "light" and schema not in ("default", "basic"):
        raise PayloadError(f"lights of the schema {shorten(schema)} are not understood")
    return KINDS[kind](announcement)
