"""What rang lately and where: what "snooze" is about."""

from __future__ import annotations

from collections.abc import Container

from assistant.store.timer import Timer


class Heard:
    """The latest that rang at each source. Moments are seconds of one clock, the caller's."""

    def __init__(self) -> None:
        self._at: dict[str, tuple[Timer, float]] = {}

    def note(self, timer: Timer, source: str, now: float) -> None:
        """It rings at a source."""
        self._at[source] = timer, now

    def note_again(self, timer: str, now: float) -> None:
        """It is heard still, wherever it rings."""
        for source, (heard, _) in tuple(self._at.items()):
            if heard.id == timer:
                self.note(heard, source, now)

    def forget(self, timer: str) -> None:
        """It rings no more, and is not to."""
        self._at = {source: known for source, known in self._at.items() if known[0].id != timer}

    def latest(self, source: str, since: float, ringing: Container[str]) -> Timer | None:
        """What rang at a source, else anywhere, last.

        Args:
            since: what was heard before is forgotten,
            ringing: unless it is one of these.
        """
        known = {at: held for at, held in self._at.items() if held[1] >= since or held[0].id in ringing}
        newest = max(known.values(), key=lambda held: held[1], default=None)
        found = known.get(source, newest)
        return None if found is None else found[0]
