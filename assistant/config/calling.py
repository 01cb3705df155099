"""What the assistant is called, and how the settings come to say otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assistant.config.models import Config, Wake
from assistant.config.write import write_setting
from assistant.errors import ConfigError
from assistant.paths import own_config_file, shipped_dir
from assistant.wake.sayable import MEND, unsayable

SHORTEST, LONGEST = 2, 60
"""Characters of a phrase."""
OTHER = ("action", "person", "skill")
"""What of an entry is kept when its phrase is to be heard otherwise."""


def name_of(config: Config) -> int:
    """Which wake phrase is what it is called: the first that opens a turn and is nobody's own."""
    wakes = list(enumerate(config.wake))
    free = [at for at, wake in wakes if wake.action == "turn" and not wake.person and not wake.skill]
    return next(iter(free), next((at for at, wake in wakes if wake.action == "turn"), 0))


def cleaned(phrase: str) -> str:
    """A phrase as it goes into the settings.

    Raises:
        ConfigError: nobody can say it, no recogniser write it, or it is too long.
    """
    plain = " ".join(phrase.split()).strip(" .!?,;:\"“”'")
    fault = unsayable(plain)
    if not fault and not SHORTEST <= len(plain) <= LONGEST:
        fault = f"a wake phrase has {SHORTEST} to {LONGEST} letters, not {len(plain)}"
    if fault:
        raise ConfigError(fault, where="the wake phrase", mend=MEND)
    return plain


def rename(config: Config, phrase: str, *, beside: bool = False) -> Config:
    """Have the settings say another phrase, typed; gives the settings as they are then.

    Args:
        beside: add it, and keep the others.

    Raises:
        ConfigError: the phrase cannot be one, is there already, or the file cannot be changed.
    """
    phrase = cleaned(phrase)
    if beside:
        return write_setting(("wake",), [*_entries(config), phrase], settings_file(config))
    at = name_of(config)
    many = isinstance(config.written.get("wake"), list)
    place: tuple[str | int, ...] = ("wake", at) if many else ("wake",)
    entry = _entries(config)[at]
    if isinstance(entry, Mapping) and entry.get("backend", "phrase") == "phrase" and "phrase" in entry:
        return write_setting((*place, "phrase"), phrase, settings_file(config))
    kept = {name: entry[name] for name in OTHER if name in entry} if isinstance(entry, Mapping) else {}
    return write_setting(place, {"phrase": phrase, **kept} if kept else phrase, settings_file(config))


def listen_for_hours(config: Config, hours: float) -> Config:
    """Have the settings say how readily it listens.

    Raises:
        ConfigError: so readily, or unreadily, it cannot; or the file cannot be changed.
    """
    number = int(hours) if float(hours).is_integer() else hours
    return write_setting(("false_accept_hours",), number, settings_file(config))


def settings_file(config: Config) -> Path:
    """The file that is changed: the one in use, or one of the user's own where that is what ships."""
    shipped = shipped_dir() / "configs"
    return config.file if config.file is not None and shipped not in config.file.parents else own_config_file()


def _entries(config: Config) -> list[Any]:
    """The wake phrases as the file has them; as they hold where it has none."""
    written = config.written.get("wake", [wake.phrase for wake in config.wake])
    return written if isinstance(written, list) else [written]


def described(wake: Wake) -> str:
    """What a phrase does, in words."""
    if wake.action == "stop":
        return "silences"
    told = [f"of {wake.person}"] if wake.person else []
    return ", ".join([*told, f"for {wake.skill}"] if wake.skill else told) or "opens a turn"
