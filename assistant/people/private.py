"""New files that only their user may read."""

from __future__ import annotations

import os
from contextlib import suppress
from errno import EEXIST, EMLINK, ENOTSUP, EPERM
from pathlib import Path
from tempfile import mkstemp

from assistant.errors import StoreError

NO_LINKS = (EPERM, ENOTSUP, EMLINK)
"""What file systems say that have no links."""


def write_new(path: Path, data: bytes) -> None:
    """Write a file that is not there yet, whole or not at all, whenever the power goes; when this returns it is on the
    disk.

    Raises:
        StoreError: it is there already, or cannot be written.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file, fresh = mkstemp(prefix=f".{path.name}.", dir=path.parent)  # of mode 0600
    except OSError as error:
        raise StoreError(f"cannot be made: {error.strerror}", where=str(path), mend="make room") from error
    try:
        with os.fdopen(file, "wb") as opened:
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
        _name(Path(fresh), path)
        _sync(path.parent)
    except FileExistsError as error:
        raise StoreError("there is such a file already", where=str(path), mend="another name") from error
    except OSError as error:
        raise StoreError(f"cannot be written: {error.strerror}", where=str(path), mend="make room") from error
    finally:
        Path(fresh).unlink(missing_ok=True)


def _name(fresh: Path, path: Path) -> None:
    """Give a whole file its name. Raises FileExistsError where another one has it."""
    try:
        os.link(fresh, path)  # as a rename, which would take the place of another file
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        if path.exists():
            raise FileExistsError(EEXIST, os.strerror(EEXIST)) from error
        fresh.rename(path)


def _sync(folder: Path) -> None:
    """Have the names in a folder on the disk, where the system can do that."""
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
