"""Recordings with what was said in them: a table with the columns ``path`` and ``text``, tab-separated."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import AudioError

COLUMNS = ("path", "text")


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recording."""

    path: Path
    text: str
    speaker: str = ""

    @property
    def measured(self) -> bool:
        """Whether it is of the half that nothing was fitted on: speakers with an even number."""
        return self.speaker.isdigit() and int(self.speaker) % 2 == 0


def read_manifest(path: Path) -> list[Recorded]:
    """The recordings that a manifest lists; paths are relative to its folder.

    Raises:
        AudioError: it cannot be read, lacks a column, or names a file that is not there; says which line.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    except (OSError, UnicodeDecodeError) as error:
        raise AudioError(f"cannot be read: {error}", where=str(path)) from error
    if not rows or not set(COLUMNS) <= set(rows[0]):
        raise AudioError("has not the columns path and text", where=str(path), mend="begin it with path<TAB>text")
    return [_recorded(path, number, row) for number, row in enumerate(rows, 2)]


def _recorded(manifest: Path, line: int, row: dict[str, str]) -> Recorded:
    file = manifest.parent / (row["path"] or "")
    if not row["path"] or row["text"] is None or not file.is_file():
        raise AudioError(f"there is no recording {row['path']!r}", where=f"{manifest}:{line}")
    return Recorded(file, row["text"], row.get("speaker") or "")
