"""Which devices an order means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assistant.skills import Context, Device

from .words import called

GENERIC = ("light", "lamp", "lights", "ceiling light", "main light")
"""Names, after the room's own, of the one device that "the light" means where there are several."""
EVERYTHING = ("light", "switch", "fan")
"""Kinds that "everything" means: nobody wants the blinds and the heating with it."""
HOUSE_WIDE = ("climate", "lock")
"""Kinds of which a home has few: without a place, and none in the room, those of the whole home are meant."""
SHADING = ("blind", "curtain", "shutter", "shade")
"""Covers that people confuse; "the blinds" may be shutters where there are no blinds."""
NOUNS = {"light": "light", "switch": "plug", "cover": "blind", "climate": "thermostat", "lock": "lock", "fan": "fan"}
SINGULAR = ("climate", "garage", "gate", "door", "fan")
"""Of these one is missed, of others "there are no"."""
FANS = ("fan", "fans")
"""Nouns of fans; a plug with a fan behind it is one too, as far as it is switched."""
MOST_CHOICES = 4
"""Names in the question which one is meant: more are not remembered."""
OPENINGS = {"garage": ("garage", "garage_door"), "gate": ("gate",), "window": ("window",), "door": ("door",)}


class NoTarget(Exception):
    """Nothing is meant, or nothing that exists; ``str`` is the answer."""


@dataclass(frozen=True, slots=True)
class Target:
    """What an order says about the devices it means."""

    name: str | None = None
    area: str | None = None
    floor: str | None = None
    lights: str | None = None
    """``one`` or ``many``."""
    noun: str | None = None
    """What is opened, locked or heated: ``blind``, ``garage``, ``lock``, ``climate`` ..."""
    all: bool = False
    everything: str | None = None
    """``all`` or ``else``."""
    it: bool = False
    group: str | None = None
    """Identifier of a group of the household."""
    also: str | None = None
    """A second device that is named; ``third`` one more."""
    third: str | None = None
    also_area: str | None = None
    """A second room."""
    both: bool = False
    but: str | None = None
    """A device that is left alone; ``but_also`` one more."""
    but_also: str | None = None
    but_area: str | None = None
    but_also_area: str | None = None
    but_floor: str | None = None
    but_group: str | None = None
    but_lights: str | None = None
    """Set: of that room only the lights are left alone, or without one all lights."""

    @property
    def areas(self) -> tuple[str, ...]:
        """Rooms that are named."""
        return tuple(filter(None, (self.area, self.also_area)))


async def find(ctx: Context, target: Target, kinds: tuple[str, ...]) -> list[Device]:
    """Devices of these kinds that are meant, at least one.

    Raises:
        NoTarget: none is.
    """
    devices = await ctx.home.devices()
    if target.it:
        return _latest(ctx, devices, kinds)
    if target.group is not None:
        return _members(devices, target.group)
    if target.also is not None:
        return [_known(devices, name) for name in (target.name, target.third, target.also) if name is not None]
    if target.name is not None:
        named = _known(devices, target.name)
        if target.area in (None, named.area):
            return [named]
        if any(name.lower() in ctx.text.lower() for name in (named.name, *named.aliases)):
            raise NoTarget(f"There is no {named.name.lower()} in the {target.area}.")
        # "The lamp in the bedroom": a short name, which fits a lamp elsewhere too; the room decides.
        noun = named.device_class if named.kind == "cover" else named.kind
        kinds, target = (named.kind,), Target(area=target.area, lights="one", noun=noun or None)
    wanted = _of_noun([device for device in devices if _fits(device, target, kinds)], target.noun)
    if target.everything == "else":
        wanted = [device for device in wanted if device.id not in ctx.conversation.devices]
    return await _choose(ctx, target, wanted, _kinds(target, kinds))


def _known(devices: list[Device], name: str) -> Device:
    found = next((device for device in devices if device.id == name), None)
    if found is None:
        raise NoTarget("I don't know that device.")
    return found


def _members(devices: list[Device], group: str) -> list[Device]:
    found = [device for device in devices if group in device.groups]
    if not found:
        raise NoTarget("I don't know that group.")
    return found


def _fits(device: Device, target: Target, kinds: tuple[str, ...]) -> bool:
    """Whether a device is of a kind that a group means."""
    if device.kind in _kinds(target, kinds):
        return True
    plug = device.kind == "switch" and "switch" in kinds and target.noun in FANS
    return plug and "fan" in device.name.lower().split()


def _spared(device: Device, target: Target) -> bool:
    """Whether the order leaves a device alone: "except the hall"."""
    lights = target.but_lights is None or device.kind == "light"
    placed = bool(target.but_area or target.but_also_area)
    return (
        device.id in (target.but, target.but_also)
        or (lights and placed and device.area in (target.but_area, target.but_also_area))
        or (lights and not placed and target.but_lights is not None)
        or (target.but_floor is not None and device.floor == target.but_floor)
        or target.but_group in device.groups
    )


async def _choose(ctx: Context, target: Target, wanted: list[Device], kinds: tuple[str, ...]) -> list[Device]:
    found = in_place(ctx, target, wanted)
    if not found and not _placed(target) and (len(wanted) == 1 or kinds[0] in HOUSE_WIDE):
        found = wanted
    if not found:
        raise NoTarget(_nothing(ctx, target, kinds[0], target.noun))
    found = [device for device in found if not _spared(device, target)]
    if not found:
        raise NoTarget("Nothing else is there.")
    if target.both:
        return _two(ctx, target, found)
    if len(found) == 1 or target.lights != "one" or target.all:  # "every light" is many
        return found
    said = _said(ctx)
    for main in (
        [device for device in found if device.name.lower().endswith(said)],
        [device for device in found if _short(device) in GENERIC],
    ):
        if len(main) == 1:
            return main
    if len({device.area for device in found}) == 1:
        return found
    return [await _which(ctx, found)]


def in_place(ctx: Context, target: Target, devices: Iterable[Device]) -> list[Device]:
    """Those in the place that is named, else in the source's room, else in the whole home."""
    if target.area is not None:
        return [device for device in devices if device.area in target.areas]
    if target.floor is not None:
        return [device for device in devices if device.floor == target.floor]
    if target.all or target.everything or not ctx.area:
        return list(devices)
    return [device for device in devices if device.area == ctx.area]


def place(ctx: Context, target: Target) -> str:
    """Where that is, for an answer: " in the kitchen"."""
    if target.area or (ctx.area and not _placed(target)):
        return f" in the {' and the '.join(target.areas or (ctx.area,))}"
    return f" on the {target.floor}" if target.floor else ""


def _kinds(target: Target, kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Kinds that a group means."""
    if target.everything:
        return tuple(kind for kind in EVERYTHING if kind in kinds) or kinds
    noun = "fan" if target.noun in FANS else target.noun
    if noun in kinds:
        return (noun,)
    return ("light",) if "light" in kinds and target.noun is None else kinds


def _placed(target: Target) -> bool:
    return bool(target.area or target.floor or target.all or target.everything)


def _latest(ctx: Context, devices: list[Device], kinds: tuple[str, ...]) -> list[Device]:
    found = [device for device in devices if device.id in ctx.conversation.devices and device.kind in kinds]
    if not found:
        raise NoTarget("I'm not sure what you mean.")
    return found


def _of_noun(devices: list[Device], noun: str | None) -> list[Device]:
    if noun in OPENINGS:
        exact = [device for device in devices if device.device_class in OPENINGS[noun]]
        return exact or [device for device in devices if noun in device.name.lower()]
    if noun == "awning":
        return [device for device in devices if device.device_class == noun]
    if noun in SHADING:
        exact = [device for device in devices if device.device_class == noun]
        return exact or [device for device in devices if device.device_class in (*SHADING, "")]
    return devices


def _short(device: Device) -> str:
    """The name without the room's."""
    return device.name.lower().removeprefix(device.area.lower()).strip()


def _said(ctx: Context) -> str:
    """What a light was called."""
    return "lamp" if {"lamp", "lamps"} & set(ctx.text.lower().split()) else "light"


def _two(ctx: Context, target: Target, devices: list[Device]) -> list[Device]:
    """The two that "both" means."""
    said = _said(ctx)
    so_called = [device for device in devices if device.name.lower().endswith(said)]
    for found in (devices, so_called):
        if len(found) == 2:
            return found
    if len(devices) == 1:
        raise NoTarget(f"There is only one {NOUNS['light']}{place(ctx, target)}.")
    raise NoTarget(f"There are {len(devices)} {NOUNS['light']}s{place(ctx, target)}. Which two do you mean?")


async def _which(ctx: Context, devices: list[Device]) -> Device:
    names = [called(device) for device in devices]
    if len(names) > MOST_CHOICES:
        names = [*names[:MOST_CHOICES], "another one"]
    question = f"Which one: {', '.join(names[:-1])} or {names[-1]}?"
    reply = await ctx.ask(question, [
        "[the] {name} [please]", "[the (one|light|lamp|fan)] [in] [the] {area} [(one|light|lamp|fan)]",
    ])
    for device in devices:
        if device.id == reply.slots.get("name") or (device.area and device.area == reply.slots.get("area")):
            return device
    raise NoTarget("I don't know that one.")


def _nothing(ctx: Context, target: Target, kind: str, noun: str | None) -> str:
    what = noun if noun in OPENINGS or noun in (*SHADING, "awning") else NOUNS.get(kind, "device")
    if kind in SINGULAR or noun in SINGULAR or target.lights == "one":
        return f"There is no {what}{place(ctx, target)}."
    return f"There are no {what}s{place(ctx, target)}."
