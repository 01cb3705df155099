"""What goes wrong in one skill process: named, counted, and judged whether the process has to begin anew."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable

from assistant.events import ComponentFailed, Event

MOST_FAILURES = 5
"""So many failures in a row, or within a minute outside orders, and the process begins anew."""
FAILURE_SECONDS = 60.0

log = logging.getLogger(__name__)


class Failures:
    """Failures of the skills in one process.

    Attributes:
        counts: by skill.
    """

    def __init__(self, publish: Callable[[Event], None]) -> None:
        self.counts: Counter[str] = Counter()
        self._publish = publish
        self._streaks: Counter[str] = Counter()
        self._recent: deque[float] = deque(maxlen=MOST_FAILURES)

    def report(self, skill: str, error: str, source: str = "", turn: str = "") -> None:
        """Tell of one."""
        self.counts[skill] += 1
        log.warning("skill %s failed (%d): %s", skill, self.counts[skill], error)
        self._publish(ComponentFailed(source=source, turn=turn, component=f"skill {skill}", error=error))

    def well(self, skill: str) -> None:
        """An order was handled."""
        self._streaks[skill] = 0

    def failed(self, skill: str) -> str:
        """An order failed; why the process has to begin anew, empty while it need not."""
        self._streaks[skill] += 1
        return f"{MOST_FAILURES} failures in a row" if self._streaks[skill] >= MOST_FAILURES else ""

    def failed_unasked(self) -> str:
        """Something outside orders failed; as ``failed``."""
        now = asyncio.get_running_loop().time()
        self._recent.append(now)
        often = len(self._recent) == MOST_FAILURES and now - self._recent[0] < FAILURE_SECONDS
        return f"{MOST_FAILURES} failures within a minute" if often else ""

    def forget(self) -> None:
        """The process begins anew."""
        self._streaks.clear()
        self._recent.clear()
