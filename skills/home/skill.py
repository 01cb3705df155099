"""Lights, plugs, blinds, heating, locks: orders, questions, and what follows from the order before."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from assistant.skills import Answer, Context, Device, Outcome, Skill, intent

from .actions import KEYS, WANTED, level, measured, memory_of, out_of_range, toggled, way_back
from .questions import describe, unknown, which, yes_no
from .targets import NoTarget, Target, find, in_place, place
from .words import Words, degrees, expected, report, words_for

SWITCHED = ("light", "switch", "climate")
KINDS = ("light", "switch", "cover", "climate", "lock", "sensor", "binary_sensor")
OF_LIGHTS = (
    "TurnOn", "TurnOff", "Toggle", "SetBrightness", "ChangeBrightness", "SetColour", "IsOn", "WhichOn", "GetState"
)
"""What "and all the lights" may follow."""
WARMER = 1.0
"""Degrees of "warmer"."""
STEP = 20
"""Percent by which "brighter" changes a light."""


class Home(Skill):
    """The home."""

    # Orders.

    @intent("TurnOn")
    async def turn_on(self, ctx: Context, **target: Any) -> Answer:
        return await self._order(ctx, "TurnOn", Target(**target), SWITCHED, "turn_on")

    @intent("TurnOff")
    async def turn_off(self, ctx: Context, **target: Any) -> Answer:
        return await self._order(ctx, "TurnOff", Target(**target), SWITCHED, "turn_off")

    @intent("Toggle")
    async def toggle(self, ctx: Context, **target: Any) -> Answer:
        return await self._order(ctx, "Toggle", Target(**target), ("light", "switch", "cover"), "toggle")

    @intent("SetBrightness")
    async def set_brightness(self, ctx: Context, brightness: int, **target: Any) -> Answer:
        meant = Target(**target)
        if meant.it:
            return await self._set_it(ctx, meant, brightness)
        if brightness == 0:
            return await self._order(ctx, "TurnOff", meant, ("light",), "turn_off")
        return await self._order(ctx, "SetBrightness", meant, ("light",), "set_brightness", brightness)

    @intent("ChangeBrightness")
    async def change_brightness(
        self, ctx: Context, direction: str, amount: int | None = None, **target: Any
    ) -> Answer:
        meant = Target(**{"lights": "many", **target})
        try:
            devices = await find(ctx, meant, ("light", "climate") if meant.it else ("light",))
        except NoTarget as fault:
            return Answer(str(fault), "failed")
        if devices[0].kind == "climate":
            return await self.change_temperature(ctx, direction, **target)
        up = direction == "up"
        levels = {device.id: level(device, (amount or STEP) if up else -(amount or STEP)) for device in devices}
        words = Words("Brightened {}." if up else "Dimmed {}.", "as bright as can be" if up else "dimmed or off")
        slots = {"direction": direction, "amount": amount}
        return await self._carry_out(ctx, "ChangeBrightness", slots, devices, "set_brightness", levels, words)

    @intent("SetColour")
    async def set_colour(self, ctx: Context, colour: str, **target: Any) -> Answer:
        return await self._order(ctx, "SetColour", Target(**target), ("light",), "set_colour", colour)

    @intent("Open")
    async def open(self, ctx: Context, **target: Any) -> Answer:
        return await self._order(ctx, "Open", Target(**target), ("cover",), "open")

    @intent("Close")
    async def close(self, ctx: Context, **target: Any) -> Answer:
        return await self._order(ctx, "Close", Target(**target), ("cover",), "close")

    @intent("SetPosition")
    async def set_position(self, ctx: Context, position: int, **target: Any) -> Answer:
        return await self._order(ctx, "SetPosition", Target(**target), ("cover",), "set_position", position)

    @intent("StopMoving")
    async def stop_moving(self, ctx: Context, **target: Any) -> Answer:
        return await self._order(ctx, "StopMoving", Target(**target), ("cover",), "stop")

    @intent("Lock")
    async def lock(self, ctx: Context, **target: Any) -> Answer:
        return await self._order(ctx, "Lock", Target(**target), ("lock",), "lock")

    @intent("Unlock")
    async def unlock(self, ctx: Context, **target: Any) -> Answer:
        meant = Target(**target)
        if meant.noun == "lock":  # "the door": one, and it must be clear which
            meant = replace(meant, lights="one")
        return await self._order(ctx, "Unlock", meant, ("lock",), "unlock")

    @intent("SetTemperature")
    async def set_temperature(self, ctx: Context, temperature: float, **target: Any) -> Answer:
        return await self._order(ctx, "SetTemperature", Target(**target), ("climate",), "set_temperature", temperature)

    @intent("ChangeTemperature")
    async def change_temperature(
        self, ctx: Context, direction: str, amount: float | None = None, **target: Any
    ) -> Answer:
        try:
            devices = await find(ctx, Target(**target), ("climate",))
        except NoTarget as fault:
            return Answer(str(fault), "failed")
        step = (amount or WARMER) * (1 if direction == "up" else -1)
        if any(device.state.get("temperature") is None for device in devices):
            return Answer(unknown(devices[0]), "failed")
        goals = {device.id: device.state["temperature"] + step for device in devices}
        slots = {"direction": direction, "amount": amount}
        words = words_for("set_temperature", goals[devices[0].id])
        return await self._carry_out(ctx, "ChangeTemperature", slots, devices, "set_temperature", goals, words)

    @intent("SetMode")
    async def set_mode(self, ctx: Context, mode: str, **target: Any) -> Answer:
        return await self._order(ctx, "SetMode", Target(**target), ("climate",), "set_mode", mode)

    # What follows from the order before.

    @intent("Again")
    async def again(self, ctx: Context, **target: Any) -> Answer:
        memory = ctx.conversation.memory
        if "intent" not in memory:
            return Answer("I'm not sure what you mean.", "failed")
        if "lights" in target:
            if memory["intent"] not in OF_LIGHTS:
                return Answer("I'm not sure what you mean.", "failed")
        elif not target.get("name"):
            target = {**target, "noun": memory.get("noun")}
            if memory.get("kind") == "light" and "everything" not in target:
                target["lights"] = memory["lights"]
        slots = {key: value for key, value in memory["slots"].items() if value is not None}
        if memory.get("question") and memory["intent"] == "GetTemperature":
            target = {"area": target.get("area"), "floor": target.get("floor")}
        orders: dict[str, Any] = self.handlers()
        answer: Answer = await orders[memory["intent"]](ctx, **slots, **{k: v for k, v in target.items() if v})
        return answer

    @intent("PutBack")
    async def put_back(self, ctx: Context, it: bool = True) -> Answer:
        before = ctx.conversation.memory.get("before", {})
        devices = await ctx.home.devices(before)
        if not devices:
            return Answer("There is nothing to put back.", "failed")
        outcomes: dict[str, Outcome] = {}
        for device in devices:
            for command, value in way_back(device, before[device.id]):
                (outcomes[device.id],) = await ctx.home.act(device.id, command, value)
        if not outcomes:
            return Answer("There is nothing to put back.", "failed")
        changed = [device for device in devices if device.id in outcomes]
        return report(changed, list(outcomes.values()), Words("Put back {}.", "so"))

    # Questions.

    @intent("GetTemperature")
    async def get_temperature(self, ctx: Context, area: str | None = None, floor: str | None = None) -> Answer:
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

    @intent("GetSetpoint")
    async def get_setpoint(self, ctx: Context, **target: Any) -> Answer:
        return await self._ask(ctx, "GetSetpoint", Target(**target), ("climate",), {})

    @intent("GetState")
    async def get_state(self, ctx: Context, **target: Any) -> Answer:
        return await self._ask(ctx, "GetState", Target(**target), KINDS, {})

    @intent("IsOn")
    async def is_on(self, ctx: Context, wanted: str, **target: Any) -> Answer:
        return await self._ask(ctx, "IsOn", Target(**target), (*SWITCHED, "binary_sensor"), {"wanted": wanted})

    @intent("WhichOn")
    async def which_on(self, ctx: Context, wanted: str, **target: Any) -> Answer:
        target = {"all": not ctx.area, **target}
        return await self._ask(ctx, "WhichOn", Target(**target), ("light",), {"wanted": wanted})

    @intent("IsOpen")
    async def is_open(self, ctx: Context, wanted: str, **target: Any) -> Answer:
        return await self._ask(ctx, "IsOpen", Target(**target), ("cover", "binary_sensor"), {"wanted": wanted})

    @intent("IsLocked")
    async def is_locked(self, ctx: Context, wanted: str = "locked", **target: Any) -> Answer:
        return await self._ask(ctx, "IsLocked", Target(**target), ("lock",), {"wanted": wanted})

    @intent("IsMotion")
    async def is_motion(self, ctx: Context, area: str | None = None, floor: str | None = None) -> Answer:
        target = Target(area=area, floor=floor)
        sensors = [
            device for device in in_place(ctx, target, await ctx.home.devices(kind="binary_sensor"))
            if device.device_class in ("motion", "occupancy", "presence")
        ]
        if not sensors:
            return Answer(f"I can't see{place(ctx, target)}.", "failed")
        seen = any(device.state.get("on") for device in sensors)
        return Answer(f"{'Yes, there is' if seen else 'No, there is no'} motion{place(ctx, target)}.", "info")

    # How.

    async def _order(
        self, ctx: Context, name: str, target: Target, kinds: tuple[str, ...], command: str, value: Any = None
    ) -> Answer:
        """Do one thing with all devices meant."""
        try:
            devices = await find(ctx, target, kinds)
        except NoTarget as fault:
            return Answer(str(fault), "failed")
        slots = {KEYS[command]: value} if command in KEYS else {}
        values = {device.id: value for device in devices}
        return await self._carry_out(ctx, name, slots, devices, command, values, words_for(command, value))

    async def _set_it(self, ctx: Context, target: Target, number: int) -> Answer:
        """"Set it to twenty": percent or degrees, by what "it" is."""
        try:
            devices = await find(ctx, target, ("light", "cover", "climate"))
        except NoTarget as fault:
            return Answer(str(fault), "failed")
        kind = devices[0].kind
        if kind == "climate":
            return await self._order(ctx, "SetTemperature", target, ("climate",), "set_temperature", float(number))
        if kind == "cover":
            return await self._order(ctx, "SetPosition", target, ("cover",), "set_position", number)
        return await self._order(ctx, "SetBrightness", target, ("light",), "set_brightness", number)

    async def _carry_out(
        self, ctx: Context, name: str, slots: Mapping[str, Any], devices: Sequence[Device], command: str,
        values: Mapping[str, Any], words: Words,
    ) -> Answer:
        """Act with a value for each device, and answer with what became of it."""
        limits = out_of_range(devices, command, values)
        if limits:
            return Answer(limits, "refused", devices=tuple(device.id for device in devices))
        first = next(iter(values.values()))
        key = KEYS.get(command)
        wanted = {key: first} if key and len(set(values.values())) == 1 else WANTED.get(command, {})
        ctx.prepare(expected(devices, words, wanted))
        groups: dict[Any, list[str]] = {}
        for device, value in values.items():
            groups.setdefault(value, []).append(device)
        results = await asyncio.gather(*(ctx.home.act(ids, command, value) for value, ids in groups.items()))
        outcomes = [outcome for result in results for outcome in result]
        if command == "toggle":
            words = toggled(outcomes)
        answer = report(devices, outcomes, words)
        return replace(answer, remember=memory_of(name, slots, devices))

    async def _ask(
        self, ctx: Context, name: str, target: Target, kinds: tuple[str, ...], slots: Mapping[str, str]
    ) -> Answer:
        """Answer a question about the devices meant."""
        try:
            found = await find(ctx, target, kinds)
        except NoTarget as fault:
            return Answer(str(fault), "failed")
        devices = [device for device in found if device.kind == found[0].kind]
        answer = _reply(name, devices, slots.get("wanted", ""), target.all)
        return replace(answer, remember={**memory_of(name, slots, devices), "before": {}, "question": True})


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
