"""Keeps the agent's one grammar: filled from skills and household, copied to whoever needs one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from assistant.grammar.base import FREE, Match, Value, View
from assistant.grammar.grammar import Grammar
from assistant.home_assistant.interpreter import Interpreter

SETTLE_SECONDS = 0.02
"""Devices announce themselves in bursts: their names go into the grammar together."""


class GrammarKeeper:
    """The grammar of one agent. Belongs to the event loop.

    Args:
        on_change: called after an edit, so that copies are brought up to date at once and not when somebody speaks.
    """

    def __init__(self, grammar: Grammar, on_change: Callable[[], None] = lambda: None) -> None:
        self.grammar = grammar
        self.on_change = on_change
        self.on_words: Callable[[], None] = lambda: None
        """Called after ``set_words``: copies are brought up to date, but there is nothing to learn."""
        self.interpreter: Interpreter | None = None
        """Translates meanings that are no skill's own."""
        self._lists: dict[str, tuple[Value, ...]] = {}
        self._pending: Callable[[], Mapping[str, Sequence[Value]]] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def warm(self, *views: View) -> None:
        """Build what the first sentence of a view needs: work that nobody should wait for then."""
        for view in views:
            self.grammar.match("warm", view)

    def set_lists(self, lists: Mapping[str, Sequence[Value]]) -> None:
        """Take in the household's lists; only those that differ are edits."""
        changed = False
        for name, values in lists.items():
            if self._lists.get(name) != tuple(values):
                self._lists[name] = tuple(values)
                self.grammar.set_list(name, values)
                changed = True
        if changed:
            self.on_change()

    def set_words(self, skill: str, name: str, values: Sequence[Value]) -> None:
        """Take in a list of a skill's own that changed while it runs."""
        self.grammar.set_list(name, values, skill)
        self.on_words()

    def set_lists_soon(self, lists: Callable[[], Mapping[str, Sequence[Value]]]) -> None:
        """``set_lists`` with what ``lists`` gives once the household has stopped changing for a moment."""
        self._pending = lists
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(SETTLE_SECONDS, self._set_pending)

    def close(self) -> None:
        """Forget what is pending."""
        if self._timer is not None:
            self._timer.cancel()

    def _set_pending(self) -> None:
        self._timer = None
        lists, self._pending = self._pending, None
        if lists is not None:
            self.set_lists(lists())

    def by_reading(self, reading: str, heard: str, view: View) -> Match | None:
        """Link of the fallback chain: the recogniser's reading under the grammar."""
        return self._first(reading, view)

    def by_open_text(self, reading: str, heard: str, view: View) -> Match | None:
        """Link of the fallback chain: what open recognition wrote, matched again, with what nobody listens for."""
        free = replace(view, scopes=(*view.scopes, FREE)) if "order" in view.scopes else view
        return self._first(heard, free) if heard else None

    def _first(self, text: str, view: View) -> Match | None:
        interpreter, matches = self.interpreter, self.grammar.match(text, view)
        if interpreter is None:
            return matches[0] if matches else None
        return interpreter.meaning(matches or self.grammar.match(interpreter.plain(text), view))

