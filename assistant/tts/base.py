"""The contract of a speech synthesiser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from assistant.audio.frames import Pcm


@dataclass(frozen=True, slots=True)
class Speech:
    """A piece of synthesised sound."""

    pcm: Pcm
    """int16, mono."""
    rate: int
    """Hz."""
    text: str
    """The words this piece says; empty where it goes on with the clause of the piece before."""
    last: bool = False
    """Whether it ends the text."""
    clause_end: bool = True
    """Whether it ends a clause."""


class Synthesizer(Protocol):
    """A voice; built from its frozen configuration."""

    @property
    def rate(self) -> int: ...

    def speak(self, text: str) -> Iterator[Speech]:
        """Sound for ``text``, by clauses or finer, as soon as it is ready. Abandoning the iterator stops the work."""
        ...
