"""New files that only their user may read."""

from __future__ import annotations

import os
from pathlib import Path

from assistant.errors import StoreError


def write_new(path: Path, data: bytes) -> None:
    """Write a file that is not there yet, whole or not at all; when this returns it is on the disk.

    Raises:
        StoreError: it is there already, or cannot be written.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise StoreError("there is such a file already", where=str(path), mend="another name") from error
    except OSError as error:
        raise StoreError(f"cannot be made: {error.strerror}", where=str(path), mend="make room") from error
    try:
        with os.fdopen(file, "wb") as opened:
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
    except OSError as error:
        path.unlink(missing_ok=True)  # half of it would be of no use
        raise StoreError(f"cannot be written: {error.strerror}", where=str(path), mend="make room") from error
