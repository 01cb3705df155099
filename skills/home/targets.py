"""Which devices an order means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assistant.skills import Context, Device

GENERIC = ("light", "lamp", "lights", "ceiling light", "main light")
"""Names, after the room's own, of the one device that "the light" means where there are several."""
EVERYTHING = ("light", "switch")
"""Kinds that "everything" means: nobody wants the blinds and the heating with it."""
HOUSE_WIDE = ("climate", "lock")
"""Kinds of which a home has few: without a place, and none in the room, those of the whole home are meant."""
SHADING = ("blind", "curtain", "shutter", "shade")
"""Covers that people confuse; "the blinds" may be shutters where there are no blinds."""
NOUNS = {"light": "light", "switch": "plug", "cover": "blind", "climate": "thermostat", "lock": "lock"}
SINGULAR = ("climate", "garage", "gate", "door")
"""Of these one is missed, of others "there are no"."""
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


async def find(ctx: Context, target: Target, kinds: tuple[str, ...]) -> list[Device]:
    """Devices of these kinds that are meant, at least one.

    Raises:
        NoTarget: none is.
    """
    devices = await ctx.home.devices()
    if target.it:
        return _latest(ctx, devices, kinds)
    if target.name is not None:
        named = next((device for device in devices if device.id == target.name), None)
        if named is None:
            raise NoTarget("I don't know that device.")
        if target.area in (None, named.area):
            return [named]
        if any(name.lower() in ctx.text.lower() for name in (named.name, *named.aliases)):
            raise NoTarget(f"There is no {named.name.lower()} in the {target.area}.")
        # "The lamp in the bedroom": a short name, which fits a lamp elsewhere too; the room decides.
        noun = named.device_class if named.kind == "cover" else named.kind
        kinds, target = (named.kind,), Target(area=target.area, lights="one", noun=noun or None)
    kinds = _kinds(target, kinds)
    wanted = [device for device in devices if device.kind in kinds]
    wanted = _of_noun(wanted, target.noun)
    if target.everything == "else":
        wanted = [device for device in wanted if device.id not in ctx.conversation.devices]
    return await _choose(ctx, target, wanted, kinds)


async def _choose(ctx: Context, target: Target, wanted: list[Device], kinds: tuple[str, ...]) -> list[Device]:
    found = in_place(ctx, target, wanted)
    if not found and not _placed(target) and (len(wanted) == 1 or kinds[0] in HOUSE_WIDE):
        found = wanted
    if not found:
        raise NoTarget(_nothing(ctx, target, kinds[0], target.noun))
    if len(found) == 1 or target.lights != "one":
        return found
    said = "lamp" if "lamp" in ctx.text.lower().split() else "light"
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
        return [device for device in devices if device.area == target.area]
    if target.floor is not None:
        return [device for device in devices if device.floor == target.floor]
    if target.all or target.everything or not ctx.area:
        return list(devices)
    return [device for device in devices if device.area == ctx.area]


def place(ctx: Context, target: Target) -> str:
    """Where that is, for an answer: " in the kitchen"."""
    if target.area or (ctx.area and not _placed(target)):
        return f" in the {target.area or ctx.area}"
    return f" on the {target.floor}" if target.floor else ""


def _kinds(target: Target, kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Kinds that a group means."""
    if target.everything:
        return tuple(kind for kind in EVERYTHING if kind in kinds) or kinds
    if target.noun in kinds:
        return (target.noun,)
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


async def _which(ctx: Context, devices: list[Device]) -> Device:
    reply = await ctx.ask("Which one?", ["[the] {name} [please]", "[the (one|light)] [in] [the] {area} [(one|light)]"])
    slots = {} if reply is None else reply.slots
    for device in devices:
        if device.id == slots.get("name") or (device.area and device.area == slots.get("area")):
            return device
    raise NoTarget("Okay, never mind." if reply is None else "I don't know that one.")


def _nothing(ctx: Context, target: Target, kind: str, noun: str | None) -> str:
    what = noun if noun in OPENINGS or noun in (*SHADING, "awning") else NOUNS.get(kind, "device")
    if kind in SINGULAR or noun in SINGULAR or target.lights == "one":
        return f"There is no {what}{place(ctx, target)}."
    return f"There are no {what}s{place(ctx, target)}."
