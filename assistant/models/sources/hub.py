"""Files of a repository on the Hugging Face hub, pinned to a commit.

The hub's index names the SHA-256 of large files and git's blob id of small ones, so every file can be proved.
``HF_ENDPOINT`` names a mirror.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from assistant.errors import ModelError
from assistant.models import web
from assistant.models.checksum import GIT_BLOB, Checksum
from assistant.models.remote import Found, Remote

ENDPOINT = "https://huggingface.co"
COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class Hub:
    """Some files of a repository."""

    repository: str
    """``owner/name``."""
    revision: str
    """A commit; or a branch or tag, which is pinned to its commit when the model is installed."""
    files: tuple[str, ...]
    """Paths in the repository; kept under their last part."""

    def look_up(self, revision: str = "") -> Found:
        """Ask the index; see ``Source``."""
        endpoint = os.environ.get("HF_ENDPOINT", ENDPOINT).rstrip("/")
        wanted = revision or self.revision
        url = f"{endpoint}/api/models/{self.repository}/revision/{quote(wanted, safe='')}?blobs=true"
        index = web.get_json(url)
        try:
            commit = str(index["sha"])
            known = {str(entry["rfilename"]): entry for entry in index["siblings"]}
        except (KeyError, TypeError) as error:
            raise ModelError("answers something that is no index", where=web.host(endpoint)) from error
        if not COMMIT.fullmatch(commit) or (COMMIT.fullmatch(wanted) and commit != wanted):
            raise ModelError(f"answers revision {commit!r}, not {wanted}", where=web.host(endpoint))
        missing = [name for name in self.files if name not in known]
        if missing:
            raise ModelError(f"{self.repository} has no {' and no '.join(missing)}", where=web.host(endpoint))
        base = f"{endpoint}/{self.repository}/resolve/{commit}"
        files = tuple(_remote(f"{base}/{quote(name)}", name, known[name], endpoint) for name in self.files)
        return Found(f"{endpoint}/{self.repository}", commit, files)

    def finish(self, fetched: Path, folder: Path) -> None:
        """The files are the model's own."""
        for name in self.files:
            kept = name.rpartition("/")[2]
            (fetched / kept).rename(folder / kept)


def _remote(url: str, name: str, entry: Any, endpoint: str) -> Remote:
    try:
        large = entry.get("lfs")
        checksum = Checksum("sha256", large["sha256"]) if large else Checksum(GIT_BLOB, entry["blobId"])
        size = int(large["size"] if large else entry["size"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelError(f"its index names no checksum for {name}", where=web.host(endpoint)) from error
    return Remote(url, name.rpartition("/")[2], checksum, size)
