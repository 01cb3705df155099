"""The wake phrases in use, and what each of them does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Action = Literal["turn", "stop"]


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
        self.typed: list[str] = []
        """What to score, other spellings included."""
        self._calls: dict[str, Call] = {}
        self.use(typed, trained, spellings)

    def use(
        self, typed: Iterable[Call], trained: Iterable[Call] = (),
        spellings: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """Listen for these from now on, and for no others."""
        written = spellings or {}
        calls = {call.phrase: call for call in typed}
        others = {other: calls[phrase] for phrase in calls for other in written.get(phrase, ()) if other not in calls}
        self.typed[:] = [*calls, *others]
        self._calls = {**{call.phrase: call for call in trained}, **others, **calls}

    def of(self, phrase: str) -> Call | None:
        """What a phrase does that was heard; None: it is not listened for any more."""
        return self._calls.get(phrase)
