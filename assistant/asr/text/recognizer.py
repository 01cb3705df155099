"""A recogniser around anything that writes text."""

from __future__ import annotations

from assistant.asr.base import Capabilities
from assistant.asr.text.base import Transcriber
from assistant.asr.text.reading import LETTERS
from assistant.asr.text.stream import TextStream
from assistant.grammar.base import Constraints, TokenConstraint, View


class TextRecognizer:
    """Writes text, and reads as sentences what is one.

    Args:
        grammar: whose sentences may be said; None for open dictation only. May be edited between decodes.
    """

    def __init__(
        self, transcriber: Transcriber, capabilities: Capabilities, grammar: Constraints | None = None
    ) -> None:
        self.capabilities = capabilities
        self._transcriber = transcriber
        self._grammar = grammar

    def stream(self, view: View | None = None, *, prefix: str = "") -> TextStream:
        """Open an utterance; see the contract."""
        return TextStream(self._transcriber, self._constraint(view), prefix)

    def _constraint(self, view: View | None) -> tuple[TokenConstraint, int] | None:
        if view is None or self._grammar is None:
            return None
        return self._grammar.constraint(LETTERS, view), self._grammar.version
