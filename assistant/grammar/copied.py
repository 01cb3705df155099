"""A copy of the grammar in a worker process, kept in step by edits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.grammar.grammar import Grammar


class GrammarCopy:
    """The part of a service that holds a copy."""

    def __init__(self) -> None:
        self._grammar = Grammar()

    def set_grammar(self, dump: Mapping[str, Any]) -> int:
        """Replace the grammar; returns its version. What uses the one before goes on with it."""
        self._grammar.apply(dump)
        return self._grammar.version

    def edit_grammar(self, edit: Mapping[str, Any]) -> int:
        """Apply the next edit, see ``Grammar.edits_since``; returns the version it leads to.

        Raises:
            GrammarError: an edit is missing in between; then the whole grammar must be sent.
        """
        self._grammar.apply(edit)
        return self._grammar.version
