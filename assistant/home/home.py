"""The home: every device of the household and of the broker, as one place to ask and to act."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Mapping
from types import MappingProxyType, TracebackType
from typing import Any, Literal

from assistant.errors import HomeError
from assistant.events import (
    ActionFinished,
    ActionRequested,
    ComponentFailed,
    DeviceAdded,
    DeviceChanged,
    DeviceRemoved,
    Event,
    HomeConnected,
    HomeLost,
)
from assistant.home.actions import ANSWER_SECONDS, Actions, Outcome, since
from assistant.home.connection import Connection
from assistant.home.kinds.entity import Message, Plan, Refused
from assistant.home.registry import Registry
from assistant.home.schema import Area, Device, Floor, Group, Household
from assistant.home.settings import BrokerSettings
from assistant.home.taps import Taps

log = logging.getLogger(__name__)

Change = Literal["added", "removed", "changed"]
Watcher = Callable[[Change, Device], None]

COMMANDS = (
    "turn_on", "turn_off", "toggle", "set_brightness", "set_colour", "set_kelvin", "set_position", "open", "close",
    "stop", "set_temperature", "set_mode", "lock", "unlock", "set_percentage", "set_preset", "oscillate",
    "set_direction", "activate", "play", "pause", "next", "previous", "set_volume", "mute", "unmute", "shuffle",
    "repeat",
)


class Home:
    """Devices by identifier, and what can be done with them.

    Args:
        household: what the configuration says about floors, areas and devices.
        broker: where the broker is and how to log in.
        publish: gets every event; must not block (``Bus.post``).
        client_id: names this assistant at the broker; two with one name push each other out.
        answer_seconds: real time a device has to confirm.
    """

    def __init__(
        self, household: Household, broker: BrokerSettings, publish: Callable[[Event], None] | None = None, *,
        client_id: str = "home", answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._publish: Callable[[Event], None] = publish or (lambda event: None)
        self._registry = Registry(household, broker.discovery_prefix, broker.zigbee2mqtt)
        self._connection = Connection(
            broker, client_id, on_message=self._message, on_up=self._up, on_down=self._down
        )
        self._actions = Actions(self._connection.publish, answer_seconds)
        self._taps = Taps(self._connection, self._tells)
        self._watchers: list[Watcher] = []
        self._sync_topic = f"assistant/{client_id}/sync"
        self._syncs: dict[str, asyncio.Event] = {}
        self._settled = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._settling: asyncio.Task[None] | None = None
        self._moved: set[str] = set()
        self._subscribing: asyncio.Task[None] | None = None

    @property
    def devices(self) -> Mapping[str, Device]:
        """Every known device by identifier, with its present state."""
        return MappingProxyType(self._registry.devices)

    @property
    def areas(self) -> Mapping[str, Area]:
        """Areas by name."""
        return MappingProxyType(self._registry.areas)

    @property
    def floors(self) -> Mapping[str, Floor]:
        """Floors by name."""
        return MappingProxyType(self._registry.floors)

    @property
    def groups(self) -> Mapping[str, Group]:
        """Groups of devices by identifier."""
        return MappingProxyType(self._registry.groups)

    @property
    def problems(self) -> tuple[str, ...]:
        """What of the devices' announcements is not understood; each names its device."""
        return self._registry.reports.present

    @property
    def connected(self) -> bool:
        return self._connection.connected

    @property
    def problem(self) -> str:
        """Why there is no connection, and what to do; empty if there is one, or none was tried yet."""
        return str(self._connection.problem or "")

    @property
    def busy(self) -> int:
        """Actions that wait for their device: audio time must stand still meanwhile."""
        return self._actions.busy

    def watch(self, callback: Watcher) -> Callable[[], None]:
        """Call back on every change; gives the function that ends it."""
        self._watchers.append(callback)
        return lambda: self._watchers.remove(callback)

    def listen(self, pattern: str, callback: Callable[[str, bytes], None]) -> Callable[[], None]:
        """Call back with topic and payload of every message under a topic filter; gives the function that ends it."""
        return self._taps.listen(pattern, callback)

    async def publish(self, topic: str, payload: str, *, retain: bool = False, announce: bool = False) -> None:
        """Send a message that is no device's order.

        Args:
            announce: whether it may be an announcement, which adds and changes devices.

        Raises:
            HomeError: the broker cannot be reached; a device takes orders under this topic, or might, as it is not
                known yet which there are; devices are announced there.
        """
        if not self._settled.is_set():
            raise HomeError("the devices are not known yet", where=topic, mend="send it when the home has settled")
        self._registry.check_message(topic, announce=announce)
        await self._connection.publish(Message(topic, payload, retain))

    async def start(self) -> None:
        """Begin to connect; returns at once. A broker that is away is tried again for ever.

        Raises:
            HomeError: our certificate or key cannot be used.
        """
        await self._connection.subscribe([*self._registry.filters, *self._registry.topics, self._sync_topic])
        await self._connection.start()

    async def settled(self, seconds: float = 10.0) -> bool:
        """Wait until all that the broker retains about devices has arrived; False if it did not in time."""
        try:
            await asyncio.wait_for(self._settled.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def close(self) -> None:
        """Disconnect; actions under way end as unreachable."""
        self._actions.lost("the assistant stops")
        for task in self._tasks:
            task.cancel()
        await self._connection.close()

    async def __aenter__(self) -> Home:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def act(
        self, device: str, command: str, value: Any = None, *, source: str = "", turn: str = ""
    ) -> Outcome:
        """Ask something of a device and wait until it says that it did it. Several may run at once.

        Args:
            device: identifier.
            command: one of ``COMMANDS``.
            value: percent for ``set_brightness``, ``set_position``, ``set_percentage`` and ``set_volume``; a name for
                ``set_colour``, ``set_mode``, ``set_preset`` and ``set_direction``; degrees Celsius for
                ``set_temperature``; kelvin for ``set_kelvin``; a bool for ``oscillate``, ``shuffle`` and ``repeat``;
                what to play, or None, for ``play``.
        """
        return await self._do(device, command, value, source, turn)

    async def restore(self, device: str, state: Mapping[str, Any], *, source: str = "", turn: str = "") -> Outcome:
        """Bring a device back to an earlier state: ``Outcome.before`` of the action to undo."""
        return await self._do(device, "restore", dict(state), source, turn)

    async def _do(self, device: str, command: str, value: Any, source: str, turn: str) -> Outcome:
        start = time.perf_counter()
        self._publish(ActionRequested(device=device, command=command, value=value, source=source, turn=turn))
        before = self._state(device)
        status, detail = await self._try(device, command, value)
        outcome = Outcome(status, device, self._state(device), before, since(start), detail)
        self._publish(ActionFinished(
            device=device, command=command, status=status, seconds=outcome.seconds, source=source, turn=turn
        ))
        return outcome

    async def _try(self, device: str, command: str, value: Any) -> tuple[Any, str]:
        known = self._registry.devices.get(device)
        found = self._registry.discovered(device)
        if known is None:
            return "refused", "there is no such device"
        if not self._connection.connected:
            return "unreachable", self.problem or "the broker is not connected yet"
        if found is None or not known.available:
            return "unavailable", "it is not there at the moment"
        try:
            plan = self._plan(known, command, value)
        except Refused as refusal:
            return "refused", refusal.what
        status, detail = await self._actions.carry_out(device, found.entity, plan, lambda: self._state(device))
        if detail == "unconfirmed":
            self._told(device, {key: list(new) if isinstance(new, tuple) else new for key, new in plan.want.items()})
        return status, detail

    def _plan(self, device: Device, command: str, value: Any) -> Plan:
        found = self._registry.discovered(device.id)
        assert found is not None
        state = self._actions.expected(device.id, device.state)
        if command == "restore":
            return found.entity.restore(value, state)
        if command not in COMMANDS:
            raise Refused(f"nothing can {command[:32].replace('_', ' ')}")
        if command == "toggle":
            command = toggled(device.kind, state)
        return found.entity.plan(command, value, state)

    def _state(self, device: str) -> dict[str, Any]:
        known = self._registry.devices.get(device)
        return dict(known.state) if known is not None else {}

    # ---- what comes from the broker

    def _message(self, topic: str, payload: bytes) -> None:
        if topic == self._sync_topic:
            waiting = self._syncs.pop(payload.decode("ascii", "replace"), None)
            if waiting is not None:
                waiting.set()
            return
        self._taps.take(topic, payload)
        try:
            self._take(topic, payload)
        except Exception:  # whatever a message does, the next one must be heard
            log.exception("a message on %s broke the home's part that reads it", ascii(topic))

    def _take(self, topic: str, payload: bytes) -> None:
        change = self._registry.announce(topic, payload)
        if change is not None:
            for removed in change.removed:
                self._actions.gone(removed.id, "it was taken away")
                self._tell("removed", removed)
            for added in change.added:
                self._tell("added", added)
            self._follow(change.topics)
            self._report(topic, change.problems)
            return
        for device in self._registry.listeners(topic):
            state, problem = self._registry.read(device, topic, payload)
            self._report(topic, (problem,) if problem else ())
            self._told(device, state)

    def _told(self, device: str, state: Mapping[str, Any]) -> None:
        """A device reported: note it, tell everyone if it is news, and let waiting actions look."""
        changed = self._registry.update(device, state)
        known = self._registry.devices[device]
        if changed:
            self._tell("changed", known)
        if not known.available:
            self._actions.gone(device, "it is not there any more")
        elif state:
            self._actions.changed(device, known.state)

    def _tell(self, change: Change, device: Device) -> None:
        if change == "added":
            self._publish(DeviceAdded(device=device.id, name=device.name, kind=device.kind, area=device.area))
        elif change == "removed":
            self._publish(DeviceRemoved(device=device.id))
        else:
            self._publish(DeviceChanged(device=device.id, state=dict(device.state), available=device.available))
        for watcher in tuple(self._watchers):
            try:
                watcher(change, device)
            except Exception:
                log.exception("a watcher of the home failed on %s %s", device.id, change)

    def _report(self, topic: str, problems: tuple[str, ...]) -> None:
        for problem in self._registry.reports.fresh(topic, problems):
            log.warning("%s: %s", ascii(topic), problem)
            self._publish(ComponentFailed(component=f"home {topic!a}", error=problem))

    # ---- the connection

    def _up(self) -> None:
        self._publish(HomeConnected(broker=str(self._connection.settings)))
        self._settling = self._start(self._settle())

    def _down(self, reason: str) -> None:
        self._settled.clear()
        self._syncs.clear()
        if self._settling is not None:
            self._settling.cancel()
        self._actions.lost("the broker cannot be reached")
        for device in self._registry.forget_availability():
            self._tell("changed", self._registry.devices[device])
        self._publish(HomeLost(broker=str(self._connection.settings), reason=reason))

    def _follow(self, topics: set[str]) -> None:
        """Subscribe to what new devices tell, and not to what old ones told; gathered into few subscriptions."""
        self._moved |= topics - {self._sync_topic}
        if self._moved and (self._subscribing is None or self._subscribing.done()):
            self._subscribing = self._start(self._subscribe())

    async def _subscribe(self) -> None:
        while self._moved:
            moved, self._moved = sorted(self._moved), set()
            await self._connection.subscribe(topic for topic in moved if self._registry.listeners(topic))
            await self._connection.unsubscribe(topic for topic in moved if not self._needs(topic))

    def _tells(self, topic: str) -> bool:
        """Whether the home itself listens to a topic or filter."""
        return topic in (*self._registry.filters, self._sync_topic) or bool(self._registry.listeners(topic))

    def _needs(self, topic: str) -> bool:
        """Whether anybody does."""
        return self._tells(topic) or self._taps.wants(topic)

    async def _settle(self) -> None:
        """What we send ourselves arrives after what the broker retains: first announcements, then states."""
        for _ in range(2):
            mark = f"{time.monotonic_ns()}"
            waiting = self._syncs[mark] = asyncio.Event()
            try:
                await self._connection.publish(Message(self._sync_topic, mark))
            except HomeError:
                return  # lost again; the next connection settles
            await waiting.wait()
            if self._subscribing is not None:
                await asyncio.wait([self._subscribing])
        self._settled.set()

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def toggled(kind: str, state: Mapping[str, Any]) -> str:
    """What "toggle" means now.

    Raises:
        Refused: the state is not known, or the kind is never toggled: a lock must be told which.
    """
    if kind == "cover":
        if state.get("open") is None:
            raise Refused("its state is not known")
        return "close" if state["open"] else "open"
    if kind not in ("light", "switch", "climate", "fan"):
        raise Refused(f"a {kind.replace('_', ' ')} cannot be toggled")
    return "turn_off" if state.get("on") else "turn_on"
