"""Home Assistant's sentences in one agent: taught to its grammar, translated for its skills, answered in its words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assistant.grammar.base import Match
from assistant.grammar.grammar import Grammar
from assistant.home.actions import Outcome
from assistant.home_assistant.names import Row
from assistant.home_assistant.replies import Facts, Replies
from assistant.home_assistant.sentences import SKILL, home_assistant_sentences, without_skipped
from assistant.home_assistant.states import Places, TimerState
from assistant.home_assistant.translate import Intents, able_to, best
from assistant.skills import builtin
from assistant.skills.loader import LANGUAGE
from assistant.skills.messages import Answer

OURS_ALONE = ("weather", "conversation")
"""Skills whose answers hold more than the package's templates are given: only in the language that they speak."""


@dataclass(slots=True)
class Interpreter:
    """Between the package's sentences and our skills.

    Args:
        language: as the package spells it.
        timers: those that run now.
    """

    language: str
    home: Places
    timers: Callable[[], Sequence[TimerState]]
    intents: Intents = frozenset()
    """Skills and intents that can be carried out, since ``teach``."""

    @property
    def translates_answers(self) -> bool:
        """Whether our skills speak another language."""
        return self.language != LANGUAGE

    def read(self) -> None:
        """Read the language's sentences, which takes a second: on any thread, ahead of ``teach``."""
        home_assistant_sentences(self.language)

    def teach(self, grammar: Grammar, skills: Mapping[str, Any]) -> None:
        """Put the sentences of which a skill can carry something out into a grammar, in place of those there.

        Args:
            skills: those that are loaded, by name.
        """
        found = {(name, rule.intent) for name, skill in skills.items() for rule in skill.sentences.rules}
        self.intents = frozenset(found | {(builtin.SKILL, "NeverMind")})
        grammar.set_sentences(SKILL, home_assistant_sentences(self.language, able_to(self.intents, self._wanted)))

    def meaning(self, matches: Sequence[Match]) -> Match | None:
        """The first of several meanings that somebody can carry out, in our words."""
        return best(matches, self.home.devices, self.intents)

    def plain(self, text: str) -> str:
        """A text without the language's skip words."""
        return without_skipped(text, self.language)

    async def answered(
        self, match: Match, handle: Callable[[], Awaitable[Answer]], outcomes: Callable[[], Sequence[Any]]
    ) -> Answer:
        """What a skill answers, in the language in which it was asked.

        Args:
            handle: lets the skill act.
            outcomes: what its changes gave, once they are made; of devices it is what became of them.
        """
        before = len(self.timers())
        answer = await handle()
        if match.origin is None or not self.translates_answers:
            return answer
        timers = self.timers()
        facts = Facts(timers, max(0, before - len(timers)), datetime.now().astimezone())
        became = [outcome for outcome in outcomes() if isinstance(outcome, Outcome)]
        return Replies(self.language, self.home).reply(match.origin, answer, became, facts)

    def not_understood(self) -> str | None:
        """What is said of words without a meaning; None: what is always said."""
        return Replies(self.language, self.home).error("no_intent") if self.translates_answers else None

    def _wanted(self, row: Row) -> bool:
        return not self.translates_answers or row.skill not in OURS_ALONE
