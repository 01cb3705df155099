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
from assistant.people.guard import Guard
from assistant.skills.alarm_requests import AlarmRequests
from assistant.skills.calls import SkillCall
from assistant.skills.effects import Change, quiet
from assistant.skills.home_requests import HomePort, HomeRequests, Question, asked, confirmation
from assistant.skills.order_requests import OrderPort, OrderRequests
from assistant.skills.reach import MqttPort, Reach, Watch
from assistant.skills.sound_requests import SoundRequests, SourcePort
from assistant.skills.timer_requests import TimerRequests
from assistant.skills.wake_requests import WakePort, WakeRequests
from assistant.skills.web_requests import WebPort, WebRequests
from assistant.skills.words import Words
from assistant.store.timers import Timers
from assistant.store.values import SkillData

NEEDED = {
    "devices": "home", "act": "home", "connected": "home",
    **dict.fromkeys(("timers.set", "timers.list", "timers.cancel", "timers.add"), "timers"),
    **dict.fromkeys(("alarms.set", "alarms.list", "alarms.cancel", "alarms.move"), "alarms"),
    **dict.fromkeys(("alarms.leave_out", "alarms.snooze", "alarms.silence"), "alarms"),
    "volume": "volume", "stop": "session", "order": "orders", "understand": "orders",
    **dict.fromkeys(("wake.look", "wake.use"), "wake"),
}
"""What ``skill.yaml`` must ask for. ``speak``, ``mqtt.publish`` and ``web.get`` look for themselves; the rest every
skill may."""
LONGEST_TEXT = 1000
"""Characters of a question or of an answer to prepare."""
MOST_SENTENCES = 50


@dataclass(frozen=True, slots=True)
class AgentParts:
    """The agent's services that skills reach."""

    home: HomePort
    timers: Timers
    data: SkillData
    guard: Guard
    session: Callable[[str], SourcePort | None]
    """Session of a source."""
    sessions: Callable[[], Iterable[SourcePort]]
    mqtt: MqttPort
    watch: Watch
    web: WebPort
    prepare: Callable[[str], None]
    """Synthesise ahead; returns at once."""
    examples: Callable[[str], Sequence[str]]
    """Sentences that one can say: of a skill, or of all with an empty name."""
    words: Words
    """What skills give their lists."""
    orders: OrderPort
    waking: WakePort
    """What the assistant is called."""
    question: Question = confirmation
    """The question before something risky."""


class AgentRequests:
    """Answers requests with the agent's services."""

    def __init__(self, parts: AgentParts) -> None:
        self._parts = parts
        home = HomeRequests(parts.home, parts.guard, parts.question)
        sound = SoundRequests(parts.session, parts.sessions)
        orders = OrderRequests(parts.orders)
        timers, alarms = TimerRequests(parts.timers), AlarmRequests(parts.timers, parts.guard.claims)
        self._reach = Reach(parts.mqtt, parts.watch)
        web, wake = WebRequests(parts.web), WakeRequests(parts.waking)
        self._known: dict[str, Callable[[SkillCall, dict[str, Any]], Awaitable[Any]]] = {
            "devices": home.devices, "act": home.act, "connected": home.connected,
            "confirm": self._confirm, "ask": self._ask, "prepare": self._prepare,
            "timers.set": timers.set, "timers.list": timers.all, "timers.cancel": timers.cancel,
            "timers.add": timers.add, "alarms.set": alarms.set, "alarms.list": alarms.all,
            "alarms.cancel": alarms.cancel, "alarms.move": alarms.move, "alarms.leave_out": alarms.leave_out,
            "alarms.snooze": alarms.snooze, "alarms.silence": alarms.silence,
            "store.get": self._get, "store.set": self._set, "store.keys": self._keys,
            "list.set": parts.words.request,
            "volume": sound.volume, "stop": sound.stop, "speak": sound.speak, "chime": sound.chime, "play": sound.play,
            "wake.phrase": wake.phrase, "wake.look": wake.look, "wake.use": wake.use,
            "order": orders.order, "understand": orders.understand,
            "mqtt.publish": self._reach.publish, "web.get": web.get, "examples": self._examples, "status": self._status,
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
        return {"text": match.text, "slots": {**match.slots, **match.meant}}

    async def _prepare(self, call: SkillCall, args: dict[str, Any]) -> None:
        self._parts.prepare(_text(args["text"]))

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
            return Change(None, quiet(lambda: data.set(owner, key, before)), before)

        await call.effects.run(("store.set", owner, key, repr(value)), subject, work)

    async def _keys(self, call: SkillCall, args: dict[str, Any]) -> list[str]:
        return await self._parts.data.keys(_owner(call, args))

    async def _examples(self, call: SkillCall, args: dict[str, Any]) -> list[str]:
        return list(self._parts.examples(_text(args["skill"])))

    async def _status(self, call: SkillCall, args: dict[str, Any]) -> dict[str, Any]:
        home = self._parts.home
        return {
            "home": home.connected, "devices": len(home.devices),
            "timers": sum(timer.kind == "timer" for timer in self._parts.timers.all()),
            "time": datetime.now().astimezone().isoformat(timespec="seconds"),
        }


def _owner(call: SkillCall, args: dict[str, Any]) -> str:
    """Whose values are meant: the skill's, or those that it keeps for whoever speaks."""
    if args.get("whose", "skill") == "skill":
        return call.skill
    return f"{call.skill}/{call.order.person}"


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise ValueError(f"a text of at most {LONGEST_TEXT} characters is needed")
    return value
