"""The wake phrases in use, and what each of them does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.asr.fold import fold

Action = Literal["turn", "stop"]
NEAR = 10.0
"""So far below its threshold a score is still told to those who watch."""


@dataclass(frozen=True, slots=True)
class Call:
    """What a phrase does."""

    phrase: str
    """As it is set."""
    action: Action = "turn"
    """``turn``: an order follows. ``stop``: be quiet."""
    person: str = ""
    """Who says it: a hint, which proves nothing and gives no rights."""
    skill: str = ""
    """Whose sentences are meant first."""


class Calls:
    """All of them. Changed in place while the assistant runs: who watches for ``typed`` sees it at once.

    Args:
        typed: those that the phrase scorer hears.
        trained: those that detectors of their own hear.
        spellings: other ways in which a typed phrase is written for this household, by phrase.
    """

    def __init__(
        self, typed: Iterable[Call] = (), trained: Iterable[Call] = (),
        spellings: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        written = spellings or {}
        calls = {call.phrase: call for call in typed}
        others = {other: calls[phrase] for phrase in calls for other in written.get(phrase, ()) if other not in calls}
        self.typed: list[str] = [*calls, *others]
        """What to score, other spellings included."""
        every = {**{call.phrase: call for call in trained}, **others, **calls}
        self._calls = {_plain(phrase): call for phrase, call in every.items()}
        self.watchers = 0
        """Who wants to know of scores that are too low: a meter on the page, the review."""

    def take(self, other: Calls) -> None:
        """Listen for what another one listens for, from now on."""
        self.typed[:] = other.typed
        self._calls = dict(other._calls)

    def below(self) -> float:
        """How far below its threshold a score is worth telling."""
        return NEAR if self.watchers else 0.0

    def of(self, phrase: str) -> Call | None:
        """What a phrase does that was heard; None: it is not listened for any more."""
        return self._calls.get(_plain(phrase))


def _plain(phrase: str) -> str:
    """A model may write its phrase otherwise than the settings do."""
    return fold(phrase) or phrase
