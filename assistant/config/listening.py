"""Checks by building it what listens in the agent's own process: the detector of speech and trained wake words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assistant.config.models import Component, Config, Wake
from assistant.errors import AssistantError, BackendError, ConfigError, together
from assistant.registry import Registry
from assistant.wake.calls import Calls
from assistant.wake.household import read_spellings
from assistant.wake.sensitivity import TYPED, threshold

STREAM = ("feed", "reset", "close")
"""What the stream of a detector has to have."""


def wake_options(wake: Wake, registry: Registry, hours: float = 0.0) -> dict[str, Any]:
    """What a wake word is built with: a trained one that knows several phrases is told which.

    Args:
        hours: for about one false accept; 0: as its model says.
    """
    if wake.backend == "phrase":
        return wake.options
    known, told = registry.options("wake", wake.backend), {"phrase": wake.phrase, "hours": hours}
    return {**{name: value for name, value in told.items() if name in known and value}, **wake.options}


def scorer_options(config: Config) -> dict[str, Any]:
    """What the scorer of typed phrases is built with: as sensitive as the settings say."""
    typed = [wake for wake in config.wake if wake.backend == "phrase"]
    options = dict(typed[0].options) if typed else {}
    return {"threshold": threshold(TYPED, config.false_accept_hours), **options}


def calls_of(config: Config) -> Calls:
    """The wake phrases and what each does; typed ones also as this household's recordings are written."""
    typed = [wake.call for wake in config.wake if wake.backend == "phrase"]
    trained = [wake.call for wake in config.wake if wake.backend != "phrase"]
    return Calls(typed, trained, {call.phrase: read_spellings(call.phrase) for call in typed})


def check_listening(config: Config, registry: Registry | None = None) -> None:
    """Build the detector of speech and the trained wake words.

    Raises:
        ConfigError: one of them does not come up; names its line.
    """
    registry = registry or Registry()
    mistakes = [*_faults(config, registry, "vad", config.vad, config.vad.options)]
    for number, wake in enumerate(config.wake):
        if wake.backend != "phrase":
            mistakes += _faults(config, registry, "wake", wake, wake_options(wake, registry), number)
    if mistakes:
        raise together(mistakes)


def _faults(
    config: Config, registry: Registry, kind: str, part: Component, options: dict[str, Any], *number: int
) -> Iterator[ConfigError]:
    """Why it does not come up, if it does not."""
    try:
        stream = registry.build(kind, part.backend, options).stream()
        lacking = [f"{name}()" for name in STREAM if not callable(getattr(stream, name, None))]
        if lacking:
            target = registry.find(kind, part.backend).target
            raise BackendError(f"a stream of {kind} {part.backend} ({target}) lacks {' and '.join(lacking)}",
                               mend=f"see assistant.{kind}.base")
        stream.close()
    except AssistantError as error:
        yield ConfigError(error.what, where=config.where(kind, *number), mend=error.mend)
