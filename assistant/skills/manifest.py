"""``skill.yaml``: what a skill is called, what it may reach, and what of it can be set."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from assistant.errors import SkillError, together
from assistant.yamlfile import nearest

GRANTS = {
    "home": "see your devices and use them (what is risky is asked first)",
    "timers": "see, set and cancel all timers",
    "alarms": "see, set and cancel all alarms and reminders",
    "volume": "change the volume where it is spoken to",
    "session": "stop what is being said",
    "speak": "say something unasked, in any room",
    "servers": "connect by itself to the servers that you name in its settings",
    "announce": "add devices to your home, and change what it knows of those that are there",
    "wake": "change what the assistant is called",
    "orders": "give other orders, with the rights of whoever speaks to it",
}
MQTT, EVENTS, NET = "mqtt:", "events:", "net:"
# Of the topics that begin with a dollar only the broker's own words: "$share/x/#" would be everything there is.
_PATTERN = re.compile(
    r"mqtt:(\$SYS(?=/)|[^\s#+$])[^\s#]*(/#)?|events:[A-Z][A-Za-z]+|net:[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[1-9][0-9]{0,4})?"
)
RESERVED = ("builtin", "skills")
"""Names of what belongs to no skill: sentences of the assistant itself, and the process of the skills that ship."""
MOST_SETTINGS = 50
Plain = bool | int | float | str | tuple[str, ...] | dict[str, tuple[str, ...]]


def describe_grant(grant: str) -> str:
    """What a grant allows, in the words that people are asked with."""
    if grant.startswith(MQTT):
        return f"read and write MQTT messages under {grant.removeprefix(MQTT)}"
    if grant.startswith(EVENTS):
        return f"hear of {grant.removeprefix(EVENTS)} in the whole house"
    if grant.startswith(NET):
        return f"ask the server {grant.removeprefix(NET)}, which sees what it is asked"
    return GRANTS[grant]


class Setting(BaseModel):
    """One thing that the household may set; a bare value in ``skill.yaml`` is its default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    default: Plain
    """Its type is the setting's type."""
    about: str = ""
    choices: tuple[Plain, ...] = ()
    min: float | None = None
    max: float | None = None

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, data: Any) -> Any:
        return data if isinstance(data, dict | cls) else {"default": data}

    @model_validator(mode="after")
    def _default_fits(self) -> Setting:
        self.check(self.default)
        return self

    def check(self, value: Any) -> Any:
        """The value, where it may be set so.

        Raises:
            ValueError: it is of another type, none of the choices or out of range.
        """
        kind = type(self.default)
        if kind is tuple and isinstance(value, list | tuple):
            value = tuple(map(str, value))
        if kind is dict and isinstance(value, dict):
            value = {str(name): _texts(listed) for name, listed in value.items()}
        if kind is float and type(value) is int:
            value = float(value)
        if type(value) is not kind:
            raise ValueError(f"should be {_KINDS[kind]}, not {value!r}")
        if self.choices and value not in self.choices:
            raise ValueError(f"cannot be {value!r}; {nearest(str(value), [str(one) for one in self.choices])}")
        if isinstance(value, int | float):
            self._check_limits(value)
        return value

    def _check_limits(self, value: float) -> None:
        if self.min is not None and value < self.min:
            raise ValueError(f"should be at least {self.min:g}, not {value!r}")
        if self.max is not None and value > self.max:
            raise ValueError(f"should be at most {self.max:g}, not {value!r}")


_KINDS = {
    bool: "true or false", int: "a whole number", float: "a number", str: "text", tuple: "a list of texts",
    dict: "lists of texts by name",
}


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, str | list | tuple):
        raise ValueError(f"should be {_KINDS[dict]}, not {value!r}")
    return (value,) if isinstance(value, str) else tuple(map(str, value))


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class Manifest(BaseModel):
    """The file's content. Questions, spoken answers and values of its own every skill may have without asking."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    """Identifies it; also how the assistant speaks of it ("the coffee skill")."""
    version: str = "0.1"
    description: str = ""
    grants: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    """What it may reach: those of ``GRANTS``, ``mqtt:TOPIC`` (``/#`` and ``+`` as in MQTT), ``events:TYPE`` and
    ``net:HOST`` (or ``net:HOST:PORT``)."""
    examples: tuple[str, ...] = ()
    """Sentences that show what it can do, the best first."""
    risky: dict[str, str] = Field(default_factory=dict)
    """Intents that may do something risky, and the command they give to devices (``Unlock: unlock``)."""
    settings: Annotated[dict[str, Setting], Field(max_length=MOST_SETTINGS)] = Field(default_factory=dict)
    """What the household may set (``skills: {settings: {NAME: ...}}``), with the defaults."""

    @field_validator("name")
    @classmethod
    def _free(cls, name: str) -> str:
        if name in RESERVED:
            raise ValueError(f"{name!r} is a name of the assistant's own")
        return name

    @field_validator("grants")
    @classmethod
    def _known(cls, grants: tuple[str, ...]) -> tuple[str, ...]:
        for grant in grants:
            if grant not in GRANTS and not _PATTERN.fullmatch(grant):
                known = [*GRANTS, "mqtt:TOPIC", "events:TYPE", "net:HOST"]
                raise ValueError(f"there is no grant {grant!r}; {nearest(grant, known)}")
        return grants

    def resolve(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """All settings: those given, else the defaults.

        Raises:
            SkillError: one is not known, or cannot be set so; ``where`` is its name; with all further ones.
        """
        faults = [
            SkillError(f"the {self.name} skill has no setting {name!r}", where=name,
                       mend=nearest(name, sorted(self.settings)) or "it has no settings")
            for name in given if name not in self.settings
        ]
        values: dict[str, Any] = {}
        for name, setting in self.settings.items():
            try:
                values[name] = setting.check(given.get(name, setting.default))
            except ValueError as error:
                faults.append(SkillError(f"{name} {error}", where=name))
        if faults:
            raise together(faults)
        return values
