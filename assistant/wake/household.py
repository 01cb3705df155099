"""What a household keeps for a wake phrase: recordings of it, how they are written, and what was taken for it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.asr.fold import fold
from assistant.errors import AudioError, ConfigError
from assistant.paths import data_dir

if TYPE_CHECKING:
    from assistant.audio.frames import Pcm

RECORDINGS = "recordings"
"""The phrase as people of the household say it."""
NEGATIVES = "negatives"
"""What was taken for the phrase, or nearly, and is none."""
SUFFIX = ".flac"
SPELLINGS = "spellings.json"
_GAPS = re.compile(r"[^a-z0-9]+")


def phrase_folder(phrase: str) -> Path:
    """The folder of a phrase, whether there is one or not."""
    return data_dir() / "wake" / slug(phrase)


def slug(phrase: str) -> str:
    """A phrase as a name of files: ``hey-nova``."""
    return _GAPS.sub("-", fold(phrase)).strip("-")


def sounds_of(phrase: str, kind: str) -> list[Path]:
    """The files of sound that are kept for a phrase, of one kind."""
    return sorted((phrase_folder(phrase) / kind).glob(f"*{SUFFIX}"))


def kept(phrase: str, kind: str) -> Path | None:
    """The folder of what is kept for a phrase, of one kind; None where nothing is."""
    return phrase_folder(phrase) / kind if sounds_of(phrase, kind) else None


def keep_sound(phrase: str, kind: str, pcm: Pcm) -> Path:
    """Keep a sound, int16[n] at 16 kHz, under a number of its own; only its user may read it.

    Raises:
        AudioError: it cannot be written.
    """
    import soundfile  # what is kept can be listed without it

    from assistant.audio.frames import SAMPLE_RATE

    folder = phrase_folder(phrase) / kind
    number = max((int(path.stem) for path in sounds_of(phrase, kind) if path.stem.isdigit()), default=0) + 1
    path = folder / f"{number:03d}{SUFFIX}"
    part = path.with_suffix(".part")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        soundfile.write(str(part), pcm, SAMPLE_RATE, format="FLAC", subtype="PCM_16")
        part.chmod(0o600)
        part.replace(path)
    except (soundfile.SoundFileError, OSError) as error:
        with suppress(OSError):
            part.unlink()
        raise AudioError(f"cannot be written: {error}", where=str(path), mend="make room on the disk") from error
    return path


def forget_sounds(phrase: str) -> int:
    """Erase recordings, spellings and what was labelled; how many sounds there were.

    Raises:
        AudioError: one cannot be removed.
    """
    paths = [*sounds_of(phrase, RECORDINGS), *sounds_of(phrase, NEGATIVES)]
    try:
        for path in (*paths, phrase_folder(phrase) / SPELLINGS):
            path.unlink(missing_ok=True)
    except OSError as error:
        raise AudioError(f"cannot be removed: {error.strerror}", where=str(phrase_folder(phrase))) from error
    return len(paths)


def read_spellings(phrase: str) -> tuple[str, ...]:
    """Other ways in which the recogniser writes the phrase for this household; none where nothing was recorded."""
    try:
        found = json.loads((phrase_folder(phrase) / SPELLINGS).read_text("utf-8"))
    except (OSError, ValueError):
        return ()
    return tuple(text for text in found if isinstance(text, str) and fold(text)) if isinstance(found, list) else ()


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
