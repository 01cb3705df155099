"""What skills ask of alarms and reminders: to be set, told, changed, left out, cancelled, put off, silenced."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from assistant.errors import SkillError
from assistant.people.claims import Claims
from assistant.skills.calls import SkillCall
from assistant.skills.effects import Change, quiet
from assistant.skills.timer_requests import name_of
from assistant.store.timer import Purpose, Timer
from assistant.store.timers import Timers

KINDS = {"alarm": "alarms", "reminder": "alarms", "order": "orders"}
"""And the grant that each needs."""


class AlarmRequests:
    """Answers what is asked of them.

    Args:
        claims: who gives an order; whoever plans one has the same rights when it is due.
    """

    def __init__(self, timers: Timers, claims: Claims) -> None:
        self._timers = timers
        self._claims = claims

    async def set(self, call: SkillCall, args: dict[str, Any]) -> dict[str, Any]:
        """Keep one: at a moment, or after a while."""
        kind, name, order = str(args["kind"]), name_of(args["name"]), call.order
        if kind not in KINDS:
            raise ValueError(f"kind is one of {', '.join(KINDS)}")
        _check_grant(call, kind)
        seconds, at, rule = float(args["seconds"]), str(args["at"]), str(args["rule"])
        standing = self._claims.of(order).standing
        purpose = Purpose(kind, name, order.source, order.person, bool(args["everywhere"]), standing)

        async def work() -> Change:
            if at:
                made = await self._timers.set_at(datetime.fromisoformat(at), purpose, rule)
            else:
                made = await self._timers.set_after(seconds, purpose, rule)
            return Change(made, quiet(lambda: self._timers.cancel(made.id)))

        key = (kind, name, seconds, at, rule)
        return self._plain(await call.effects.run(("alarms.set", key), ("alarm", key), work))

    async def all(self, call: SkillCall, args: dict[str, Any]) -> list[dict[str, Any]]:
        """Those of a kind, the next one due first; without a kind, of those that the skill may see."""
        if args["kind"] in KINDS:
            _check_grant(call, args["kind"])
        return [self._plain(alarm) for alarm in self._kept()
                if args["kind"] in ("", alarm.kind) and KINDS[alarm.kind] in call.manifest.grants]

    async def cancel(self, call: SkillCall, args: dict[str, Any]) -> bool:
        """Whether it was there to be cancelled."""
        kept = self._find(call, args)
        if kept is None:
            return False

        async def work() -> Change:
            return Change(await self._timers.cancel(kept.id), quiet(lambda: self._timers.put(kept)))

        return bool(await call.effects.run(("alarms.cancel", kept.id), ("alarm", kept.id), work))

    async def move(self, call: SkillCall, args: dict[str, Any]) -> dict[str, Any] | None:
        """Let it be due at another moment."""
        kept, at = self._find(call, args), datetime.fromisoformat(args["at"])
        if kept is None:
            return None
        moved = replace(kept, at=at, seconds=0.0, rule=kept.rule if kept.at else "")

        async def work() -> Change:
            await self._timers.put(moved)
            return Change(moved, quiet(lambda: self._timers.put(kept)))

        return self._plain(await call.effects.run(("alarms.move", kept.id, at), ("alarm", kept.id), work))

    async def leave_out(self, call: SkillCall, args: dict[str, Any]) -> dict[str, Any] | None:
        """Let one that repeats not ring on a day."""
        kept, day = self._find(call, args), date.fromisoformat(args["day"])
        if kept is None:
            return None

        async def work() -> Change:
            return Change(await self._timers.leave_out(kept.id, day), quiet(lambda: self._timers.put(kept)))

        left: Timer | None = await call.effects.run(("alarms.leave_out", kept.id, day), ("alarm", kept.id), work)
        return None if left is None else self._plain(left)

    async def snooze(self, call: SkillCall, args: dict[str, Any]) -> dict[str, Any] | None:
        """Put off what rings, or did shortly before."""
        seconds, source = float(args["seconds"]), call.order.source

        async def work() -> Change:
            later = await self._timers.snooze(seconds, source)
            return Change(later, None if later is None else quiet(lambda: self._timers.cancel(later.id)))

        later: Timer | None = await call.effects.run(("alarms.snooze", seconds), ("snooze", source), work)
        return None if later is None else self._plain(later)

    async def silence(self, call: SkillCall, args: dict[str, Any]) -> dict[str, Any] | None:
        """End what rings, or did until this order."""
        silenced = await self._timers.silence(call.order.source)
        return None if silenced is None else self._plain(silenced)

    def _kept(self) -> list[Timer]:
        return [timer for timer in self._timers.all() if timer.kind in KINDS]

    def _find(self, call: SkillCall, args: dict[str, Any]) -> Timer | None:
        """The one that is meant. Raises SkillError where the skill may not touch it."""
        found = next((alarm for alarm in self._kept() if alarm.id == args["alarm"]), None)
        if found is not None:
            _check_grant(call, found.kind)
        return found

    def _plain(self, timer: Timer) -> dict[str, Any]:
        return {
            "id": timer.id, "kind": timer.kind, "name": timer.name, "due": self._timers.due(timer).isoformat(),
            "rule": timer.rule, "seconds": timer.seconds, "person": timer.person, "source": timer.source,
            "everywhere": timer.everywhere, "left_out": sorted(day.isoformat() for day in timer.left_out),
        }


def _check_grant(call: SkillCall, kind: str) -> None:
    """Raises SkillError where the skill lacks the grant for a kind."""
    grant = KINDS[kind]
    if grant not in call.manifest.grants:
        what = "may not plan, see or change orders for later" if kind == "order" else f"may not use {kind}s"
        raise SkillError(what, where=f"skill {call.skill}", mend=f"add '{grant}' to its grants")
