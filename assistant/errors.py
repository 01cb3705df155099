"""The one exception tree. Every error says what happened, where, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable


class AssistantError(Exception):
    """Base of every error the assistant raises on purpose.

    Args:
        what: the fault in one clause, in the user's words.
        where: file and line, setting, topic, device or component it concerns; empty if there is no place.
        mend: what the user can do about it; empty if nothing.
    """

    others: tuple[AssistantError, ...] = ()
    """What else was found to be wrong at the same time."""

    def __init__(self, what: str, *, where: str = "", mend: str = "") -> None:
        self.what = what
        self.where = where
        self.mend = mend
        super().__init__(what)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        remedy = f" ({self.mend})" if self.mend else ""
        return f"{place}{self.what}{remedy}"

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.what, self.where, self.mend))


def together(errors: Iterable[AssistantError]) -> AssistantError:
    """The first of several errors of which none hides another; it holds the others."""
    first, *others = dict.fromkeys(one for error in errors for one in (error, *error.others))
    first.others = tuple(others)
    return first


def _rebuild(kind: type[AssistantError], what: str, where: str, mend: str) -> AssistantError:
    return kind(what, where=where, mend=mend)


class ConfigError(AssistantError):
    """A configuration file or value is wrong."""


class BackendError(AssistantError):
    """A component cannot be found, built or used."""


class ModelError(BackendError):
    """A model file is missing, damaged or of the wrong kind."""


class Abandoned(AssistantError):
    """Work was ended before it was done, because nobody waits for it any more."""


class AudioError(AssistantError):
    """A sound file, stream or device cannot be used."""


class SoundError(AudioError):
    """A sound holds too little to go by: too short, silent, or not what it should be."""


class GrammarError(AssistantError):
    """A sentence template or a list is wrong."""


class SkillError(AssistantError):
    """A skill is wrong or has failed."""


class HomeError(AssistantError):
    """The home, its broker or one of its devices cannot be used."""


class WorkerError(AssistantError):
    """A worker process failed."""


class WorkerLost(WorkerError):
    """The worker died, was killed past a deadline, or is being restarted."""


class WorkerTimeout(WorkerError):
    """The worker did not answer in time."""


class WebError(AssistantError):
    """A server on the web cannot be reached, or answers what cannot be used."""


class LinkError(AssistantError):
    """A server that a link of the fallback chain asks cannot be reached, or fails."""


class LinkTimeout(LinkError):
    """It was not heard of in time."""


class LinkRefused(LinkError):
    """It does not let us in."""


class LinkUnknown(LinkError):
    """It knows no such model or address."""


class LinkGarbled(LinkError):
    """It sent what nobody can read."""


class LinkBroken(LinkError):
    """It broke off in the middle."""


class StoreError(AssistantError):
    """The database cannot be read or written."""


class EventError(AssistantError):
    """An event cannot be encoded or decoded."""
