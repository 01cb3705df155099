"""Orders that follow from the one before: the same elsewhere, and back to how it was."""

from __future__ import annotations

from typing import Any

from assistant.skills import Answer, Context, Outcome

from .actions import way_back
from .words import Words, report

OF_LIGHTS = (
    "TurnOn", "TurnOff", "Toggle", "SetBrightness", "ChangeBrightness", "SetColour", "IsOn", "WhichOn", "GetState"
)
"""What "and all the lights" may follow."""
UNSURE = Answer("I'm not sure what you mean.", "failed")


def elsewhere(ctx: Context, target: dict[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """The order before, on what is named now: its intent and slots; None where it cannot be meant."""
    memory = ctx.conversation.memory
    if "intent" not in memory:
        return None
    if "lights" in target:
        if memory["intent"] not in OF_LIGHTS:
            return None
    elif not target.get("name"):
        target = {**target, "noun": memory.get("noun")}
        if memory.get("kind") == "light" and "everything" not in target:
            target["lights"] = memory["lights"]
    slots = {key: value for key, value in memory["slots"].items() if value is not None}
    if memory.get("question") and memory["intent"] == "GetTemperature":
        target = {"area": target.get("area"), "floor": target.get("floor")}
    return memory["intent"], {**slots, **{key: value for key, value in target.items() if value}}


async def put_back(ctx: Context) -> Answer:
    """Bring the devices of the order before back to how they were."""
    before = ctx.conversation.memory.get("before", {})
    devices = await ctx.home.devices(before)
    outcomes: dict[str, Outcome] = {}
    for device in devices:
        for command, value in way_back(device, before[device.id]):
            (outcomes[device.id],) = await ctx.home.act(device.id, command, value)
    if not outcomes:
        return Answer("There is nothing to put back.", "failed")
    changed = [device for device in devices if device.id in outcomes]
    return report(changed, list(outcomes.values()), Words("Put back {}.", "so"))
