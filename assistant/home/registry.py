"""What is known of the home: the configured household and the announced devices, merged."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from assistant.errors import HomeError
from assistant.home.discovery import Announced, Discovered, describe, filters, read_announcement
from assistant.home.payload import PayloadError
from assistant.home.reports import Reports
from assistant.home.schema import Area, Device, Floor, Group, Household, find_named, slug
from assistant.home.settings import DISCOVERY_PREFIX
from assistant.home.topics import matches
from assistant.home.vocabulary import unnamed
from assistant.home.zigbee2mqtt import list_topic, read_list

MOST_DEVICES = 2_000
"""Announced devices; more is a fault or an attack."""
MOST_AREAS = 500


@dataclass(slots=True)
class Change:
    """What an announcement did."""

    added: list[Device] = field(default_factory=list)
    removed: list[Device] = field(default_factory=list)
    topics: set[str] = field(default_factory=set)
    """Topics that tell about devices that came or went."""
    problems: tuple[str, ...] = ()


class Registry:
    """Devices by identifier. A device that is configured but not announced is known and unavailable."""

    def __init__(self, household: Household, prefix: str = DISCOVERY_PREFIX, bridges: Iterable[str] = ()) -> None:
        """
        Args:
            household: what the configuration says.
            prefix: where devices announce themselves.
            bridges: base topics of Zigbee2MQTT.
        """
        self._household = household
        self._prefix = prefix
        self._bridges = {list_topic(base): base for base in bridges}
        self.filters = (*filters(prefix), *self._bridges)
        self.floors: dict[str, Floor] = {floor.name: floor for floor in household.floors}
        self.areas: dict[str, Area] = {area.name: area for area in household.areas}
        self.devices: dict[str, Device] = {device.id: _absent(device) for device in household.devices if device.kind}
        self._discovered: dict[str, Discovered] = {}
        self._announced: dict[str, tuple[bytes, tuple[str, ...]]] = {}
        self._listeners: dict[str, set[str]] = {}
        self._aside: dict[str, list[Discovered]] = {}
        self.reports = Reports()
        self.groups: dict[str, Group] = {group.id: group for group in household.groups}
        for device in household.devices:
            self._add_player(device)

    @property
    def topics(self) -> tuple[str, ...]:
        """Topics that tell about a device."""
        return tuple(self._listeners)

    def discovered(self, device: str) -> Discovered | None:
        """How to talk to a device; None if it was not announced."""
        return self._discovered.get(device)

    def listeners(self, topic: str) -> tuple[str, ...]:
        """Devices that a topic tells about."""
        return tuple(self._listeners.get(topic, ()))

    def commanded(self, topic: str) -> bool:
        """Whether a device takes orders under a topic or one above it."""
        return any(
            topic == order or topic.startswith(f"{order}/")
            for found in self._discovered.values() for order in found.entity.orders
        )

    def check_message(self, topic: str, *, announce: bool = False) -> None:
        """Look whether a message of somebody else may go to a topic.

        Args:
            announce: whether it may add and change devices.

        Raises:
            HomeError: a device takes orders there, or devices are announced there.
        """
        if self.commanded(topic):
            raise HomeError("a device takes its orders there", where=topic, mend="use the device instead: ctx.home.act")
        if not announce and any(matches(pattern, topic) for pattern in self.filters):
            raise HomeError("devices are announced there", where=topic, mend="add 'announce' to the skill's grants")

    def announce(self, topic: str, payload: bytes) -> Change | None:
        """Take an announcement; None if the topic is none."""
        digest = hashlib.blake2b(payload, digest_size=16).digest()
        known = self._announced.get(topic)
        if known is not None and known[0] == digest:
            return Change()
        announced = self._read(topic, payload)
        if announced is None:
            return None
        change = Change(problems=announced.problems)
        if announced.problems and not announced.devices and known is not None:
            return change  # what was right before stays: one broken message takes no device away
        earlier = self._forget(topic, announced, change)
        for found in announced.devices:
            before = earlier.get(self._configured(found).id)
            if before is not None:
                found.availability.inherit(before.availability)
        kept = tuple(device for found in announced.devices if (device := self._take(topic, found, change)))
        if kept or topic in self._bridges:
            self._announced[topic] = digest, kept
        self._bring_back(topic, change)
        self.reports.note(topic, change.problems)
        return change

    def _read(self, topic: str, payload: bytes) -> Announced | None:
        if topic in self._bridges:
            return read_list(self._bridges[topic], payload)
        return read_announcement(self._prefix, topic, payload)

    # ---- one device, told of by itself and by its bridge

    def _take(self, topic: str, found: Discovered, change: Change) -> str | None:
        """Add a device, unless what is known of it already comes first; then it waits."""
        twin = self._twin(found)
        if twin is None or twin.bridge == found.bridge:
            return self._add(found, change)
        if found.bridge:
            self._aside.setdefault(topic, []).append(found)
            return None
        known = self._configured(twin).id
        for other, (digest, devices) in self._announced.items():
            if known in devices:
                self._announced[other] = digest, tuple(device for device in devices if device != known)
                self._aside.setdefault(other, []).append(twin)
        self._drop(known, change)
        if known != self._configured(found).id:
            change.removed.append(self.devices.pop(known))
        return self._add(found, change)

    def _twin(self, found: Discovered) -> Discovered | None:
        """The same device, told of in another way: the same identifier, or it takes its orders at the same place."""
        same = self._discovered.get(self._configured(found).id)
        if same is not None:
            return same
        signature = found.entity.signature
        others = (other for other in self._discovered.values() if other.bridge != found.bridge)
        return next((other for other in others if other.entity.signature == signature), None)

    def _bring_back(self, topic: str, change: Change) -> None:
        """Devices that were left to an announcement which is gone are known by their bridge again."""
        for bridge, waiting in self._aside.items():
            free = [found for found in waiting if self._twin(found) is None] if bridge != topic else []
            for found in free:
                waiting.remove(found)
                added = self._add(found, change)
                if added is not None:
                    digest, devices = self._announced[bridge]
                    self._announced[bridge] = digest, (*devices, added)
                    change.removed = [device for device in change.removed if device.id != added]

    # ---- what is known

    def _forget(self, topic: str, announced: Announced, change: Change) -> dict[str, Discovered]:
        """Drop the devices a topic announced before, and give them; those announced again keep their state."""
        dropped: dict[str, Discovered] = {}
        _, devices = self._announced.pop(topic, (b"", ()))
        self._aside.pop(topic, None)
        staying = {self._configured(found).id for found in announced.devices}
        for device in devices:
            dropped[device] = self._drop(device, change)
            if device in staying:
                continue
            change.removed.append(self.devices.pop(device))
            declared = self._household.device(device)
            if declared is not None and declared.kind:
                self.devices[device] = _absent(declared)
        return dropped

    def _drop(self, device: str, change: Change) -> Discovered:
        """Hear of a device no more."""
        found = self._discovered.pop(device)
        for told in {*found.entity.topics, *found.availability.topics}:
            self._listeners[told].discard(device)
            if not self._listeners[told]:
                del self._listeners[told]
            change.topics.add(told)
        return found

    def _add_player(self, device: Device) -> None:
        """A player whose topics the household's file names."""
        if device.mqtt is None:
            return
        settings = {
            key: value for key, value in device.mqtt.model_dump().items()
            if value is not None or key.startswith("payload_")
        }
        told = {"unique_id": device.id, "name": device.name}
        self._add(describe(device.kind, device.id, settings | told), Change())

    def _add(self, found: Discovered, change: Change) -> str | None:
        device = self._configured(found)
        if device.id in self._discovered:
            change.problems += (f"{device.id!r} is announced twice; the first is kept",)
            return None
        if len(self._discovered) >= MOST_DEVICES:
            change.problems += (f"there are {MOST_DEVICES} devices already",)
            return None
        before = self.devices.get(device.id)
        device = device.model_copy(update={
            "state": before.state if before else {}, "available": found.availability.available,
            "area": self._area(device.area),
        })
        self._discovered[device.id] = found
        self.devices[device.id] = device
        topics = {*found.entity.topics, *found.availability.topics}
        for topic in topics:
            self._listeners.setdefault(topic, set()).add(device.id)
        change.topics |= topics
        problems = [*found.problems, *filter(None, [unnamed(device)])]
        change.problems += tuple(f"{device.name}: {problem}" for problem in problems)
        change.added.append(device)
        return device.id

    def _configured(self, found: Discovered) -> Device:
        """The device with what the household says about it: name, aliases, area, class; and a plug may be a lamp."""
        own = found.device
        declared = self._declared(found)
        if declared is None:
            return own
        lamp = own.kind == "switch" and declared.kind == "light"
        return own.model_copy(update={
            "id": declared.id, "name": declared.name, "aliases": declared.aliases, "area": declared.area or own.area,
            "device_class": declared.device_class or own.device_class, "spoken": declared.spoken,
            "kind": "light" if lamp else own.kind,
        })

    def _declared(self, found: Discovered) -> Device | None:
        devices = self._household.devices
        by_id = (one for one in devices if one.id in (found.device.id, found.object_id))
        name = found.device.name.casefold()
        by_name = (
            one for one in devices
            if one.id == slug(one.name) and one.kind in ("", found.device.kind) and one.name.casefold() == name
        )
        return next(by_id, None) or next(by_name, None)

    def _area(self, name: str) -> str:
        if not name:
            return ""
        known = find_named(name, self.areas.values())
        if known is None and len(self.areas) >= MOST_AREAS:
            return ""
        if known is None:
            known = self.areas[name] = Area(name=name)
        return known.name

    def read(self, device: str, topic: str, payload: bytes) -> tuple[dict[str, Any], str]:
        """What a message says about a device's state, and what is wrong with it, if anything."""
        found = self._discovered[device]
        try:
            found.availability.read(topic, payload)
            return found.entity.read(topic, payload), ""
        except PayloadError as error:
            return {}, str(error)

    def update(self, device: str, state: Mapping[str, Any]) -> bool:
        """Note a state; True if anything is new."""
        known, found = self.devices[device], self._discovered[device]
        merged = {**known.state, **state}
        available = found.availability.available
        if merged == known.state and available == known.available:
            return False
        self.devices[device] = known.model_copy(update={"state": merged, "available": available})
        return True

    def forget_availability(self) -> tuple[str, ...]:
        """Count no device as there that does not say so again; gives those for which that is news."""
        for found in self._discovered.values():
            found.availability.forget()
        return tuple(device for device in self._discovered if self.update(device, {}))


def _absent(device: Device) -> Device:
    return device.model_copy(update={"state": {}, "available": False})
