"""What skills ask of the home: decided by the permissions, noted so that it can be undone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Protocol

from assistant.errors import SkillError
from assistant.home.actions import Outcome
from assistant.home.schema import Area, Capabilities, Device, Group
from assistant.people.guard import Guard
from assistant.people.permissions import Action, risk
from assistant.skills.calls import SkillCall
from assistant.skills.effects import Change, Undo
from assistant.spoken import listed

MOST_DEVICES = 200
"""In one order."""
LASTING = frozenset(("lock", "activate", "next", "previous"))
"""Commands that are not taken back: better locked by mistake; a scene or a next track has no state before."""

Question = Callable[[str, Any, Iterable[Device]], str]
"""(command, value, devices) -> the question before something risky."""


class HomePort(Protocol):
    """What of the home is used here."""

    @property
    def devices(self) -> Mapping[str, Device]: ...

    @property
    def areas(self) -> Mapping[str, Area]: ...

    @property
    def groups(self) -> Mapping[str, Group]: ...

    @property
    def connected(self) -> bool: ...

    async def act(
        self, device: str, command: str, value: Any = None, *, source: str = "", turn: str = ""
    ) -> Outcome: ...

    async def restore(self, device: str, state: Mapping[str, Any], *, source: str = "", turn: str = "") -> Outcome: ...


class HomeRequests:
    """Answers what is asked of the home."""

    def __init__(self, home: HomePort, guard: Guard, question: Question) -> None:
        self._home = home
        self._guard = guard
        self._question = question

    async def devices(self, call: SkillCall, args: dict[str, Any]) -> list[dict[str, Any]]:
        """Devices that fit; those nobody talks about only by identifier."""
        known, wanted = self._home.devices, args["ids"]
        devices = known.values() if wanted is None else [known[one] for one in wanted if one in known]
        return [
            self._plain(call, device)
            for device in devices
            if (wanted is not None or device.spoken)
            and args["kind"] in (None, device.kind)
            and args["area"] in (None, device.area)
        ]

    def _plain(self, call: SkillCall, device: Device) -> dict[str, Any]:
        area = self._home.areas.get(device.area)
        return {
            "id": device.id, "name": device.name, "kind": device.kind, "area": device.area,
            "aliases": list(device.aliases), "device_class": device.device_class,
            "capabilities": _plain_capabilities(device.capabilities),
            "state": dict(call.effects.before(("device", device.id), device.state)),
            "available": device.available, "floor": area.floor if area is not None else "",
            "groups": {group.id: group.name for group in self._home.groups.values() if group.holds(device)},
        }

    async def connected(self, call: SkillCall, args: dict[str, Any]) -> bool:
        """Whether the home can be reached."""
        return self._home.connected

    async def act(self, call: SkillCall, args: dict[str, Any]) -> list[dict[str, Any]]:
        """Do something on devices, all at once."""
        ids, command, value = list(dict.fromkeys(args["devices"])), str(args["command"]), args["value"]
        if len(ids) > MOST_DEVICES:
            raise SkillError(f"acts on more than {MOST_DEVICES} devices", where=call.skill)
        devices = self._home.devices
        refusals = await self._judge(call, [devices[one] for one in ids if one in devices], command, value)
        outcomes = await asyncio.gather(
            *(self._act_on(call, one, command, value) for one in ids if one not in refusals)
        )
        by_device = {outcome.device: outcome for outcome in outcomes}
        return [
            {"device": one, "status": by_device[one].status, "state": dict(by_device[one].state),
             "detail": by_device[one].detail}
            if one in by_device else {"device": one, "status": "refused", "state": {}, "detail": refusals[one]}
            for one in ids
        ]

    async def _judge(self, call: SkillCall, devices: list[Device], command: str, value: Any) -> dict[str, str]:
        """Devices on which this may not be done, and why. Asks once for all that need a yes, or more."""
        guard = self._guard
        decisions = {device.id: guard.judge(call, Action(command, device, value)) for device in devices}
        refused = {one: decision.reason for one, decision in decisions.items() if decision.verdict == "deny"}
        doubtful = [device for device in devices if decisions[device.id].verdict == "ask"]
        if not doubtful:
            return refused
        asks = [decisions[device.id] for device in doubtful]
        if await guard.passed(call, asks, self._question(command, value, doubtful)) is not None:
            return refused | {device.id: "declined" for device in doubtful}
        for device in doubtful:
            again = guard.judge(call, Action(command, device, value)) if decisions[device.id].unsure else None
            if again is not None and (again.unsure or again.verdict == "deny"):
                refused[device.id] = again.reason
        return refused

    async def _act_on(self, call: SkillCall, device: str, command: str, value: Any) -> Outcome:
        home, order = self._home, call.order
        subject = ("device", device)

        async def work() -> Change:
            outcome = await home.act(device, command, value, source=order.source, turn=order.turn)
            before = call.effects.before(subject, outcome.before)
            changed = outcome.status in ("done", "no_answer") or dict(outcome.state) != dict(before)
            undo = self._restore(call, device, before) if changed and command not in LASTING else None
            return Change(outcome, undo, before)

        result: Outcome = await call.effects.run(("act", device, command, repr(value)), subject, work)
        return result

    def _restore(self, call: SkillCall, device: str, before: Mapping[str, Any]) -> Undo | None:
        """How to bring a device back; None where that itself would be risky: better closed by mistake than open."""
        home, order = self._home, call.order
        known = home.devices.get(device)
        opens = known is not None and before.get("open") and risk(Action("open", known))
        if known is None or opens or (known.kind == "lock" and before.get("locked") is False):
            return None

        async def undo() -> None:
            await home.restore(device, before, source=order.source, turn=order.turn)

        return undo


@lru_cache(maxsize=4096)
def _plain_capabilities(capabilities: Capabilities) -> dict[str, Any]:
    """As plain data; devices ask for it with every order and it never changes."""
    return capabilities.model_dump(mode="json")


async def asked(call: SkillCall, question: str) -> bool:
    """Ask for a yes; where nobody can be asked, it is a no."""
    if call.asker is None:
        return False
    async with call.asking:
        return await call.asker.confirm(question)


def confirmation(command: str, value: Any, devices: Iterable[Device]) -> str:
    """The question before something risky."""
    names = [f"the {device.name.removeprefix('the ')}" for device in devices]
    verb = {"set_position": "move", "toggle": "switch", "set_temperature": "heat", "set_mode": "switch"}.get(command)
    words = verb or command.replace("_", " ")
    return f"Shall I {words} {listed(names)}?"
