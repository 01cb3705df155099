"""Finding the devices that a question is about, and answering it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.skills import Answer, Context, Device

from .actions import measured, memory_of
from .questions import describe, which, yes_no
from .targets import NoTarget, Target, find, in_place, place
from .words import degrees

PEOPLE = ("motion", "occupancy", "presence")


async def ask(
    ctx: Context, name: str, target: Target, kinds: tuple[str, ...], slots: Mapping[str, str]
) -> Answer:
    """Answer a question about the devices meant."""
    try:
        found = await find(ctx, target, kinds)
    except NoTarget as fault:
        return Answer(str(fault), "failed")
    devices = [device for device in found if device.kind == found[0].kind]
    answer = _reply(name, devices, slots.get("wanted", ""), target.all or target.both)
    return replace(answer, remember={**memory_of(name, slots, devices), "before": {}, "question": True})


async def temperatures(ctx: Context, areas: Sequence[str | None], floor: str | None) -> Answer:
    """How warm it is somewhere, or in each of two rooms."""
    answers = [await temperature(ctx, area, floor) for area in areas]
    text = " ".join(answer.text for answer in answers)
    devices = tuple(device for answer in answers for device in answer.devices)
    best = next((answer for answer in answers if answer.outcome == "info"), answers[0])
    return replace(best, text=text, devices=devices)


async def temperature(ctx: Context, area: str | None, floor: str | None) -> Answer:
    """How warm it is somewhere."""
    devices = await ctx.home.devices()
    thermometers = [device for device in devices if measured(device) is not None]
    target = Target(area=area, floor=floor)
    found = in_place(ctx, target, thermometers)
    if not found and not area and not floor:
        found = thermometers
    if not found:
        return Answer(f"I can't measure the temperature{place(ctx, target)}.", "failed")
    best = min(found, key=lambda device: device.kind != "sensor")
    where = f" in the {best.area}" if best.area else ""
    remember = {"intent": "GetTemperature", "slots": {}, "question": True}
    text = f"It's {degrees(measured(best) or 0.0)}{where}."
    return Answer(text, "info", devices=(best.id,), remember=remember)


async def motion(ctx: Context, target: Target) -> Answer:
    """Whether somebody moves somewhere."""
    sensors = [
        device for device in in_place(ctx, target, await ctx.home.devices(kind="binary_sensor"))
        if device.device_class in PEOPLE
    ]
    if not sensors:
        return Answer(f"I can't see{place(ctx, target)}.", "failed")
    seen = any(device.state.get("on") for device in sensors)
    return Answer(f"{'Yes, there is' if seen else 'No, there is no'} motion{place(ctx, target)}.", "info")


def _reply(name: str, devices: Sequence[Device], wanted: str, every: bool) -> Answer:
    if name == "WhichOn":
        return which(devices, wanted == "on")
    if name == "IsOn":
        return yes_no(devices, "on", wanted == "on", wanted, "off" if wanted == "on" else "on", every)
    if name == "IsOpen":
        key = "on" if devices[0].kind == "binary_sensor" else "open"
        return yes_no(devices, key, wanted == "open", wanted, "closed" if wanted == "open" else "open", every)
    if name == "IsLocked":
        other = "unlocked" if wanted == "locked" else "locked"
        return yes_no(devices, "locked", wanted == "locked", wanted, other, every)
    return Answer(" ".join(describe(device) for device in devices), "info", devices=tuple(d.id for d in devices))
