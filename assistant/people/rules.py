"""The file that says who may do what: what is allowed, what is forbidden all the same, and what asks for more."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from assistant.config.section import Section
from assistant.errors import ConfigError, together
from assistant.paths import config_dir, shipped_dir
from assistant.people.claim import Certainty
from assistant.yamlfile import YamlFile, load_yaml, nearest

FILE = "people.yaml"
Step = Literal["yes", "phrase", "pin", "another"]
STEPS: tuple[Step, ...] = ("yes", "pin", "phrase", "another")
"""In the order in which they are asked for: what takes longest last."""
EVERYONE, HOUSEHOLD, GUESTS = "everyone", "household", "guests"
GROUPS = (EVERYONE, HOUSEHOLD, GUESTS, "children")
"""Groups that there always are; ``guests`` are those of whom nobody knows who they are."""
_HOURS = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\s*-\s*([01]?\d|2[0-3]):([0-5]\d)")


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _a_span(value: str) -> str:
    if value and not _HOURS.fullmatch(value):
        raise ValueError("should be two times of day: 20:30-06:30")
    return value


Words = Annotated[tuple[str, ...], Field(strict=False), BeforeValidator(_listed)]


class Scope(Section):
    """What a rule is about: all that it names must fit; what it does not name may be anything."""

    who: Words = (EVERYONE,)
    """Persons and groups."""
    skills: Words = ()
    intents: Words = ()
    kinds: Words = ()
    """Of devices: ``light``, ``lock``."""
    devices: Words = ()
    """By name or identifier."""
    areas: Words = ()
    """Rooms that the devices are in."""
    commands: Words = ()
    risky: bool | None = None
    """Whether what is to be done is risky: unlocks, opens a way in, gets hot, cannot be taken back."""
    hours: Annotated[str, AfterValidator(_a_span)] = ""
    """Local time, from-to; past midnight where the second is earlier."""
    certainty: Certainty = "sure"
    """How sure it must be who speaks, to be allowed by a rule, or to be no case of one that forbids."""

    @property
    def of_devices(self) -> bool:
        """Whether it is about what is done with devices, and not about whole orders."""
        return bool(self.kinds or self.devices or self.areas or self.commands) or self.risky is not None

    def is_at(self, now: time) -> bool:
        """Whether a time of day is within its hours."""
        found = _HOURS.fullmatch(self.hours)
        if found is None:
            return True
        first, second, third, fourth = map(int, found.groups())
        begin, end = time(first, second), time(third, fourth)
        return begin <= now < end if begin <= end else now >= begin or now < end

    def __str__(self) -> str:
        named = [f"{name} {', '.join(values)}" for name, values in (
            ("skills", self.skills), ("intents", self.intents), ("kinds", self.kinds), ("devices", self.devices),
            ("areas", self.areas), ("commands", self.commands),
        ) if values]
        named += ["what is risky" if self.risky else "what is not risky"] if self.risky is not None else []
        when = f" at {self.hours}" if self.hours else ""
        return f"{' and '.join(self.who)}: {'; '.join(named) or 'everything'}{when}"


class Deny(Scope):
    """Forbids, whatever else allows it."""

    say: str = ""
    """The answer."""


class Ask(Scope):
    """Asks for more before it is done."""

    steps: Annotated[tuple[Step, ...], Field(strict=False, min_length=1)] = ("yes",)


class Rules(Section):
    """The file. What no rule allows is not allowed."""

    allow: Annotated[tuple[Scope, ...], Field(strict=False)] = ()
    deny: Annotated[tuple[Deny, ...], Field(strict=False)] = ()
    ask: Annotated[tuple[Ask, ...], Field(strict=False)] = ()

    @property
    def all(self) -> tuple[Scope, ...]:
        return (*self.allow, *self.deny, *self.ask)


def rules_file() -> Path:
    """The household's own rules, else those that ship."""
    own = config_dir() / FILE
    return own if own.is_file() else shipped_dir() / "configs" / FILE


def load_rules(path: Path | None = None) -> Rules:
    """Read them.

    Raises:
        ConfigError: the file is wrong; names the line.
    """
    return load_yaml(path or rules_file()).validate(Rules)


def check_names(path: Path, names: Iterable[str]) -> None:
    """Whether every rule speaks of somebody there is: a rule for "bne" forbids Ben nothing.

    Args:
        names: persons, and groups beside those that there always are.

    Raises:
        ConfigError: one does not; names the line.
    """
    file, known = load_yaml(path), [*GROUPS, *names]
    rules = file.validate(Rules)
    mistakes = [
        ConfigError(f"there is nobody called {who!r}", where=_where(file, kind, at), mend=nearest(who, known))
        for kind in ("allow", "deny", "ask") for at, rule in enumerate(getattr(rules, kind)) for who in rule.who
        if who not in known
    ]
    if mistakes:
        raise together(mistakes)


def _where(file: YamlFile, kind: str, at: int) -> str:
    return file.where((kind, at, "who"))
