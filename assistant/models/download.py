"""Fetches one file: into ``NAME.part``, from where it broke off, and under its name only when it is whole and right."""

from __future__ import annotations

import errno
import os
import re
import time
from collections.abc import Callable
from http.client import HTTPException, HTTPResponse
from io import FileIO
from pathlib import Path

from assistant.errors import ModelError
from assistant.models import web
from assistant.models.remote import Remote

CHUNK = 1 << 17
TRIES = 4
"""Connections that may break off before we give up."""
PAUSE = 1.0
"""Seconds before the second connection; twice that before the third, and so on."""
PARTIAL_CONTENT = 206

Tell = Callable[[str, int, int | None], None]
"""Told the file's name, the bytes that are here, and how many there will be (None: the server does not say)."""


def fetch(remote: Remote, target: Path, tell: Tell) -> None:
    """Fetch a file that is not there yet; one that is there and right stays.

    Raises:
        ModelError: the server cannot be reached, refuses, breaks off too often, sends more or less than it announced,
            or something else than its index names; or the disk is full. What is right so far stays in ``NAME.part``.
    """
    if target.exists() and remote.checksum.fits(target):
        tell(remote.name, target.stat().st_size, target.stat().st_size)
        return
    part = target.with_name(f"{target.name}.part")
    for number in range(TRIES):
        if number:
            time.sleep(PAUSE * 2 ** (number - 1))
        broken = _connect(remote, part, tell)
        if broken is None:
            break
    else:
        raise ModelError(
            f"broke off {TRIES} times: {broken}", where=web.host(remote.url),
            mend="run the command again: it goes on where this one stopped",
        )
    if not remote.checksum.fits(part):
        part.unlink()
        raise ModelError(
            f"{remote.name} arrived damaged: its {remote.checksum.algorithm} is not the one in the server's index",
            where=web.host(remote.url), mend="run the command again; nothing was installed",
        )
    os.replace(part, target)


def _connect(remote: Remote, part: Path, tell: Tell) -> str | None:
    """One connection; says what broke off, None when the file is whole."""
    have = _usable(remote, part)
    if have and have == remote.size:
        return None
    headers = {"Range": f"bytes={have}-", "Accept-Encoding": "identity"} if have else {"Accept-Encoding": "identity"}
    with web.open_url(remote.url, headers) as response, _opened(part, resume=_resumes(response, have)) as file:
        total = _total(remote, response, file.tell())
        tell(remote.name, file.tell(), total)
        while True:
            try:
                chunk = response.read(CHUNK)
            except (OSError, HTTPException) as error:
                return str(error) or type(error).__name__
            if not chunk:
                break
            _write(file, chunk, part)
            if total is not None and file.tell() > total:
                raise _wrong_size(remote, f"more than the {total} bytes that it announced")
            tell(remote.name, file.tell(), total)
        if total is not None and file.tell() < total:
            return f"{total - file.tell()} bytes are missing"
    return None


def _usable(remote: Remote, part: Path) -> int:
    """Bytes of an earlier connection to go on from. Without a size nobody could say where the rest ends."""
    have = part.stat().st_size if part.exists() else 0
    return have if remote.size is not None and have <= remote.size else 0


def _resumes(response: HTTPResponse, have: int) -> bool:
    """Whether the server goes on where we stopped; one that does not know how sends everything."""
    said = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    return have > 0 and response.status == PARTIAL_CONTENT and said is not None and int(said[1]) == have


def _total(remote: Remote, response: HTTPResponse, start: int) -> int | None:
    """Bytes of the whole file.

    Raises:
        ModelError: the server announces another size than its index.
    """
    length = response.headers.get("Content-Length", "")
    announced = start + int(length) if length.isdecimal() else None
    if remote.size is not None and announced not in (None, remote.size):
        raise _wrong_size(remote, f"{announced} bytes where its index says {remote.size}")
    return remote.size if remote.size is not None else announced


def _wrong_size(remote: Remote, what: str) -> ModelError:
    return ModelError(f"sends {what}, for {remote.name}", where=web.host(remote.url),
                      mend="nothing was installed; try again later")


def _opened(part: Path, *, resume: bool) -> FileIO:
    # Unbuffered: a full disk shows where we write, not when the file is closed.
    return FileIO(part, "ab" if resume else "wb")


def _write(file: FileIO, chunk: bytes, part: Path) -> None:
    """Write all of it; on a full disk the part goes, so that the machine gets its room back."""
    try:
        while chunk:
            chunk = chunk[file.write(chunk) :]
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            part.unlink(missing_ok=True)
            raise ModelError("the disk is full", where=str(part.parent), mend="make room and run it again") from error
        raise ModelError(f"cannot be written: {error.strerror}", where=str(part)) from error
