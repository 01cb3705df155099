"""Orders that go on from how things are: brighter, warmer, faster."""

from __future__ import annotations

from typing import Any

from assistant.skills import Answer, Context, Device
from assistant.spoken import sentence

from .actions import SPEED_STEP, level, next_speed
from .doing import called_by, carry_out
from .questions import unknown
from .targets import NoTarget, Target, find, place
from .words import Words, be, called, named, words_for

WARMER = 1.0
"""Degrees of "warmer"."""
STEP = 20
"""Percent by which "brighter" changes a light."""


async def brighter(ctx: Context, direction: str, amount: int | None, target: Target) -> Answer:
    """Lights step by step. Of a room, or of "it", only those that are on: nobody wants the others lit."""
    try:
        devices = await find(ctx, target, ("light", "climate", "fan") if target.it else ("light",))
    except NoTarget as fault:
        return Answer(str(fault), "failed")
    if devices[0].kind == "climate":
        return await warmer(ctx, direction, None, target)
    if devices[0].kind == "fan":
        return await faster(ctx, direction, amount, target)
    if target.name is None:
        lit = [device for device in devices if device.state.get("on")]
        if not lit:
            return dark(ctx, devices, target)
        devices = lit
    up = direction == "up"
    levels = {device.id: level(device, (amount or STEP) if up else -(amount or STEP)) for device in devices}
    words = Words("Brightened {}." if up else "Dimmed {}.", "as bright as can be" if up else "dimmed or off")
    slots = {"direction": direction, "amount": amount}
    called = called_by(target, devices)
    return await carry_out(ctx, "ChangeBrightness", slots, devices, "set_brightness", levels, words, called)


def dark(ctx: Context, devices: list[Device], target: Target) -> Answer:
    """The answer where nothing is on that could be made brighter or faster."""
    ids = tuple(device.id for device in devices)
    silent = next((device for device in devices if device.state.get("on") is None), None)
    if silent is not None:
        return Answer(unknown(silent), "failed", devices=ids)
    if len(devices) == 1 or target.it or target.group:
        return Answer(f"{sentence(named(devices))} {be(devices)} off.", "refused", devices=ids)
    thing = "lights" if devices[0].kind == "light" else "fans"
    return Answer(f"The {thing}{place(ctx, target)} are all off.", "refused", devices=ids)


async def warmer(ctx: Context, direction: str, amount: float | None, target: Target) -> Answer:
    """Thermostats step by step."""
    try:
        devices = await find(ctx, target, ("climate",))
    except NoTarget as fault:
        return Answer(str(fault), "failed")
    step = (amount or WARMER) * (1 if direction == "up" else -1)
    if any(device.state.get("temperature") is None for device in devices):
        return Answer(unknown(devices[0]), "failed")
    goals = {device.id: device.state["temperature"] + step for device in devices}
    slots = {"direction": direction, "amount": amount}
    words = words_for("set_temperature", goals[devices[0].id])
    return await carry_out(ctx, "ChangeTemperature", slots, devices, "set_temperature", goals, words)


async def faster(ctx: Context, direction: str, amount: int | None, target: Target) -> Answer:
    """Fans step by step; one that stands still stays so."""
    try:
        devices = await find(ctx, target, ("fan",))
    except NoTarget as fault:
        return Answer(str(fault), "failed")
    running = [device for device in devices if device.state.get("on")]
    if not running:
        return dark(ctx, devices, target)
    if not all(device.capabilities.get("speeds") for device in running):
        stiff = next(device for device in running if not device.capabilities.get("speeds"))
        return Answer(f"The speed of {called(stiff)} can't be set.", "refused", devices=(stiff.id,))
    sign = 1 if direction == "up" else -1
    speeds = {device.id: next_speed(device, sign * (amount or SPEED_STEP)) for device in running}
    limit = "as fast as can be" if direction == "up" else "as slow as can be"
    slots: dict[str, Any] = {"direction": direction, "amount": amount}
    words = Words(f"Set {{}} to {next(iter(speeds.values()))} percent.", limit)
    if len(set(speeds.values())) > 1:
        words = Words("Sped up {}." if sign > 0 else "Slowed down {}.", limit)
    return await carry_out(ctx, "ChangeFanSpeed", slots, running, "set_percentage", speeds, words)
