"""Answers skills of a replay: by today's agent what is its own, from the record what came from outside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from assistant.errors import SkillError
from assistant.recorder.record import Request
from assistant.skills.calls import SkillCall, SkillRequests

OWN = frozenset((
    "devices", "connected", "act", "confirm", "ask", "prepare", "timers.set", "timers.list", "timers.cancel",
    "timers.add", "store.set", "volume", "stop", "speak", "chime", "play", "mqtt.publish", "examples", "status",
    "order", "understand", "list.set",
))
"""What the replayed agent answers itself; its home and its sources reach nothing real."""
VALUES = frozenset(("store.get", "store.keys"))
"""From the record until the skill has changed something, then from the agent's own."""


class RecordedRequests:
    """Stands between skills and the agent.

    Args:
        requests: the agent's.
        recorded: what was asked in the record.
    """

    def __init__(self, requests: SkillRequests, recorded: Sequence[Request]) -> None:
        self._requests = requests
        self._recorded = [one for one in recorded if not (isinstance(one.result, dict) and "error" in one.result)]
        self._failed = [one for one in recorded if one not in self._recorded]
        self._changed: set[str] = set()
        """Skills that have written values."""
        self.missed: list[str] = []
        """What was asked for and is not in the record."""

    async def request(self, call: SkillCall, name: str, args: dict[str, Any]) -> Any:
        """See ``SkillRequests``.

        Raises:
            SkillError: it would reach outside, and is not in the record; or it failed then.
        """
        if name == "store.set":
            self._changed.add(call.skill)
        if name in OWN or (name in VALUES and call.skill in self._changed):
            return await self._requests.request(call, name, args)
        for known in self._recorded:
            if (known.skill, known.name, known.args) == (call.skill, name, args):
                return known.result
        if name in VALUES:
            return await self._requests.request(call, name, args)
        for known in self._failed:
            if (known.skill, known.name, known.args) == (call.skill, name, args):
                raise SkillError(str(known.result["error"]), where=f"skill {call.skill}")
        self.missed.append(f"{call.skill} asks for {name}, which is not in the record")
        raise SkillError(f"{name} is not in the record", where=f"skill {call.skill}")

    def listen(self, call: SkillCall, kind: str, what: str, hear: Callable[[list[Any]], None]) -> Callable[[], None]:
        """See ``SkillRequests``."""
        return self._requests.listen(call, kind, what, hear)
