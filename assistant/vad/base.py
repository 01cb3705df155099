"""The contract of a voice activity detector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from assistant.audio.frames import Frame


@dataclass(frozen=True, slots=True)
class VadResult:
    """What the detector says after a frame."""

    speech: bool
    """Whether somebody speaks now (after hysteresis)."""
    probability: float
    """0 to 1, of the latest window."""
    changed_at: int | None = None
    """Sample at which ``speech`` changed, if it changed with this frame: the start or the end of speech."""


class VadStream(Protocol):
    """One live stream. Not shared between sources."""

    def feed(self, frame: Frame) -> VadResult: ...

    def reset(self) -> None: ...

    def close(self) -> None: ...


class Vad(Protocol):
    """A voice activity detector; built from its frozen configuration."""

    def stream(self) -> VadStream: ...
