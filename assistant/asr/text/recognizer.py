"""A recogniser around anything that writes text."""

from __future__ import annotations

from assistant.asr.base import Capabilities
from assistant.asr.text.base import Transcriber
from assistant.asr.text.reading import allowed_by
from assistant.asr.text.stream import TextStream
from assistant.grammar.base import Constraints, View


class TextRecognizer:
    """Writes text, and reads as sentences what is one.

    Args:
        grammar: whose sentences may be said; None for open dictation only. May be edited between decodes.
        partials: whether the sound may be read again and again while somebody speaks.
    """

    def __init__(
        self, transcriber: Transcriber, capabilities: Capabilities, grammar: Constraints | None = None, *,
        partials: bool = True,
    ) -> None:
        self.capabilities = capabilities
        self._transcriber = transcriber
        self._grammar = grammar
        self._partials = partials

    def stream(self, view: View | None = None, *, prefix: str = "") -> TextStream:
        """Open an utterance; see the contract."""
        return TextStream(
            self._transcriber, allowed_by(self._grammar, view), prefix, language=self.capabilities.languages[0],
            partials=self._partials,
        )
