"""Lights, plugs, fans, blinds, heating, locks, scenes: orders, questions, and what follows from the order before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assistant.skills import Answer, Context, Skill, intent

from . import asking, fans, follow, steps
from .doing import order, set_it
from .targets import Target

SWITCHED = ("light", "switch", "climate", "fan")
KINDS = ("light", "switch", "cover", "climate", "lock", "fan", "sensor", "binary_sensor")


class Home(Skill):
    """The home."""

    # Orders.

    @intent("TurnOn")
    async def turn_on(self, ctx: Context, **target: Any) -> Answer:
        return await order(ctx, "TurnOn", _meant(target), SWITCHED, "turn_on")

    @intent("TurnOff")
    async def turn_off(self, ctx: Context, **target: Any) -> Answer:
        return await order(ctx, "TurnOff", _meant(target), SWITCHED, "turn_off")

    @intent("Toggle")
    async def toggle(self, ctx: Context, **target: Any) -> Answer:
        return await order(ctx, "Toggle", _meant(target), ("light", "switch", "cover", "fan"), "toggle")

    @intent("SetBrightness")
    async def set_brightness(self, ctx: Context, brightness: int, **target: Any) -> Answer:
        meant = _meant(target)
        if meant.it:
            return await set_it(ctx, meant, brightness)
        if brightness == 0:
            return await order(ctx, "TurnOff", meant, ("light",), "turn_off")
        return await order(ctx, "SetBrightness", meant, ("light",), "set_brightness", brightness)

    @intent("ChangeBrightness")
    async def change_brightness(
        self, ctx: Context, direction: str, amount: int | None = None, **target: Any
    ) -> Answer:
        return await steps.brighter(ctx, direction, amount, Target(**{"lights": "many", **target}))

    @intent("SetColour")
    async def set_colour(self, ctx: Context, colour: str, **target: Any) -> Answer:
        return await order(ctx, "SetColour", _meant(target), ("light",), "set_colour", colour)

    @intent("SetFanSpeed")
    async def set_fan_speed(self, ctx: Context, percentage: int, **target: Any) -> Answer:
        return await fans.set_speed(ctx, percentage, _meant(target))

    @intent("ChangeFanSpeed")
    async def change_fan_speed(
        self, ctx: Context, direction: str, amount: int | None = None, **target: Any
    ) -> Answer:
        return await steps.faster(ctx, direction, amount, _meant(target))

    @intent("SetFanPreset")
    async def set_fan_preset(self, ctx: Context, preset: str, **target: Any) -> Answer:
        return await fans.set_preset(ctx, preset, _meant(target))

    @intent("Oscillate")
    async def oscillate(self, ctx: Context, wanted: bool, **target: Any) -> Answer:
        return await fans.swing(ctx, wanted, _meant(target))

    @intent("SetFanDirection")
    async def set_fan_direction(self, ctx: Context, direction: str, **target: Any) -> Answer:
        return await fans.turn(ctx, direction, _meant(target))

    @intent("Activate")
    async def activate(self, ctx: Context, **target: Any) -> Answer:
        return await order(ctx, "Activate", _meant(target), ("scene",), "activate")

    @intent("Open")
    async def open(self, ctx: Context, **target: Any) -> Answer:
        return await order(ctx, "Open", _meant(target), ("cover",), "open")

    @intent("Close")
    async def close(self, ctx: Context, **target: Any) -> Answer:
        return await order(ctx, "Close", _meant(target), ("cover",), "close")

    @intent("SetPosition")
    async def set_position(self, ctx: Context, position: int, **target: Any) -> Answer:
        return await order(ctx, "SetPosition", _meant(target), ("cover",), "set_position", position)

    @intent("StopMoving")
    async def stop_moving(self, ctx: Context, **target: Any) -> Answer:
        return await order(ctx, "StopMoving", _meant(target), ("cover",), "stop")

    @intent("Lock")
    async def lock(self, ctx: Context, **target: Any) -> Answer:
        return await order(ctx, "Lock", _meant(target), ("lock",), "lock")

    @intent("Unlock")
    async def unlock(self, ctx: Context, **target: Any) -> Answer:
        meant = _meant(target)
        if meant.noun == "lock":  # "the door": one, and it must be clear which
            meant = replace(meant, lights="one")
        return await order(ctx, "Unlock", meant, ("lock",), "unlock")

    @intent("SetTemperature")
    async def set_temperature(self, ctx: Context, temperature: float, **target: Any) -> Answer:
        return await order(ctx, "SetTemperature", _meant(target), ("climate",), "set_temperature", temperature)

    @intent("ChangeTemperature")
    async def change_temperature(
        self, ctx: Context, direction: str, amount: float | None = None, **target: Any
    ) -> Answer:
        return await steps.warmer(ctx, direction, amount, _meant(target))

    @intent("SetMode")
    async def set_mode(self, ctx: Context, mode: str, **target: Any) -> Answer:
        return await order(ctx, "SetMode", _meant(target), ("climate",), "set_mode", mode)

    # What follows from the order before.

    @intent("Again")
    async def again(self, ctx: Context, **target: Any) -> Answer:
        found = follow.elsewhere(ctx, target)
        if found is None:
            return follow.UNSURE
        orders: dict[str, Any] = self.handlers()
        answer: Answer = await orders[found[0]](ctx, **found[1])
        return answer

    @intent("Correct")
    async def correct(self, ctx: Context, **target: Any) -> Answer:
        found = follow.elsewhere(ctx, target)
        if found is None:
            return follow.UNSURE
        back = await follow.put_back(ctx)
        orders: dict[str, Any] = self.handlers()
        answer: Answer = await orders[found[0]](ctx, **found[1])
        return replace(answer, text=f"{answer.text} {back.text}") if back.outcome == "done" else answer

    @intent("PutBack")
    async def put_back(self, ctx: Context, it: bool = True) -> Answer:
        return await follow.put_back(ctx)

    # Questions.

    @intent("GetTemperature")
    async def get_temperature(
        self, ctx: Context, area: str | None = None, floor: str | None = None, also_area: str | None = None
    ) -> Answer:
        return await asking.temperatures(ctx, [area, also_area] if also_area else [area], floor)

    @intent("GetSetpoint")
    async def get_setpoint(self, ctx: Context, **target: Any) -> Answer:
        return await asking.ask(ctx, "GetSetpoint", _meant(target), ("climate",), {})

    @intent("GetState")
    async def get_state(self, ctx: Context, **target: Any) -> Answer:
        return await asking.ask(ctx, "GetState", _meant(target), KINDS, {})

    @intent("IsOn")
    async def is_on(self, ctx: Context, wanted: str, **target: Any) -> Answer:
        return await asking.ask(ctx, "IsOn", _meant(target), (*SWITCHED, "binary_sensor"), {"wanted": wanted})

    @intent("WhichOn")
    async def which_on(self, ctx: Context, wanted: str, **target: Any) -> Answer:
        target = {"all": not ctx.area, **target}
        return await asking.ask(ctx, "WhichOn", _meant(target), ("light",), {"wanted": wanted})

    @intent("IsOpen")
    async def is_open(self, ctx: Context, wanted: str, **target: Any) -> Answer:
        return await asking.ask(ctx, "IsOpen", _meant(target), ("cover", "binary_sensor"), {"wanted": wanted})

    @intent("IsLocked")
    async def is_locked(self, ctx: Context, wanted: str = "locked", **target: Any) -> Answer:
        return await asking.ask(ctx, "IsLocked", _meant(target), ("lock",), {"wanted": wanted})

    @intent("IsMotion")
    async def is_motion(
        self, ctx: Context, area: str | None = None, floor: str | None = None, also_area: str | None = None
    ) -> Answer:
        return await asking.motion(ctx, Target(area=area, floor=floor, also_area=also_area))


def _meant(target: dict[str, Any]) -> Target:
    """What the slots say of the devices; "the fan" is one, as "the light" is."""
    meant = Target(**target)
    return replace(meant, lights="one") if meant.noun == "fan" and not meant.all else meant
