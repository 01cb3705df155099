"""The assistant itself: workers, subscribers, timings, timers."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.events.base import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap(Event):
    """An observer was too slow and lost its oldest events."""

    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriberFailed(Event):
    """A subscriber raised; it was restarted and the event is not delivered to it again."""

    subscriber: str
    error: str
    failures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSuspended(Event):
    """A source published faster than its events are handled and has to wait."""

    pending: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerReady(Event):
    """A worker process is up."""

    worker: str
    pid: int
    seconds: float
    """Time from its start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerDied(Event):
    """A worker process is gone and will be restarted."""

    worker: str
    reason: str
    restarts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentFailed(Event):
    """A component gave an error; the rest goes on."""

    component: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTimed(Event):
    """How long one stage of a turn took."""

    stage: str
    """``endpoint``, ``decode``, ``understand``, ``second`` (the second recogniser), ``guess``, ``talk`` (until a
    language model's first sentence), ``act`` or ``first_sound``, of the answer since its words are known."""
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WakeChanged(Event):
    """What the page tells of wake phrases has changed: the name, how readily it listens, what waits to be labelled."""

    phrase: str
    """How it is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerRang(Event):
    """A timer, an alarm or a reminder is due."""

    timer: str
    name: str = ""
    """What it is called; of a reminder, what it is about."""
    late: float = 0.0
    """Seconds since it was due."""
    kind: str = "timer"
    """``timer``, ``alarm`` or ``reminder``."""
    again: bool = False
    """Whether it rang before the assistant started: whoever looks after it was told of it then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerSilenced(Event):
    """Somebody put a ringing timer off or wants no more of it: it is to be silent wherever it rings."""

    timer: str
