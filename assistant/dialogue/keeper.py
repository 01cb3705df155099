"""Keeps the agent's one grammar: filled from skills and household, copied to the recogniser edit by edit."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from assistant.grammar.base import Match, Rule, Value, View
from assistant.grammar.grammar import Grammar
from assistant.workers.worker import Worker

SETTLE_SECONDS = 0.02
"""Devices announce themselves in bursts: their names go into the grammar together."""


class GrammarKeeper:
    """The grammar and its copies. Belongs to the event loop."""

    def __init__(self, grammar: Grammar) -> None:
        self.grammar = grammar
        self._copies: dict[Worker, int] = {}
        self._lists: dict[str, tuple[Value, ...]] = {}
        self._pending: Mapping[str, Sequence[Value]] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def add_skill(self, skill: str, rules: Sequence[Rule], expansions: Mapping[str, str]) -> None:
        """Take in a skill's sentences."""
        self.grammar.set_rules(skill, rules, expansions)
        self._send_edits()

    def set_lists(self, lists: Mapping[str, Sequence[Value]]) -> None:
        """Take in the household's lists; only those that differ are edits."""
        changed = False
        for name, values in lists.items():
            if self._lists.get(name) != tuple(values):
                self._lists[name] = tuple(values)
                self.grammar.set_list(name, values)
                changed = True
        if changed:
            self._send_edits()

    def set_lists_soon(self, lists: Mapping[str, Sequence[Value]]) -> None:
        """``set_lists``, once the household has stopped changing for a moment."""
        self._pending = lists
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(SETTLE_SECONDS, self._set_pending)

    def _set_pending(self) -> None:
        self._timer = None
        if self._pending is not None:
            self.set_lists(self._pending)
            self._pending = None

    async def copy_to(self, worker: Worker) -> None:
        """Give a worker its copy; later edits follow by themselves."""
        self._copies[worker] = self.grammar.version
        await worker.call("set_grammar", self.grammar.dump(), timeout=30.0)

    def _send_edits(self) -> None:
        for worker, version in list(self._copies.items()):
            if not worker.ready:
                continue  # a restarted worker is given a whole copy
            self._copies[worker] = self.grammar.version
            for edit in self.grammar.edits_since(version):
                worker.send("edit_grammar", edit)

    def by_reading(self, reading: str, heard: str, view: View) -> Match | None:
        """Link of the fallback chain: the recogniser's reading under the grammar."""
        return self._first(reading, view)

    def by_open_text(self, reading: str, heard: str, view: View) -> Match | None:
        """Link of the fallback chain: what open recognition wrote, matched again."""
        return self._first(heard, view) if heard != reading else None

    def _first(self, text: str, view: View) -> Match | None:
        matches = self.grammar.match(text, view)
        return matches[0] if matches else None

