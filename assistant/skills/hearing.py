"""What the skills of one process hear unasked: messages and events, as far as the agent lets them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from assistant.allowance import Allowance
from assistant.errors import SkillError
from assistant.skills.calls import SkillCall, SkillRequests

BURST, DELIVERIES_PER_SECOND = 200, 50.0
"""Messages and events that a skill is given at once, and each second; more are dropped."""
Deliver = Callable[[str, str, list[Any]], None]
"""(skill, method, arguments)"""


class Hearing:
    """Who listens to what.

    Attributes:
        refused: skills that want to hear of what no grant of theirs covers, and why not.
    """

    def __init__(self, requests: SkillRequests, skills: Iterable[str], deliver: Deliver) -> None:
        self.refused: dict[str, str] = {}
        self._requests = requests
        self._deliver = deliver
        self._allowances = {skill: Allowance(BURST, DELIVERIES_PER_SECOND) for skill in skills}
        self._ends: list[Callable[[], None]] = []

    def begin(self, call: SkillCall, wanted: Iterable[list[str]]) -> None:
        """Let a skill hear of what it wants: method, kind (``mqtt``, ``event``) and topic or type of each."""
        try:
            for method, kind, what in wanted:
                hear = partial(self.hear, call.skill, method)
                self._ends.append(self._requests.listen(call, kind, what, hear))
        except SkillError as error:
            self.refused[call.skill] = str(error)

    def end(self) -> None:
        """Nobody hears anything any more."""
        while self._ends:
            self._ends.pop()()

    def hear(self, skill: str, method: str, args: list[Any]) -> None:
        """Give a skill a message or event that it wanted; too many are dropped."""
        if self._allowances[skill].take(asyncio.get_running_loop().time()):
            self._deliver(skill, method, args)
