"""The one setting that a command writes: which voice speaks. All else in the user's file stays as it is."""

from __future__ import annotations

import re
from pathlib import Path

from assistant.config.load import load_config
from assistant.errors import ConfigError
from assistant.paths import own_config_file

_SECTION = re.compile(r"^tts:[^\n]*\n?(?:(?:[ \t]+[^\n]*|[ \t]*)\n?)*", re.MULTILINE)
"""The section and what is indented below it."""


def set_voice(value: str) -> Path:
    """Write ``tts: value`` into the user's settings; gives the file.

    Raises:
        ConfigError: the settings would be wrong with it, and stay as they were; or they cannot be written.
    """
    file = own_config_file()
    try:
        before = file.read_text("utf-8") if file.is_file() else ""
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        part.write_text(with_voice(before, value), "utf-8")
        try:
            load_config(part)
        except ConfigError:
            part.unlink()
            raise
        part.replace(file)
    except OSError as error:
        raise ConfigError(f"cannot be written: {error.strerror}", where=str(file)) from error
    return file


def with_voice(text: str, value: str) -> str:
    """A settings file's text with another voice."""
    rest = _SECTION.sub("", text).rstrip("\n")
    return f"{rest}\n" * bool(rest) + f"tts: {value}\n"
