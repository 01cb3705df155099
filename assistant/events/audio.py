"""Sound going in and out of a source."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.events.base import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOpened(Event):
    """A microphone, tab, satellite or file began to send sound."""

    kind: str
    """``microphone``, ``page``, ``file`` or ``console``."""
    area: str = ""
    """Area an order without a place means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceClosed(Event):
    """The source is gone."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechStarted(Event):
    """Somebody began to speak."""

    sample: int
    """First sample of speech in the source's stream."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechEnded(Event):
    """Nobody speaks any more."""

    sample: int
    """First sample after the speech."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybackStarted(Event):
    """The first sample of a sound was handed to the loudspeaker."""

    what: str
    """``answer``, ``chime``, ``question`` or ``ring``."""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybackFinished(Event):
    """A sound ended or was stopped."""

    what: str
    text: str = ""
    completed: bool = True
    """False when it was stopped before its end."""
    played: float = 0.0
    """Seconds that were heard."""
    heard: str = ""
    """The words that were heard, as they are spoken; where it was stopped, the last ones are estimated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteChanged(Event):
    """The source's microphone was switched off or on."""

    muted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VolumeChanged(Event):
    """The source's answers became louder or quieter."""

    percent: int
    """0 to 100."""
