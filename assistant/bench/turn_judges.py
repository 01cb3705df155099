"""Judges of ``bench endpoint``: each hears the sound so far and says how likely it is that the speaker has finished."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.bench.smart_turn import SmartTurn
from assistant.endpoint.model import EndOfTurn
from assistant.errors import BackendError

LENGTH, TRAINED, SMART_TURN = "length", "trained", "smart_turn"


class Judge(Protocol):
    """Whether the speaker has finished."""

    def complete(self, sound: Pcm) -> float:
        """0 to 1, from 16 kHz mono sound that ends now, some 0.2 s into a pause."""
        ...


class Length:
    """The longer somebody has spoken, the likelier it was all: the control."""

    def complete(self, sound: Pcm) -> float:
        return 1.0 - 1.0 / (1.0 + len(sound) / SAMPLE_RATE)


def judges(names: Sequence[str], model: Path | None) -> dict[str, Judge]:
    """The judges of these names; the trained one whenever there is a model.

    Raises:
        BackendError: there is no such judge.
        ModelError: one cannot be loaded; says what to install.
    """
    found: dict[str, Judge] = {}
    for name in names:
        if name == LENGTH:
            found[name] = Length()
        elif name == SMART_TURN:
            found[name] = SmartTurn()
        else:
            raise BackendError(f"there is no judge {name!r}", mend=f"{LENGTH} and {SMART_TURN}, or a --model")
    if model is not None:
        found[TRAINED] = EndOfTurn(model)
    return found
