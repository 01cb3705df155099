"""Sentences of a text that is still being written: each is there as soon as it cannot change any more."""

from __future__ import annotations

import re

from assistant.tts.clauses import sentences

_THOUGHT = re.compile(r"<think>.*?(</think>|$)", re.DOTALL)
"""What models write for themselves before they answer."""
_OPENING = "<think>"
_MARKUP = re.compile(r"(?m)^\s*(?:#+|[-*•]|\d+[.)])\s+|(?<!\w)[*_`]+(?=\S)|(?<=\S)[*_`]+(?!\w)")
"""Between letters or digits none is meant: "5*3", "living_room"."""
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


class Sentences:
    """Cuts a growing text."""

    def __init__(self) -> None:
        self._text = ""
        self._given = 0
        """Sentences that were given."""

    def feed(self, text: str) -> list[str]:
        """The sentences that are whole with this piece."""
        self._text += text
        return self._new(sentences(spoken(self._text))[:-1])  # the last one may go on

    def end(self) -> list[str]:
        """The rest."""
        return self._new(sentences(spoken(self._text)))

    def _new(self, found: list[str]) -> list[str]:
        new, self._given = found[self._given :], max(self._given, len(found))
        return new


def spoken(text: str) -> str:
    """What of a model's text is said: no thoughts, no markup."""
    text = _THOUGHT.sub("", text)
    for length in range(len(_OPENING) - 1, 0, -1):
        if text.endswith(_OPENING[:length]):
            text = text[:-length]
            break
    return _MARKUP.sub("", _LINK.sub(r"\1", text)).strip()
