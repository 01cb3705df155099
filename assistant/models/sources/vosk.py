"""Vosk's models: zip archives of their makers, whose list names size and MD5 of each.

MD5 proves that an archive arrived whole, not who made it; the connection is what vouches for that. From then on the
lock file's SHA-256 hold.
"""

from __future__ import annotations

import lzma
import shutil
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from assistant.errors import ModelError
from assistant.models import web
from assistant.models.checksum import Checksum
from assistant.models.remote import Found, Remote

BROKEN = (zipfile.BadZipFile, EOFError, zlib.error, lzma.LZMAError, RuntimeError)
"""What reading a damaged archive raises; the last where it is encrypted, or packed in an unknown way."""
LIST = "https://alphacephei.com/vosk/models/model-list.json"


@dataclass(frozen=True, slots=True)
class VoskModel:
    """One model of the list."""

    name: str
    list_url: str = LIST

    def look_up(self, revision: str = "") -> Found:
        """Ask the list; see ``Source``. A model's name holds its version."""
        try:
            entry = next((entry for entry in web.get_json(self.list_url) if entry["name"] == self.name), None)
            if entry is None:
                raise ModelError(f"has no {self.name}", where=web.host(self.list_url))
            checksum = Checksum("md5", entry["md5"])
            archive = Remote(str(entry["url"]), f"{self.name}.zip", checksum, int(entry["size"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(f"names no checksum for {self.name}", where=web.host(self.list_url)) from error
        return Found(archive.url, f"{self.name}, md5 {checksum.digest}", (archive,))

    def finish(self, fetched: Path, folder: Path) -> None:
        """Unpack the archive, without the folder that it has around everything."""
        try:
            with zipfile.ZipFile(fetched / f"{self.name}.zip") as archive:
                _check_room(archive, folder)
                for member in archive.infolist():
                    if not member.is_dir():
                        target = folder / _inside(member.filename)
                        target.parent.mkdir(parents=True, exist_ok=True)
                        with archive.open(member) as content, target.open("wb") as file:
                            shutil.copyfileobj(content, file)
        except BROKEN as error:
            raise ModelError(f"the archive is not built as it should be: {error}", where=self.name) from error


def _check_room(archive: zipfile.ZipFile, folder: Path) -> None:
    """Whether the disk can hold what is inside: a small archive may hold anything.

    Raises:
        ModelError: it cannot; says how much is needed.
    """
    needed, free = sum(member.file_size for member in archive.infolist()), shutil.disk_usage(folder).free
    if needed > free:
        raise ModelError(f"{needed / 1e6:.0f} MB are needed to unpack it, {free / 1e6:.0f} MB are free",
                         where=str(folder), mend="make room and run it again")


def _inside(name: str) -> PurePosixPath:
    """Where a member of the archive goes.

    Raises:
        ModelError: it would leave the folder, or lies in none.
    """
    parts = PurePosixPath(name).parts[1:]
    if not parts or name.startswith("/") or ".." in parts or "\\" in name:
        raise ModelError(f"the archive has a file of the name {name!r}", mend="nothing was installed")
    return PurePosixPath(*parts)
