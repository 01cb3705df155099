"""The wake phrases of the agent that runs: what speaks against another one, and how one takes another's place."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from assistant.config import Config
from assistant.config.calling import cleaned, listen_for_hours, name_of, rename
from assistant.config.listening import calls_of, scorer_options
from assistant.grammar.grammar import Grammar
from assistant.wake.advice import advise, clash
from assistant.wake.calls import Call


class Scorer(Protocol):
    """What of the phrase scorer is used here."""

    async def configure(self, options: dict[str, object]) -> None: ...


class Waking:
    """Belongs to the event loop.

    Args:
        grammar: of the loaded skills.
        scorer: of typed phrases.
        changed: told of new settings, after they are in force.
    """

    def __init__(
        self, config: Config, grammar: Callable[[], Grammar], scorer: Callable[[], Scorer],
        changed: Callable[[Config], None],
    ) -> None:
        self.config = config
        self.calls = calls_of(config)
        self._grammar = grammar
        self._scorer = scorer
        self._changed = changed
        self._changing = asyncio.Lock()

    @property
    def phrase(self) -> str:
        """What it is called."""
        return self.config.wake[name_of(self.config)].phrase

    @property
    def hours(self) -> float:
        """About one false accept in so many hours of other people's talk."""
        return self.config.false_accept_hours

    async def look(self, phrase: str) -> list[str]:
        """What speaks against calling it so, the gravest first.

        Raises:
            ConfigError: nobody can say it, or no recogniser write it.
        """
        phrase, at = cleaned(phrase), name_of(self.config)
        others = [wake.call for number, wake in enumerate(self.config.wake) if number != at]
        told = list(clash(phrase, self._grammar()))  # the grammar belongs to the loop
        return [*told, *await asyncio.to_thread(advise, Call(phrase), others)]

    async def use(self, phrase: str, *, beside: bool = False) -> str:
        """Listen for another phrase from now on, and write it into the settings; gives it as it is written there.

        Args:
            beside: the one before is listened for as well.

        Raises:
            ConfigError: it cannot be one, or the settings cannot be written. All is as before then.
        """
        async with self._changing:
            await self._take(await asyncio.to_thread(rename, self.config, phrase, beside=beside))
        return cleaned(phrase)

    async def listen_for_hours(self, hours: float) -> None:
        """Listen more or less readily for typed phrases from now on; a trained model will from the next start on.

        Raises:
            ConfigError: the settings cannot be written.
            WorkerError: the phrase scorer is down; it will come back so.
        """
        async with self._changing:
            await self._take(await asyncio.to_thread(listen_for_hours, self.config, hours))
            await self._scorer().configure(scorer_options(self.config))

    def relearn(self) -> None:
        """Listen also for what was recorded meanwhile."""
        self.calls.take(calls_of(self.config))

    async def _take(self, written: Config) -> None:
        """Of settings that were written only those of wake phrases: others wait for the next start."""
        ours = {"wake": written.wake, "false_accept_hours": written.false_accept_hours}
        self.config = self.config.model_copy(update=ours)
        self.config._file = written._file
        self.relearn()
        self._changed(self.config)
