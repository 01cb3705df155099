"""The parts of a ``Context``: each asks the agent for one kind of thing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from assistant.skills.things import Alarm, Device, Outcome, Page, Timer, WakeVerdict

Ask = Callable[[str, dict[str, Any]], Awaitable[Any]]
"""(name, arguments) -> the agent's answer."""
WEB_SECONDS = 5.0
"""A page is waited for so long."""


class HomeApi:
    """The devices: what they are, and what may be asked of them."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    async def devices(
        self, ids: Iterable[str] | None = None, *, kind: str | None = None, area: str | None = None
    ) -> list[Device]:
        """Devices that people talk about, all that fit what is given."""
        found = await self._ask("devices", {"ids": None if ids is None else list(ids), "kind": kind, "area": area})
        return [Device(**{**data, "aliases": tuple(data["aliases"])}) for data in found]

    async def act(self, devices: str | Iterable[str], command: str, value: Any = None) -> list[Outcome]:
        """Ask devices to do something, all at once, and wait until each has confirmed it (or has not).

        What is risky is asked back first; "no" gives the status ``refused``.

        Args:
            devices: identifiers.
            command: ``turn_on``, ``turn_off``, ``toggle``, ``set_brightness`` (0 to 100), ``set_colour`` (a name),
                ``set_position`` (0 to 100), ``open``, ``close``, ``stop``, ``set_temperature`` (degrees Celsius),
                ``set_mode``, ``lock``, ``unlock``; of fans ``set_percentage`` (0 to 100), ``set_preset``, ``oscillate``
                (a bool), ``set_direction`` (``forward``, ``reverse``); of scenes ``activate``; of media players
                ``play`` (what, or None), ``pause``, ``stop``, ``next``, ``previous``, ``set_volume`` (0 to 100),
                ``mute``, ``unmute``, ``shuffle`` and ``repeat`` (bools).
        """
        ids = [devices] if isinstance(devices, str) else list(devices)
        outcomes = await self._ask("act", {"devices": ids, "command": command, "value": value})
        return [Outcome(**data) for data in outcomes]

    async def connected(self) -> bool:
        """Whether the home can be reached."""
        return bool(await self._ask("connected", {}))


class StoreApi:
    """A few values that outlive the process; each skill has its own.

    Args:
        whose: ``skill`` for all, ``person`` for those of whoever speaks; the agent knows who that is.
    """

    def __init__(self, ask: Ask, whose: str = "skill") -> None:
        self._ask = ask
        self._whose = whose

    async def get(self, key: str, default: Any = None) -> Any:
        """A value, or ``default`` where there is none."""
        value = await self._ask("store.get", {"key": key, "whose": self._whose})
        return default if value is None else value

    async def set(self, key: str, value: Any) -> None:
        """Keep plain data (what JSON can hold). When this returns it is on the disk."""
        await self._ask("store.set", {"key": key, "value": value, "whose": self._whose})

    async def delete(self, key: str) -> None:
        """Forget a value."""
        await self.set(key, None)

    async def keys(self) -> list[str]:
        """Names of the values, in order."""
        return list(await self._ask("store.keys", {"whose": self._whose}))


class TimersApi:
    """Timers; they ring where they were set and outlive a restart."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    async def set(self, seconds: float, name: str = "") -> Timer:
        return Timer(**await self._ask("timers.set", {"seconds": seconds, "name": name}))

    async def all(self) -> list[Timer]:
        """Those of this house that run, the next one due first."""
        return [Timer(**data) for data in await self._ask("timers.list", {})]

    async def cancel(self, timer: str) -> bool:
        """Whether it was there to be cancelled."""
        return bool(await self._ask("timers.cancel", {"timer": timer}))

    async def add(self, timer: str, seconds: float) -> Timer | None:
        """Make it longer, or shorter with a negative number; None if it is gone."""
        data = await self._ask("timers.add", {"timer": timer, "seconds": seconds})
        return None if data is None else Timer(**data)


class AlarmsApi:
    """Alarms and reminders: they are due when local clocks show a time, ring where they were set, outlive a restart."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    async def set(
        self, at: datetime | None = None, *, seconds: float = 0.0, kind: str = "alarm", name: str = "", rule: str = "",
        everywhere: bool = False,
    ) -> Alarm:
        """Keep one for whoever gave the order.

        Args:
            at: local time, to come.
            seconds: or a while from now.
            kind: ``alarm``, which rings until it is stopped; ``reminder``, which tells its name; or ``order``, of which
                the name is carried out (needs the grant ``orders``, too).
            rule: how it repeats: ``FREQ=WEEKLY;BYDAY=MO,TH`` and the like, ``at`` being the first; with ``seconds``,
                ``again``.
            everywhere: it rings at all sources.
        """
        args = {"at": _shown(at), "seconds": seconds, "kind": kind, "name": name, "rule": rule}
        return _alarm(await self._ask("alarms.set", args | {"everywhere": everywhere}))

    async def all(self, kind: str = "") -> list[Alarm]:
        """Those of this house, of a kind or of both, the next one due first."""
        return [_alarm(data) for data in await self._ask("alarms.list", {"kind": kind})]

    async def cancel(self, alarm: str) -> bool:
        """Whether it was there to be cancelled."""
        return bool(await self._ask("alarms.cancel", {"alarm": alarm}))

    async def move(self, alarm: str, at: datetime) -> Alarm | None:
        """Let it be due at another moment, and repeat as before; None if it is gone."""
        return _alarm_or_none(await self._ask("alarms.move", {"alarm": alarm, "at": _shown(at)}))

    async def leave_out(self, alarm: str, day: date) -> Alarm | None:
        """Let one that repeats not ring on a day; None if it is gone, does not repeat or would never ring again."""
        return _alarm_or_none(await self._ask("alarms.leave_out", {"alarm": alarm, "day": day.isoformat()}))

    async def snooze(self, seconds: float) -> Alarm | None:
        """Put off what rings (a timer, too), or did shortly before: here, else anywhere; None if nothing did."""
        return _alarm_or_none(await self._ask("alarms.snooze", {"seconds": seconds}))

    async def silence(self) -> Alarm | None:
        """End what rings, or did until this order; None if nothing did."""
        return _alarm_or_none(await self._ask("alarms.silence", {}))


class MqttApi:
    """Messages on the household's broker, under the topics that ``mqtt:`` grants name."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    async def publish(self, topic: str, payload: str, *, retain: bool = False) -> None:
        """Send a message.

        Raises:
            SkillError: no grant covers the topic.
            HomeError: the broker cannot be reached; it is a topic of a device's, and those are used through
                ``ctx.home``; devices are announced there, and the skill lacks the grant ``announce``.
        """
        await self._ask("mqtt.publish", {"topic": topic, "payload": payload, "retain": retain})


class WakeApi:
    """What the assistant is called, and listens for."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    async def phrase(self) -> str:
        """The phrase that it listens for."""
        return str(await self._ask("wake.phrase", {}))

    async def look(self, phrase: str) -> WakeVerdict:
        """Whether it can be called so, and what speaks against that."""
        return WakeVerdict(**await self._ask("wake.look", {"phrase": phrase}))

    async def use(self, phrase: str) -> str:
        """Listen for another phrase from now on; gives it as it stands in the settings.

        Raises:
            SkillError: see ``look``; or the settings cannot be written.
        """
        return str(await self._ask("wake.use", {"phrase": phrase}))


class WebApi:
    """Pages of the servers that ``net:`` grants name."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    async def get(
        self, url: str, params: Mapping[str, str | int | float] | None = None, *, seconds: float = WEB_SECONDS
    ) -> Page:
        """Ask for an address; whatever status the server answers with, the page says it.

        Args:
            url: ``https://``; ``http://`` only for ``localhost``.
            params: what comes after the question mark.
            seconds: how long to wait, at most 10.

        Raises:
            SkillError: no grant names the server, or one that it sends us to.
            WebError: it cannot be reached, is late, or answers with more than a megabyte.
        """
        if params:
            url = f"{url}?{urlencode(params)}"
        return Page(**await self._ask("web.get", {"url": url, "seconds": seconds}))


def _shown(at: datetime | None) -> str:
    return "" if at is None else at.replace(tzinfo=None).isoformat()


def _alarm(data: dict[str, Any]) -> Alarm:
    left_out = tuple(map(date.fromisoformat, data["left_out"]))
    return Alarm(**{**data, "due": datetime.fromisoformat(data["due"]), "left_out": left_out})


def _alarm_or_none(data: dict[str, Any] | None) -> Alarm | None:
    return None if data is None else _alarm(data)
