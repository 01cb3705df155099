"""The words of the household for the grammar: what each device, area and floor may be called."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Protocol

from assistant.grammar.base import Value
from assistant.home.schema import Area, Device, Floor, Group

Context = dict[str, str | bool]

_UNSAID = re.compile(r"[^\w\s'&%.+-]|_")
_MARK = re.compile(r"(?<!\d)[.+-]|[.+-](?!\d)")


class Named(Protocol):
    """What has devices, areas, floors and groups: ``Home``."""

    @property
    def devices(self) -> Mapping[str, Device]: ...

    @property
    def areas(self) -> Mapping[str, Area]: ...

    @property
    def floors(self) -> Mapping[str, Floor]: ...

    @property
    def groups(self) -> Mapping[str, Group]: ...


def vocabulary(home: Named) -> dict[str, list[Value]]:
    """The lists ``name``, ``area`` and ``floor`` that Home Assistant's sentences ask for, and ``group``.

    ``name``: the value is the device's identifier; its context holds ``domain`` (the kind), ``area`` and
    ``device_class``. A short form ("light" for the kitchen light) has ``within``, its area, too: it means that device
    only in orders that name the area or come from it. ``area`` and ``floor``: the value is the name. ``group``: the
    value is the group's identifier, its ``domain`` the kind of its devices, or ``group`` where they are of several.
    Whatever is or has lights tells whether one of them is ``dimmable`` and ``coloured``.
    """
    devices = [device for device in home.devices.values() if device.spoken]
    areas, floors = home.areas, home.floors
    return {
        "name": [*_full_names(devices), *_short_names(devices, areas)],
        "area": _distinct(
            Value(said, area.name, _of_area(area, devices))
            for area in areas.values() for said in _said(area.name, *area.aliases)
        ),
        "floor": _distinct(
            Value(said, floor.name, _of_floor(floor, areas, devices))
            for floor in floors.values() for said in _said(floor.name, *floor.aliases)
        ),
        "group": _distinct(
            Value(said, group.id, {"domain": _kind_of(group, devices), **_lamps(filter(group.holds, devices))})
            for group in home.groups.values() if any(map(group.holds, devices))
            for said in _said(group.name, *group.aliases)
        ),
    }


def speakable(name: str) -> str:
    """A name as words: no brackets, bars or other signs that mean something in a template; empty if nothing is left."""
    words = _UNSAID.sub(" ", name.replace("&", " and ").replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    words = " ".join(_MARK.sub(" ", words).split())
    return words if any(character.isalnum() for character in words) else ""


def unnamed(device: Device) -> str:
    """Why a device cannot be called by any of its names; empty if it can."""
    if not device.spoken or any(map(speakable, (device.name, *device.aliases))):
        return ""
    return f"its name '{device.name}' holds no word, so nobody can call it; give it an alias in the household's file"


def _kind_of(group: Group, devices: Iterable[Device]) -> str:
    kinds = {device.kind for device in devices if group.holds(device)}
    return kinds.pop() if len(kinds) == 1 else "group"


def _said(*names: str) -> Iterable[str]:
    return filter(None, map(speakable, names))


def _full_names(devices: Iterable[Device]) -> list[Value]:
    return _distinct(
        Value(said, device.id, _context(device)) for device in devices for said in _said(device.name, *device.aliases)
    )


def _short_names(devices: Iterable[Device], areas: Mapping[str, Area]) -> list[Value]:
    """Names without the area's own words, where that leaves one device of the area."""
    short = [
        (said, device)
        for device in devices if device.area
        for said in dict.fromkeys(_without_area(device, areas.get(device.area)))
    ]
    full = {(said.casefold(), device.area) for device in devices for said in _said(device.name, *device.aliases)}
    count = Counter((said.casefold(), device.area) for said, device in short)
    return _distinct(
        Value(said, device.id, {**_context(device), "within": device.area})
        for said, device in short
        if count[said.casefold(), device.area] == 1 and (said.casefold(), device.area) not in full
    )


def _without_area(device: Device, area: Area | None) -> Iterable[str]:
    places = [] if area is None else list(_said(area.name, *area.aliases))
    for said in _said(device.name, *device.aliases):
        for place in places:
            rest = " ".join(re.sub(rf"(?i)\b{re.escape(place)}\b", " ", said).split())
            if rest and rest.casefold() != said.casefold():
                yield rest


def _context(device: Device) -> Context:
    context = {"domain": device.kind, "area": device.area, "device_class": device.device_class}
    return {**{key: value for key, value in context.items() if value}, **_lamps([device])}


def _of_area(area: Area, devices: Iterable[Device]) -> Context:
    lamps = _lamps(device for device in devices if device.area == area.name)
    return {"floor": area.floor, **lamps} if area.floor else lamps


def _of_floor(floor: Floor, areas: Mapping[str, Area], devices: Iterable[Device]) -> Context:
    inside = {area.name for area in areas.values() if area.floor == floor.name}
    return _lamps(device for device in devices if device.area in inside)


def _lamps(devices: Iterable[Device]) -> Context:
    """What some light among these can do; empty where there is none."""
    able = [device.capabilities for device in devices if device.kind == "light"]
    if not able:
        return {}
    coloured = any(each.colour or each.kelvin is not None for each in able)
    return {"dimmable": any(each.brightness for each in able), "coloured": coloured}


def _distinct(values: Iterable[Value]) -> list[Value]:
    """Without doubles: the same words for the same thing."""
    seen: dict[tuple[str, str, bool], Value] = {}
    for value in values:
        seen.setdefault((value.said.casefold(), str(value.value), "within" in value.context), value)
    return list(seen.values())
