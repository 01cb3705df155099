"""What every device of the simulated home has: an announcement, a state, and what a command does to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from assistant.home.schema import Area, Device

MAKER = "Simulation (no real device)"
LOWEST, HIGHEST = 0, 100
ON_OFF = {"ON": True, "OFF": False}


class Simulated:
    """One device: its announcement, its state, and what a command does to it."""

    component: ClassVar[str]

    def __init__(self, device: Device, area: Area | None, base: str) -> None:
        self.device = device
        self.base = f"{base}/{device.id}"
        self.area = area.name if area else ""
        self.state: dict[str, Any] = dict(device.state)

    def announcement(self, availability: str) -> dict[str, Any]:
        """The body of its discovery message."""
        block = {"identifiers": [self.device.id], "name": self.device.name, "manufacturer": MAKER, "model": "simulated"}
        if self.area:
            block["suggested_area"] = self.area
        body: dict[str, Any] = {
            "~": self.base, "name": None, "unique_id": self.device.id, "object_id": self.device.id, "device": block,
            "availability": [{"topic": availability}, {"topic": "~/available"}], "availability_mode": "all",
        }
        if self.device.device_class:
            body["device_class"] = self.device.device_class
        return {**body, **self.settings()}

    def settings(self) -> dict[str, Any]:
        """Topics and words of its kind."""
        raise NotImplementedError

    def obey(self, topic: str, payload: str) -> Iterable[dict[str, Any]]:
        """What a command changes, in steps; ``topic`` is the part after the base. Raises ValueError for nonsense."""
        raise NotImplementedError

    def reports(self) -> dict[str, str]:
        """The state, as payloads by topic after the base."""
        raise NotImplementedError


def one_of(payload: str, words: Mapping[str, Any]) -> Any:
    """What a word means. Raises ValueError for one that a device does not know."""
    if payload not in words:
        raise ValueError(f"no such command: {payload!r}")
    return words[payload]
