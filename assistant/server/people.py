"""Who lives here, as a tab is told of it, and how a tab enrols somebody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody who lives here; without a name: whoever is not known."""

    name: str
    groups: Sequence[str] = ()
    seconds: float = 0.0
    """Of speech by which the voice is known; 0: it is not."""
    rights: Sequence[tuple[str, str]] = ()
    """``may``, ``may not`` or ``is asked for more``, and what."""


@dataclass(frozen=True, slots=True)
class PeopleView:
    """Everybody, and what this tab may do about them."""

    people: Sequence[PersonView] = ()
    """The guest last."""
    known: bool = False
    """Whether anybody's voice is known, so that it matters who speaks."""
    problem: str = ""
    """Why nobody is recognised, where somebody should be."""
    may_enrol: bool = True
    """Whether this tab may enrol; where not, the PIN opens it."""


@dataclass(frozen=True, slots=True)
class TakeView:
    """What came of one sentence."""

    seconds: float
    """Of speech so far."""
    enough: bool
    """Whether the voice may be kept."""
    plenty: bool
    """Whether no more need be read."""
    level: float
    """dBFS."""
    what: str = ""
    """What was wrong with it; empty: nothing."""
    mend: str = ""


class PeoplePort(Protocol):
    """What a tab may ask about people. Every method raises AssistantError with words for whoever asks."""

    async def view(self) -> PeopleView:
        """Who lives here."""
        ...

    async def prove(self, pin: str) -> None:
        """Let this tab enrol, if that is the PIN."""
        ...

    async def check_settings(self) -> None:
        """Whether this tab may change what the whole household has: raises where that takes the PIN first."""
        ...

    async def begin(self, name: str, groups: Sequence[str]) -> Sequence[str]:
        """Begin to learn a voice; what is to be read."""
        ...

    async def read(self, sentence: int) -> TakeView:
        """Listen to one of the sentences."""
        ...

    async def keep(self) -> tuple[str, bool]:
        """Keep the voice; how well it is known, and whether that will do."""
        ...

    def give_up(self) -> None:
        """Nothing of it is kept."""
        ...
