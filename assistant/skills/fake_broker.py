"""A broker in memory, for tests of skills."""

from __future__ import annotations

from collections.abc import Callable

from assistant.home.registry import Registry
from assistant.home.schema import Household
from assistant.home.settings import ZIGBEE2MQTT
from assistant.home.topics import matches


class FakeBroker:
    """It refuses what the agent refuses: orders of devices, and announcements that no grant covers.

    Attributes:
        published: topic and payload of each message.

    Args:
        household: devices whose topics are known before any is announced.
    """

    def __init__(self, household: Household) -> None:
        self.published: list[tuple[str, str]] = []
        self._registry = Registry(household, bridges=(ZIGBEE2MQTT,))
        self._taps: list[tuple[str, Callable[[str, bytes], None]]] = []

    def listen(self, pattern: str, callback: Callable[[str, bytes], None]) -> Callable[[], None]:
        self._taps.append((pattern, callback))
        return lambda: self._taps.remove((pattern, callback))

    async def publish(self, topic: str, payload: str, *, retain: bool = False, announce: bool = False) -> None:
        self._registry.check_message(topic, announce=announce)
        self.published.append((topic, payload))
        self.deliver(topic, payload)

    def deliver(self, topic: str, payload: str) -> None:
        self._registry.announce(topic, payload.encode())
        for pattern, callback in tuple(self._taps):
            if matches(pattern, topic):
                callback(topic, payload.encode())
