"""What a household keeps for a wake phrase: a folder of recordings, spellings and labelled sound for each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from assistant.asr.fold import fold
from assistant.errors import ConfigError
from assistant.paths import data_dir

RECORDINGS = "recordings"
"""The phrase as people of the household say it."""
POSITIVES, NEGATIVES = "positives", "negatives"
"""What was heard, or nearly, and labelled: the phrase, and what is none."""
SUFFIX = ".flac"
SPELLINGS = "spellings.json"
SAID = (RECORDINGS, POSITIVES)
"""Folders of sound in which the phrase is said."""
_GAPS = re.compile(r"[^a-z0-9]+")


def phrase_folder(phrase: str) -> Path:
    """The folder of a phrase, whether there is one or not."""
    return data_dir() / "wake" / _GAPS.sub("-", fold(phrase)).strip("-")


def sounds_of(phrase: str, *kinds: str) -> list[Path]:
    """The files of sound that are kept for a phrase, in these folders of it."""
    folder = phrase_folder(phrase)
    return sorted(path for kind in kinds for path in (folder / kind).glob(f"*{SUFFIX}"))


def read_spellings(phrase: str) -> tuple[str, ...]:
    """Other ways in which the recogniser writes the phrase for this household; none where nothing was recorded."""
    with suppress(OSError, ValueError, TypeError):
        found = json.loads((phrase_folder(phrase) / SPELLINGS).read_text("utf-8"))
        return tuple(text for text in found if isinstance(text, str) and fold(text).strip())
    return ()


def write_spellings(phrase: str, spellings: Iterable[str]) -> None:
    """Keep them, in place of those before.

    Raises:
        ConfigError: they cannot be written.
    """
    path = phrase_folder(phrase) / SPELLINGS
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(json.dumps(list(spellings), indent=1) + "\n", "utf-8")
        part.replace(path)
    except OSError as error:
        raise ConfigError(f"cannot be written: {error.strerror}", where=str(path)) from error
