"""Fans: speed, presets, swinging, direction."""

from __future__ import annotations

from assistant.skills import Answer, Context, Device
from assistant.spoken import listed, sentence

from .actions import speed_for
from .doing import called_by, carry_out, order
from .targets import NoTarget, Target, find
from .words import Words, called, words_for

ALIKE = {"sleep": ("night",), "nature": ("natural", "breeze"), "turbo": ("boost",), "quiet": ("silent",)}
"""Other names that makers give to what people call so."""


async def set_speed(ctx: Context, percentage: int, target: Target) -> Answer:
    """A speed in percent; a fan of three speeds takes the slowest that is at least so fast, and that is said."""
    if percentage == 0:
        return await order(ctx, "TurnOff", target, ("fan",), "turn_off")
    try:
        devices = await find(ctx, target, ("fan",))
    except NoTarget as fault:
        return Answer(str(fault), "failed")
    speeds = {device.id: speed_for(device, percentage) for device in devices}
    words = words_for("set_percentage", speeds[devices[0].id])
    slots = {"percentage": percentage}
    called_so = called_by(target, devices)
    return await carry_out(ctx, "SetFanSpeed", slots, devices, "set_percentage", speeds, words, called_so)


async def set_preset(ctx: Context, preset: str, target: Target) -> Answer:
    """A preset by what people call it."""
    try:
        devices = await find(ctx, target, ("fan",))
    except NoTarget as fault:
        return Answer(str(fault), "failed")
    presets = {device.id: preset_of(device, preset) for device in devices}
    lacking = next((device for device in devices if not presets[device.id]), None)
    if lacking is not None:
        able = lacking.capabilities.get("presets") or ()
        more = f", only {listed(able)}" if able else ""
        text = f"{sentence(called(lacking))} has no {preset} mode{more}."
        return Answer(text, "refused", devices=(lacking.id,))
    words = words_for("set_preset", presets[devices[0].id])
    return await carry_out(ctx, "SetFanPreset", {"preset": preset}, devices, "set_preset", presets, words)


def preset_of(device: Device, said: str) -> str:
    """The preset of a fan that is meant; empty if it has none of the kind."""
    presets = device.capabilities.get("presets") or ()
    for word in (said, *ALIKE.get(said, ())):
        found = next((preset for preset in presets if word in preset.casefold().split()), None)
        if found is not None:
            return str(found)
    return ""


async def swing(ctx: Context, wanted: bool, target: Target) -> Answer:
    """Swinging from side to side, or not."""
    return await order(ctx, "Oscillate", target, ("fan",), "oscillate", wanted)


async def turn(ctx: Context, direction: str, target: Target) -> Answer:
    """Which way it turns; ``other`` is the way it does not turn now."""
    if direction != "other":
        return await order(ctx, "SetFanDirection", target, ("fan",), "set_direction", direction)
    try:
        devices = await find(ctx, target, ("fan",))
    except NoTarget as fault:
        return Answer(str(fault), "failed")
    ways = {
        device.id: "forward" if device.state.get("direction") == "reverse" else "reverse" for device in devices
    }
    words = Words("Reversed {}.")
    return await carry_out(ctx, "SetFanDirection", {"direction": direction}, devices, "set_direction", ways, words)
