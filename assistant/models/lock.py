"""``models.lock.json`` in the data folder: what was installed, from where exactly, and what each file has to be."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from assistant.errors import ModelError
from assistant.packaged import file_sha256
from assistant.paths import data_dir

VERSION = 1
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class LockedFile:
    """One file of an installed model."""

    size: int
    """Bytes."""
    sha256: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One installed model."""

    origin: str
    revision: str
    licence: str
    files: Mapping[str, LockedFile]

    @property
    def megabytes(self) -> float:
        """What it takes on the disk."""
        return sum(file.size for file in self.files.values()) / MEGABYTE


def models_dir() -> Path:
    """Folder of what was installed: one folder per model, named by its id."""
    return data_dir() / "models"


def lock_file() -> Path:
    """The lock file."""
    return data_dir() / "models.lock.json"


def read_lock() -> dict[str, Entry]:
    """What is installed, by id.

    Raises:
        ModelError: the file is there and cannot be read.
    """
    path = lock_file()
    if not path.exists():
        return {}
    try:
        content = json.loads(path.read_text("utf-8"))
        if content["version"] != VERSION:
            raise ModelError(f"is of version {content['version']}, not {VERSION}", where=str(path),
                             mend="install the assistant that wrote it, or a newer one")
        return {name: _entry(entry) for name, entry in content["models"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"cannot be read: {error}", where=str(path), mend="delete it, and install again") from error


def write_lock(entries: Mapping[str, Entry]) -> None:
    """Replace the lock file in one step."""
    path = lock_file()
    text = json.dumps({"version": VERSION, "models": {name: asdict(entries[name]) for name in sorted(entries)}},
                      indent=2, ensure_ascii=False)
    draft = path.with_name(f"{path.name}.part")
    draft.write_text(f"{text}\n", "utf-8")
    os.replace(draft, path)


def damage(name: str, entry: Entry, *, thorough: bool) -> list[str]:
    """What is wrong with the files of an installed model, a clause each.

    Args:
        thorough: read them and compare their SHA-256, else only their sizes.
    """
    found = []
    for inside, locked in entry.files.items():
        path = models_dir() / name / inside
        if not path.is_file():
            found.append(f"{inside} is missing")
        elif path.stat().st_size != locked.size or (thorough and file_sha256(path) != locked.sha256):
            found.append(f"{inside} is damaged")
    return found


@contextmanager
def alone() -> Iterator[None]:
    """Keep other processes from installing or removing at the same time.

    Raises:
        ModelError: one is at it, or the folder cannot be written.
    """
    folder = models_dir()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / ".lock").open("w")
    except OSError as error:
        raise ModelError(f"cannot be written: {error.strerror}", where=str(folder)) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ModelError("another command is installing or removing", where=str(folder),
                             mend="wait until it is done") from error
        yield


def _entry(plain: Mapping[str, object]) -> Entry:
    files = plain["files"]
    if not isinstance(files, dict):
        raise TypeError("'files' is no table")
    return Entry(str(plain["origin"]), str(plain["revision"]), str(plain["licence"]),
                 {name: LockedFile(int(file["size"]), str(file["sha256"])) for name, file in files.items()})
