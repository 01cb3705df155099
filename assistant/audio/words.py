"""Up to which word was it heard? From where each clause begins in the sound, and in proportion within a clause.

No voice says where its words lie, so the place within a clause is estimated by its letters; a clause's beginning is
exact.
"""

from __future__ import annotations

from assistant.audio.frames import SAMPLE_RATE

LETTER_SECONDS = 0.065
"""A letter's length while the clause is still being written, and its end not known."""


class WordMarks:
    """What a clip says, and where."""

    def __init__(self) -> None:
        self._clauses: list[tuple[int, str]] = []

    def add(self, sample: int, text: str) -> None:
        """A clause begins at a sample of the clip (16 kHz)."""
        if text.strip():
            self._clauses.append((sample, text.strip()))

    def heard(self, position: int, end: int | None) -> str:
        """The words that began before a sample.

        Args:
            position: samples heard.
            end: samples of the whole clip; None while it grows.
        """
        said = []
        for number, (begin, text) in enumerate(self._clauses):
            if begin >= position:
                break
            following = self._clauses[number + 1][0] if number + 1 < len(self._clauses) else end
            length = following - begin if following is not None else round(len(text) * LETTER_SECONDS * SAMPLE_RATE)
            said.append(_part(text, (position - begin) / max(1, length)))
        return " ".join(said)


def _part(text: str, share: float) -> str:
    """The words of a clause that began within a share of its letters."""
    if share >= 1.0:
        return text
    words, letters = [], 0
    for word in text.split():
        if letters > share * len(text):
            break
        words.append(word)
        letters += len(word) + 1
    return " ".join(words)
