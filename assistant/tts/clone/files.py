"""Files of a voice, written whole or not at all: a disk that fills leaves the ones that were there."""

from __future__ import annotations

from pathlib import Path

from assistant.errors import ModelError


def write_whole(path: Path, data: bytes) -> None:
    """Write a file in place of the one that was there.

    Raises:
        ModelError: it cannot be written; what was there before stays.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise ModelError(f"cannot be written: {error.strerror}", where=str(path),
                         mend="check the space on the disk, and whose folder it is") from error
