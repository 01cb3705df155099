"""The home of a record: its devices as they were, which answer as they did then, and obey where that is not known."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, get_args

from assistant.events import ActionFinished, ActionRequested, DeviceChanged, Event
from assistant.home.actions import Outcome, Status
from assistant.home.home import Watcher
from assistant.home.schema import Household
from assistant.recorder.record import Request
from assistant.skills.fake_home import FakeHome

ANSWER_SECONDS = 0.15
"""What a device takes whose answer is not in the record."""


class RecordedHome(FakeHome):
    """Stands in for ``Home``. Nothing that is done here reaches a real device.

    Args:
        household: devices with the states they had.
        requests: what skills asked of the home in the record, with the devices' answers.
        seconds: how long each device took, by device and command.
    """

    busy = 0
    """Devices answer in audio time: it need not stand still for them."""

    def __init__(
        self, household: Household, requests: Sequence[Request], seconds: Mapping[tuple[str, str], float],
        publish: Callable[[Event], None], *, connected: bool = True,
    ) -> None:
        super().__init__(household)
        self.connected = connected
        self.problem = "" if connected else "the broker could not be reached then"
        self.published: list[tuple[str, str]] = []
        self._publish = publish
        self._answers = _answers(requests)
        self._seconds = seconds

    async def __aenter__(self) -> RecordedHome:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return

    async def settled(self, seconds: float = 0.0) -> bool:
        """All is known from the beginning."""
        return True

    def watch(self, callback: Watcher) -> Callable[[], None]:
        """No device comes or goes."""
        return lambda: None

    def listen(self, pattern: str, callback: Callable[[str, bytes], None]) -> Callable[[], None]:
        """No message comes."""
        return lambda: None

    async def publish(self, topic: str, payload: str, *, retain: bool = False, announce: bool = False) -> None:
        """Noted, and sent to nobody."""
        self.published.append((topic, payload))

    async def act(self, device: str, command: str, value: Any = None, *, source: str = "", turn: str = "") -> Outcome:
        """As in the record; what was not asked for there is done as told."""
        self._publish(ActionRequested(device=device, command=command, value=value, source=source, turn=turn))
        seconds = self._seconds.get((device, command), ANSWER_SECONDS)
        await asyncio.sleep(seconds)
        known = self._answers.get((device, command, repr(value)), [])
        outcome = self._as_then(device, known.pop(0)) if known else await super().act(device, command, value)
        self._tell(outcome, command, seconds, source, turn)
        return outcome

    async def restore(self, device: str, state: Mapping[str, Any], *, source: str = "", turn: str = "") -> Outcome:
        """Put a state back."""
        self._publish(ActionRequested(device=device, command="restore", value=dict(state), source=source, turn=turn))
        await asyncio.sleep(ANSWER_SECONDS)
        outcome = await super().restore(device, state)
        self._tell(outcome, "restore", ANSWER_SECONDS, source, turn)
        return outcome

    def _as_then(self, device: str, answer: Mapping[str, Any]) -> Outcome:
        before = dict(self.state(device)) if device in self.devices else {}
        state = dict(answer.get("state") or before)
        if device in self.devices:
            self.put(device, **state)
        return Outcome(answer["status"], device, state, before, detail=str(answer.get("detail", "")))

    def _tell(self, outcome: Outcome, command: str, seconds: float, source: str, turn: str) -> None:
        if dict(outcome.state) != dict(outcome.before):
            self._publish(DeviceChanged(device=outcome.device, state=dict(outcome.state)))
        self._publish(ActionFinished(
            device=outcome.device, command=command, status=outcome.status, seconds=seconds, source=source, turn=turn
        ))


def _answers(requests: Sequence[Request]) -> dict[tuple[str, str, str], list[Mapping[str, Any]]]:
    """What each device answered to each command, in order; refusals are today's permissions' business."""
    found: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for request in requests:
        if request.name != "act" or not isinstance(request.result, list):
            continue
        command, value = str(request.args.get("command")), request.args.get("value")
        for answer in request.result:
            status = answer.get("status") if isinstance(answer, dict) else None
            if status in get_args(Status) and status != "refused":
                found.setdefault((str(answer.get("device")), command, repr(value)), []).append(answer)
    return found
