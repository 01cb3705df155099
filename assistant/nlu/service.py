"""Trained understanding as a service: it lives in a worker process and holds its own copy of the grammar."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assistant.asr.service import view_from
from assistant.grammar.copied import GrammarCopy
from assistant.grammar.grammar import Grammar
from assistant.nlu.encoder import Encoder
from assistant.nlu.skills import SkillUnderstanding, plain


class UnderstandingService(GrammarCopy):
    """Guesses while it learns: a lesson is taught to a copy, which then takes the place of what was known.

    Args:
        folder: where what was learned is kept for the next start; empty: nowhere.

    Raises:
        ModelError: the encoder or the background is missing or damaged.
    """

    ASYNC = True

    def __init__(self, folder: str = "") -> None:
        super().__init__()
        self._folder = Path(folder) if folder else None
        self._encoder = Encoder()
        self._learner = SkillUnderstanding(Grammar(), self._encoder)
        self._learning = asyncio.Lock()

    async def learn(self) -> float:
        """Learn the grammar's sentences as they are now, unless they are known; returns the seconds it took."""
        async with self._learning:
            self._learner.grammar = Grammar.load(self._grammar.dump())
            learned = await asyncio.to_thread(self._learner.learn_or_load, self._folder)
            return learned.seconds if learned is not None else 0.0

    def weigh(self, text: str) -> dict[str, object]:
        """What it weighs about a sentence; empty: nothing was learned yet."""
        return self._learner.weigh(text)

    def understand(self, text: str, view: Mapping[str, Any] | None) -> dict[str, object] | None:
        """The guessed meaning of a sentence under a view, as ``assistant.nlu.skills.plain`` writes it."""
        return plain(self._learner.understand(text, view_from(view), self._grammar))
