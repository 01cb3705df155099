"""Carrying out an order on the devices that it means, and saying what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from assistant.skills import Answer, Context, Device

from .actions import KEYS, SLOTS, WANTED, memory_of, out_of_range, toggled
from .targets import NoTarget, Target, find
from .words import Called, Words, expected, report, words_for


async def order(
    ctx: Context, name: str, target: Target, kinds: tuple[str, ...], command: str, value: Any = None
) -> Answer:
    """Do one thing with all devices meant."""
    try:
        devices = await find(ctx, target, kinds)
    except NoTarget as fault:
        return Answer(str(fault), "failed")
    slots = {SLOTS[command]: value} if command in SLOTS else {}
    values = {device.id: value for device in devices}
    words = words_for(command, value)
    return await carry_out(ctx, name, slots, devices, command, values, words, called_by(target, devices))


async def set_it(ctx: Context, target: Target, number: int) -> Answer:
    """"Set it to twenty": percent or degrees, by what "it" is."""
    try:
        devices = await find(ctx, target, ("light", "cover", "climate", "fan"))
    except NoTarget as fault:
        return Answer(str(fault), "failed")
    kind = devices[0].kind
    if kind == "climate":
        return await order(ctx, "SetTemperature", target, ("climate",), "set_temperature", float(number))
    if kind == "cover":
        return await order(ctx, "SetPosition", target, ("cover",), "set_position", number)
    if kind == "fan":
        return await order(ctx, "SetFanSpeed", target, ("fan",), "set_percentage", number)
    return await order(ctx, "SetBrightness", target, ("light",), "set_brightness", number)


async def carry_out(
    ctx: Context, name: str, slots: Mapping[str, Any], devices: Sequence[Device], command: str,
    values: Mapping[str, Any], words: Words, called: Called | None = None,
) -> Answer:
    """Act with a value for each device, and answer with what became of it."""
    called = called or Called()
    limits = out_of_range(devices, command, values)
    if limits:
        return Answer(limits, "refused", devices=tuple(device.id for device in devices))
    first = next(iter(values.values()))
    key = KEYS.get(command)
    wanted = {key: first} if key and len(set(values.values())) == 1 else WANTED.get(command, {})
    ctx.prepare(expected(devices, words, wanted, called))
    groups: dict[Any, list[str]] = {}
    for device, value in values.items():
        groups.setdefault(value, []).append(device)
    results = await asyncio.gather(*(ctx.home.act(ids, command, value) for value, ids in groups.items()))
    outcomes = [outcome for result in results for outcome in result]
    if command == "toggle":
        words = toggled(outcomes)
    answer = report(devices, outcomes, words, called)
    return replace(answer, remember=memory_of(name, slots, devices))


def called_by(target: Target, devices: Sequence[Device]) -> Called:
    """How the devices of an order are spoken of: a group by its name, those that were named one by one by theirs."""
    if target.group is not None:
        return Called(group=devices[0].groups[target.group])
    return Called(by_name=target.also is not None)
