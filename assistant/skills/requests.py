"""What skills ask of the agent, and how it is answered: grants, permissions, the journal of effects.

A skill has no other way to do anything, so what is refused here is not done.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assistant.errors import SkillError
from assistant.grammar.base import View
from assistant.people.permissions import Permissions
from assistant.skills.effects import Change, Undo
from assistant.skills.home_requests import HomePort, HomeRequests, asked
from assistant.skills.host import SkillCall
from assistant.skills.order_requests import OrderPort, OrderRequests
from assistant.skills.reach import MqttPort, Reach, Watch
from assistant.skills.sound_requests import SoundRequests, SourcePort
from assistant.skills.words import Words
from assistant.store.timers import Timer, Timers
from assistant.store.values import SkillData

NEEDED = {
    "devices": "home", "act": "home", "connected": "home",
    "timers.set": "timers", "timers.list": "timers", "timers.cancel": "timers", "timers.add": "timers",
    "volume": "volume", "stop": "session", "order": "orders", "understand": "orders",
}
"""What ``skill.yaml`` must ask for. ``speak`` and ``mqtt.publish`` look for themselves; the rest every skill may."""
LONGEST_TEXT = 1000
"""Characters of a question or of an answer to prepare."""
MOST_SENTENCES = 50


@dataclass(frozen=True, slots=True)
class AgentParts:
    """The agent's services that skills reach."""

    home: HomePort
    timers: Timers
    data: SkillData
    permissions: Permissions
    session: Callable[[str], SourcePort | None]
    """Session of a source."""
    sessions: Callable[[], Iterable[SourcePort]]
    mqtt: MqttPort
    watch: Watch
    prepare: Callable[[str], None]
    """Synthesise ahead; returns at once."""
    examples: Callable[[str], Sequence[str]]
    """Sentences that one can say: of a skill, or of all with an empty name."""
    orders: OrderPort
    words: Words
    """What skills give their lists."""


class AgentRequests:
    """Answers requests with the agent's services."""

    def __init__(self, parts: AgentParts) -> None:
        self._parts = parts
        home = HomeRequests(parts.home, parts.permissions)
        sound = SoundRequests(parts.session, parts.sessions)
        orders = OrderRequests(parts.orders)
        self._reach = Reach(parts.mqtt, parts.watch)
        self._known: dict[str, Callable[[SkillCall, dict[str, Any]], Awaitable[Any]]] = {
            "devices": home.devices, "act": home.act, "connected": home.connected,
            "confirm": self._confirm, "ask": self._ask, "prepare": self._prepare,
            "timers.set": self._set_timer, "timers.list": self._list_timers,
            "timers.cancel": self._cancel_timer, "timers.add": self._add_timer,
            "store.get": self._get, "store.set": self._set, "store.keys": self._keys,
            "list.set": parts.words.request,
            "volume": sound.volume, "stop": sound.stop, "speak": sound.speak, "chime": sound.chime, "play": sound.play,
            "order": orders.order, "understand": orders.understand,
            "mqtt.publish": self._reach.publish, "examples": self._examples, "status": self._status,
        }

    def listen(self, call: SkillCall, kind: str, what: str, hear: Callable[[list[Any]], None]) -> Callable[[], None]:
        """Let a skill hear of messages or events, as far as its grants go; see ``SkillRequests``."""
        return self._reach.listen(call, kind, what, hear)

    async def request(self, call: SkillCall, name: str, args: dict[str, Any]) -> Any:
        """Answer one request.

        Raises:
            SkillError: there is no such request, its arguments are wrong, or the skill may not ask for it.
            AssistantError: what the service raises.
        """
        answer = self._known.get(name)
        if answer is None:
            raise SkillError(f"nothing answers {name!r}", where=call.skill)
        grant = NEEDED.get(name)
        if grant is not None and grant not in call.manifest.grants:
            raise SkillError(f"may not use {name}", where=f"skill {call.skill}", mend=f"add '{grant}' to its grants")
        try:
            return await answer(call, args)
        except (KeyError, TypeError, ValueError) as error:
            raise SkillError(f"{name} was asked for wrongly: {error!r}"[:300], where=call.skill) from error

    # Questions and answers.

    async def _confirm(self, call: SkillCall, args: dict[str, Any]) -> bool:
        return await asked(call, _text(args["question"]))

    async def _ask(self, call: SkillCall, args: dict[str, Any]) -> dict[str, Any] | None:
        if call.unasked:
            raise SkillError("nobody can be asked: nobody gave this order", where=f"skill {call.skill}")
        if call.asker is None:
            return None
        sentences = tuple(_text(sentence) for sentence in args["sentences"][:MOST_SENTENCES])
        view = View(scopes=("stop",), sentences=sentences, area=call.order.area)
        async with call.asking:
            match = await call.asker.ask(_text(args["question"]), view)
        if match is None:
            return {"cancelled": True} if call.asker.cancelled else None
        return {"text": match.text, "slots": match.slots}

    async def _prepare(self, call: SkillCall, args: dict[str, Any]) -> None:
        self._parts.prepare(_text(args["text"]))

    # Timers.

    async def _set_timer(self, call: SkillCall, args: dict[str, Any]) -> dict[str, Any]:
        seconds, name, source = float(args["seconds"]), _text(args["name"]), call.order.source
        timers = self._parts.timers

        async def work() -> Change:
            timer = await timers.set(seconds, name, source)
            return Change(timer, _quiet(lambda: timers.cancel(timer.id)))

        timer: Timer = await call.effects.run(("timers.set", seconds, name), ("timer", seconds, name), work)
        return self._plain_timer(timer)

    async def _list_timers(self, call: SkillCall, args: dict[str, Any]) -> list[dict[str, Any]]:
        return [self._plain_timer(timer) for timer in self._parts.timers.all()]

    async def _cancel_timer(self, call: SkillCall, args: dict[str, Any]) -> bool:
        timers = self._parts.timers
        running = next((timer for timer in timers.all() if timer.id == args["timer"]), None)

        async def again() -> None:
            if running is not None:
                await timers.set(max(1.0, timers.left(running)), running.name, running.source)

        async def work() -> Change:
            return Change(await timers.cancel(str(args["timer"])), again)

        return bool(await call.effects.run(("timers.cancel", args["timer"]), ("timer", args["timer"]), work))

    async def _add_timer(self, call: SkillCall, args: dict[str, Any]) -> dict[str, Any] | None:
        timers, timer, seconds = self._parts.timers, str(args["timer"]), float(args["seconds"])

        async def work() -> Change:
            return Change(await timers.add(timer, seconds), _quiet(lambda: timers.add(timer, -seconds)))

        # Half an addition is not superseded by another one: each is taken back for itself.
        key = ("timers.add", timer, seconds)
        longer: Timer | None = await call.effects.run(key, key, work)
        return None if longer is None else self._plain_timer(longer)

    def _plain_timer(self, timer: Timer) -> dict[str, Any]:
        return {
            "id": timer.id, "seconds": timer.seconds, "left": max(0.0, self._parts.timers.left(timer)),
            "name": timer.name, "source": timer.source,
        }

    # Values, and what else there is.

    async def _get(self, call: SkillCall, args: dict[str, Any]) -> Any:
        owner, key = _owner(call, args), _text(args["key"])
        return call.effects.before(("store", owner, key), await self._parts.data.get(owner, key))

    async def _set(self, call: SkillCall, args: dict[str, Any]) -> None:
        data, owner, key, value = self._parts.data, _owner(call, args), _text(args["key"]), args["value"]
        subject = ("store", owner, key)
        before = call.effects.before(subject, await data.get(owner, key))

        async def work() -> Change:
            await data.set(owner, key, value)
            return Change(None, _quiet(lambda: data.set(owner, key, before)), before)

        await call.effects.run(("store.set", owner, key, repr(value)), subject, work)

    async def _keys(self, call: SkillCall, args: dict[str, Any]) -> list[str]:
        return await self._parts.data.keys(_owner(call, args))

    async def _examples(self, call: SkillCall, args: dict[str, Any]) -> list[str]:
        return list(self._parts.examples(_text(args["skill"])))

    async def _status(self, call: SkillCall, args: dict[str, Any]) -> dict[str, Any]:
        home = self._parts.home
        return {
            "home": home.connected, "devices": len(home.devices), "timers": len(self._parts.timers.all()),
            "time": datetime.now().astimezone().isoformat(timespec="seconds"),
        }


def _quiet(work: Callable[[], Awaitable[Any]]) -> Undo:
    async def undo() -> None:
        await work()

    return undo


def _owner(call: SkillCall, args: dict[str, Any]) -> str:
    """Whose values are meant: the skill's, or those that it keeps for whoever speaks."""
    if args.get("whose", "skill") == "skill":
        return call.skill
    return f"{call.skill}/{call.order.person}"


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise ValueError(f"a text of at most {LONGEST_TEXT} characters is needed")
    return value
