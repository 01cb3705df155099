"""Open words as they were written: a slot holds plain words, the text they come from has capitals and marks."""

from __future__ import annotations

from assistant.grammar.symbols import readable, symbols_of

MARKS = " ,.;:!?"
"""At the ends of a piece of text they belong to what is around it."""


def as_written(words: str, text: str) -> str:
    """Where a text holds these words, that piece of it; else the words as they are.

    Of several places the last one counts: what is open mostly ends a sentence.
    """
    wanted, pieces = readable(symbols_of(words)), text.split()
    for first in range(len(pieces) - 1, -1, -1):
        for last in range(first + 1, len(pieces) + 1):
            piece = " ".join(pieces[first:last])
            plain = readable(symbols_of(piece))
            if plain == wanted:
                return piece.strip(MARKS)
            if not wanted.startswith(plain):
                break
    return words
