"""What a skill sees of the world while it handles one order. Everything here is a request to the agent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.errors import AssistantError
from assistant.skills.messages import HandleRequest

Ask = Callable[[str, dict[str, Any]], Awaitable[Any]]
"""(name, arguments) -> the agent's answer."""


@dataclass(frozen=True, slots=True)
class Device:
    """A device as a skill sees it."""

    id: str
    name: str
    kind: str
    """``light``, ``switch``, ``cover``, ``climate``, ``lock``, ``sensor`` or ``binary_sensor``."""
    area: str = ""
    aliases: tuple[str, ...] = ()
    device_class: str = ""
    capabilities: Mapping[str, Any] = field(default_factory=dict)
    state: Mapping[str, Any] = field(default_factory=dict)
    available: bool = True
    floor: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one action on one device."""

    device: str
    status: str
    """``done``, ``already``, ``no_answer``, ``unreachable``, ``unavailable`` or ``refused``."""
    state: Mapping[str, Any] = field(default_factory=dict)
    """After it."""
    detail: str = ""
    """Why it was not done. ``declined``: somebody was asked and said no."""


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer that runs, or rings."""

    id: str
    seconds: float
    """Its whole length."""
    left: float
    """Seconds until it is due."""
    name: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody answered to a question."""

    text: str
    slots: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Conversation:
    """What was said before; all empty when it is more than two minutes ago."""

    intent: str = ""
    """Latest order, as ``skill.Intent``."""
    slots: Mapping[str, Any] = field(default_factory=dict)
    devices: tuple[str, ...] = ()
    """Identifiers of the devices it was about: what "it" means."""
    answer: str = ""
    heard: str = ""
    memory: Mapping[str, Any] = field(default_factory=dict)
    """What this skill's latest answer asked to remember."""


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
                ``set_mode``, ``lock`` or ``unlock``.
        """
        ids = [devices] if isinstance(devices, str) else list(devices)
        outcomes = await self._ask("act", {"devices": ids, "command": command, "value": value})
        return [Outcome(**data) for data in outcomes]

    async def connected(self) -> bool:
        """Whether the home can be reached."""
        return bool(await self._ask("connected", {}))


class StoreApi:
    """A few values that outlive the process; each skill has its own."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    async def get(self, key: str, default: Any = None) -> Any:
        value = await self._ask("store.get", {"key": key})
        return default if value is None else value

    async def set(self, key: str, value: Any) -> None:
        """Keep plain data (what JSON can hold). When this returns it is on the disk."""
        await self._ask("store.set", {"key": key, "value": value})

    async def delete(self, key: str) -> None:
        await self._ask("store.set", {"key": key, "value": None})

    async def keys(self) -> list[str]:
        return list(await self._ask("store.keys", {}))


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


class Context:
    """One order, and what may be asked of the agent because of it."""

    def __init__(self, request: HandleRequest, ask: Ask) -> None:
        self._ask = ask
        self._background: set[asyncio.Task[None]] = set()
        self.intent = request.intent
        self.text = request.text
        self.slots = dict(request.slots)
        self.source = request.source
        self.area = request.area
        """Room in which it was said; empty if nobody knows."""
        self.person = request.person
        self.conversation = _conversation(request.conversation)
        self.home = HomeApi(ask)
        self.store = StoreApi(ask)
        self.timers = TimersApi(ask)

    async def confirm(self, question: str) -> bool:
        """Ask for a yes or no; silence is a no."""
        return bool(await self._ask("confirm", {"question": question}))

    async def ask(self, question: str, sentences: Sequence[str]) -> Reply | None:
        """Ask, and understand one of these sentences (templates); None for no answer or "never mind"."""
        data = await self._ask("ask", {"question": question, "sentences": list(sentences)})
        return None if data is None else Reply(**data)

    def prepare(self, text: str) -> None:
        """Say that this answer is likely, so that its sound is ready while a device still confirms. Returns at once."""
        task = asyncio.get_running_loop().create_task(self._prepare(text))
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def volume(self, percent: int | None = None) -> int:
        """The volume of this source, after setting it if a number is given: 0 to 100."""
        return int(await self._ask("volume", {"percent": percent}))

    async def examples(self) -> list[str]:
        """Sentences that one can say here."""
        return list(await self._ask("examples", {}))

    async def status(self) -> dict[str, Any]:
        """``home`` (whether it can be reached), ``devices``, ``timers`` and ``time`` (local, ISO 8601)."""
        return dict(await self._ask("status", {}))

    async def stop(self) -> None:
        """Stop what this source plays."""
        await self._ask("stop", {})

    async def _prepare(self, text: str) -> None:
        try:
            await self._ask("prepare", {"text": text})
        except AssistantError:
            return  # it only saves time


def _conversation(data: Mapping[str, Any]) -> Conversation:
    known = {key: data[key] for key in ("intent", "slots", "answer", "heard", "memory") if key in data}
    return Conversation(**known, devices=tuple(data.get("devices", ())))
