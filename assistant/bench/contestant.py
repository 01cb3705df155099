"""What a benchmark compares: a backend with settings of its own, under a name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from assistant.registry import OptionError

FORM = re.compile(r"(?:(?P<label>[A-Za-z0-9_.-]+):)?(?P<backend>[A-Za-z0-9_.-]+)(?:,(?P<settings>.+))?")


@dataclass(frozen=True, slots=True)
class Contestant:
    """One of the compared."""

    label: str
    """Its name in tables and keys."""
    backend: str
    options: dict[str, str] = field(default_factory=dict)
    """As they are written; the registry gives them their types."""


def contestant(text: str) -> Contestant:
    """Read ``backend``, ``backend,option=value,...`` or ``label:backend,option=value,...``.

    Raises:
        OptionError: it is written otherwise.
    """
    found = FORM.fullmatch(text)
    settings = (found["settings"] or "").split(",") if found else []
    if not found or any("=" not in one for one in settings if one):
        mend = "write backend, or label:backend,option=value"
        raise OptionError(f"{text!r} is no backend with settings", mend=mend, option="backend")
    options = dict(one.split("=", 1) for one in settings if one)
    return Contestant(found["label"] or found["backend"], found["backend"], options)
