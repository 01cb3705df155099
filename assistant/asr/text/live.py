"""Recognisers that write text while somebody speaks: partials come from the library, which hears every sample once."""

from __future__ import annotations

from collections.abc import Callable

from assistant.asr.base import Capabilities
from assistant.asr.heard import QUIET, loudest
from assistant.asr.text.base import LiveTranscriber
from assistant.asr.text.reading import Allowed, allowed_by
from assistant.asr.text.stream import TextStream
from assistant.grammar.base import Constraints, View


class LiveTextRecognizer:
    """Writes text as it is spoken, and reads as sentences what is one.

    Args:
        begin: makes a transcriber of one utterance.
        grammar: whose sentences may be said; None for open dictation only. May be edited between decodes.
    """

    def __init__(
        self, begin: Callable[[], LiveTranscriber], capabilities: Capabilities, grammar: Constraints | None = None
    ) -> None:
        self.capabilities = capabilities
        self._begin = begin
        self._grammar = grammar

    def stream(self, view: View | None = None, *, prefix: str = "") -> LiveTextStream:
        """Open an utterance; see the contract."""
        language = self.capabilities.languages[0]
        return LiveTextStream(self._begin(), allowed_by(self._grammar, view), prefix, language=language)


class LiveTextStream(TextStream):
    """One utterance; see the contract."""

    def __init__(self, live: LiveTranscriber, allowed: Allowed, prefix: str = "", *, language: str = "en") -> None:
        super().__init__(live, allowed, prefix, language=language)
        self._live = live

    def _so_far(self) -> str:
        """The library's own partial; after a decision at the same sample there is nothing to add to that."""
        sound, _, stop = self._sound.until(None)
        if self._known is not None and self._known[0] == stop:
            return self._spoken(self._known[1].text)
        return self._spoken(self._live.so_far(sound)) if loudest(sound) >= QUIET else ""
