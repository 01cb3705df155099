"""A file that lies on a server, as the server's own index describes it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from assistant.models.checksum import Checksum


@dataclass(frozen=True, slots=True)
class Remote:
    """One file to fetch."""

    url: str
    name: str
    """Under which it is kept; a plain file name, never a path."""
    checksum: Checksum
    size: int | None = None
    """Bytes; None where the index does not say."""


@dataclass(frozen=True, slots=True)
class Found:
    """What an index says of a model."""

    origin: str
    """Address that a person can look at."""
    revision: str
    """Exactly which one it is: a commit, or versions of packages."""
    files: tuple[Remote, ...]


class Source(Protocol):
    """Where a model comes from."""

    def look_up(self, revision: str = "") -> Found:
        """Ask the server's index.

        Args:
            revision: the one to have again; empty for what the catalogue asks for.

        Raises:
            ModelError: the server cannot be reached, refuses, or says something that makes no sense.
        """
        ...

    def finish(self, fetched: Path, folder: Path) -> None:
        """Make the model's files in ``folder`` (which is there, and empty) from what was fetched into ``fetched``.

        Raises:
            ModelError: what was fetched is not what it should be.
        """
        ...
