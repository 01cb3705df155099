"""The fallback chain: one visible, ordered list of ways to find a meaning, the first meaning wins.

Links that answer at once come first; those that have to be waited for (a model in another process) follow, each with a
time budget, and only where words were an order that nothing before them understood. The last may be one that finds no
meaning but answers in words of its own (a language model).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from assistant.dialogue.aside import beside_an_aside
from assistant.dialogue.plainly import asks, plainer
from assistant.dialogue.planned import begins, is_exact, planned
from assistant.dialogue.several import several
from assistant.errors import AssistantError
from assistant.grammar.base import Match, View
from assistant.skills.messages import Answer

log = logging.getLogger(__name__)

Link = Callable[[str, str, View], Match | None]
"""(words of the best reading, words of open recognition, view) -> a meaning or None."""


@dataclass(frozen=True, slots=True)
class Found:
    """A meaning, and which link found it."""

    match: Match
    link: str
    sure: bool = True
    """False: it is a guess to ask about first."""
    certainty: float = 1.0


Guesser = Callable[[str, View], Awaitable[Found | None]]
"""(words, view) -> a meaning or None."""


Weigher = Callable[[str], Awaitable[dict[str, Any]]]
"""(words) -> what a link weighs, as plain data: ``guesses`` (pairs of intent and probability), ``certainty``, ``ask``
and ``sure`` (the certainties from which it asks, and does it)."""


@dataclass(frozen=True, slots=True)
class LateLink:
    """A link that has to be waited for."""

    name: str
    guess: Guesser
    seconds: float
    """Time budget."""
    weigh: Weigher | None = None
    """For those who ask why; None: it cannot say."""


LONGEST = 60
"""Words of a text that may be several orders, one for later or one with an aside; who says more tells a story, and to
look for orders at every cut of it takes long."""
TALKER = "llm"
"""Name of the link that answers freely."""


@dataclass(frozen=True, slots=True)
class Replied:
    """What became of words that were answered freely."""

    text: str
    """All that was said."""
    outcome: str
    """As of ``Answered``."""


class Floor(Protocol):
    """What whoever answers freely may do in the turn."""

    @property
    def view(self) -> View:
        """What may be ordered here."""
        ...

    @property
    def exchanges(self) -> Sequence[tuple[str, str]]:
        """What was said in this conversation before, and what was answered."""
        ...

    def say(self, sentence: str) -> None:
        """Say a sentence after those before it; returns at once."""
        ...

    def pause(self) -> None:
        """Nothing follows for a while: somebody may be asked something."""
        ...

    async def order(self, match: Match) -> Answer:
        """Give an order as the speaker would: permissions and questions are the same. Pause first."""
        ...

    async def final(self) -> None:
        """Wait until the speaker cannot go on any more: what cannot be taken back is not done before."""
        ...

    async def refused(self, tool: str) -> str:
        """Why the speaker may not have a tool used that is no skill; empty: they may. Pause first."""
        ...

    async def confirm(self, question: str) -> bool:
        """Ask the speaker for a yes. Pause first."""
        ...


class Talker(Protocol):
    """The link that answers freely."""

    async def answer(self, words: str, floor: Floor) -> Replied:
        """Answer words; what cannot be answered is said as well. Cancelling ends it at once."""
        ...


class Chain:
    """Asks each link in order."""

    def __init__(
        self, links: Sequence[tuple[str, Link]], late: Sequence[LateLink] = (), talker: Talker | None = None
    ) -> None:
        self.links = tuple((name, self._timely(link)) for name, link in links)
        self.late = tuple(late)
        self.talker = talker
        """Answers what no link found a meaning for; None: nobody does."""

    def understand(self, reading: str, heard: str, view: View) -> Found | None:
        """The meaning of an utterance, or None; by the links that answer at once."""
        for name, link in self.links:
            match = link(reading, heard, view)
            if match is not None:
                return Found(match, name)
        return None

    def orders(self, words: str, view: View) -> tuple[Match, ...]:
        """The orders in a text: none, one, several, or some for later; by the links that answer at once."""
        match = self._meaning(words, view)
        return (match,) if match is not None else self.compound(words, view)

    def compound(self, words: str, view: View) -> tuple[Match, ...]:
        """The orders in a text that is several, one for later, one with an aside, or one in other words; empty: none.

        A time at the beginning is that of all of them, one at the end that of the last.
        """
        if _is_story(words):
            return ()
        return self._parts(words, view) or self._plainly(words, view)

    def _plainly(self, words: str, view: View) -> tuple[Match, ...]:
        """The orders of the first plainer wording that has a meaning; that of a question is no order for later."""
        later = not asks(words)
        for wording in plainer(words):
            match = self._meaning(wording.text, view)
            if match is not None and not (wording.added and match.wildcards):
                return (match,)
            if match is None and not wording.added and (found := self._parts(wording.text, view, later)):
                return found
        return ()

    def _parts(self, words: str, view: View, later: bool = True) -> tuple[Match, ...]:
        one = self._one if later else self._meaning
        if later and begins(words) and (order := self._later(words, view)) is not None:
            return (order,)
        found = several(words, view, one)
        if not found and later and (order := self._later(words, view)) is not None:
            return (order,)
        if not found and (order := beside_an_aside(words, view, one)) is not None:
            return (order,)
        return found

    def _timely(self, link: Link) -> Link:
        """A link that tells the time at the end of an open slot from what the slot holds, where the sentence wants it.

        "Play jazz at ten" is to be done at ten, and looks for no "jazz at ten".
        """

        def timely(reading: str, heard: str, view: View) -> Match | None:
            match = link(reading, heard, view)
            if match is None or match.rule is None or not (match.rule.later and match.wildcards):
                return match
            later = self._later(match.written or match.text, view)
            return later if later is not None and is_exact(later) else match

        return timely

    def _meaning(self, words: str, view: View) -> Match | None:
        found = self.understand(words, words, view)
        return found.match if found is not None else None

    def _one(self, words: str, view: View) -> Match | None:
        """An order, or one for later."""
        return self._meaning(words, view) or self._later(words, view)

    def _later(self, words: str, view: View) -> Match | None:
        if _is_story(words):
            return None
        return planned(words, view, self._now, self._meaning)

    def _now(self, words: str, view: View) -> tuple[Match, ...]:
        """Orders that are not for later."""
        match = self._meaning(words, view)
        return (match,) if match is not None else several(words, view, self._meaning)

    async def consider(self, words: str, view: View) -> Found | None:
        """The meaning of words that no link understood at once, or None. One that fails or is late is passed over."""
        for link in self.late:
            try:
                async with asyncio.timeout(link.seconds):
                    found = await link.guess(words, view)
            except TimeoutError:
                log.warning("the link %s had no answer within %.1f s", link.name, link.seconds)
            except AssistantError as error:
                log.warning("the link %s failed: %s", link.name, error)
            else:
                if found is not None:
                    return found
        return None


def _is_story(words: str) -> bool:
    return len(words.split()) > LONGEST
