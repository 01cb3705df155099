"""What was spoken lately, kept as sound: answers repeat."""

from __future__ import annotations

from collections import OrderedDict

from assistant.tts.base import Speech

CACHE_BYTES = 8 << 20
"""Three minutes at 22 kHz."""
LONGEST_TEXT = 200
"""Characters; longer texts are not said twice."""


class SpeechCache:
    """Sound by text; forgets what was used longest ago."""

    def __init__(self, limit: int = CACHE_BYTES) -> None:
        self._limit = limit
        self._pieces: OrderedDict[str, tuple[Speech, ...]] = OrderedDict()
        self.size = 0
        """Bytes of sound held."""
        self.hits = 0
        self.misses = 0

    def get(self, text: str) -> tuple[Speech, ...] | None:
        """The pieces of a text that was kept."""
        pieces = self._pieces.get(text)
        if pieces is None:
            self.misses += 1
            return None
        self.hits += 1
        self._pieces.move_to_end(text)
        return pieces

    def __contains__(self, text: str) -> bool:
        return text in self._pieces

    def put(self, text: str, pieces: tuple[Speech, ...]) -> None:
        """Keep a whole text."""
        size = _bytes(pieces)
        if len(text) > LONGEST_TEXT or size > self._limit // 4 or text in self._pieces:
            return
        self._pieces[text] = pieces
        self.size += size
        while self.size > self._limit:
            _, dropped = self._pieces.popitem(last=False)
            self.size -= _bytes(dropped)


def _bytes(pieces: tuple[Speech, ...]) -> int:
    return sum(piece.pcm.nbytes for piece in pieces)
