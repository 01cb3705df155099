"""What opens a turn."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from assistant.turns.listener import Listener, Utterance


@dataclass(slots=True)
class Trigger:
    """The reason of a turn and what is already known of its utterance."""

    reason: str
    """``wake``, ``push``, ``follow_up``, ``barge_in``, ``text``, ``ring`` or ``announce``."""
    start: int = 0
    """First sample that belongs to the utterance."""
    phrase: str = ""
    phrase_end: int = 0
    """First sample after the wake phrase."""
    phrase_score: float = 0.0
    """The detector's own; see ``WakeHit``."""
    person: str = ""
    """Who speaks, if the wake phrase is somebody's own: a hint."""
    skill: str = ""
    """Whose sentences are meant first, if the wake phrase is for one."""
    text: str = ""
    """The order, where it was typed; the words, where a timer is due."""
    listener: Listener | None = None
    """The listener that heard the utterance, where it has been heard already."""
    utterance: Utterance | None = None
    done: asyncio.Future[str] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    """The answer's text, for who typed the order."""
    seconds: float = 0.0
    """So long it rings after the words."""
    over: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    """Done when its turn has ended, or is not wanted any more."""

    @property
    def addressed(self) -> bool:
        """Whether the assistant was addressed expressly, so that an answer is owed."""
        return self.reason in ("wake", "push", "text")
