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


def read_manifest(path: Path, texts: bool = True) -> list[Recorded]:
    """The recordings that a manifest lists; paths are relative to its folder.

    Args:
        texts: whether what was said has to be there.

    Raises:
        AudioError: it cannot be read, lacks a column, is empty, or names a file that is not there or has no text; says
            which line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            needed = COLUMNS if texts else COLUMNS[:1]
            if not set(needed) <= set(reader.fieldnames or ()):
                raise AudioError(f"has not the columns {' and '.join(needed)}", where=str(path),
                                 mend=f"begin it with {'<TAB>'.join(COLUMNS)}")
            recordings = [_recorded(path, reader.line_num, row, texts) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise AudioError(f"cannot be read: {error}", where=str(path)) from error
    if not recordings:
        raise AudioError("lists no recordings", where=str(path))
    return recordings


def _recorded(manifest: Path, line: int, row: dict[str, str | None], texts: bool) -> Recorded:
    where = f"{manifest}:{line}"
    file, text = manifest.parent / (row["path"] or ""), (row.get("text") or "").strip()
    if not row["path"] or not file.is_file():
        raise AudioError(f"there is no recording {row['path']!r}", where=where)
    if texts and not text:
        raise AudioError("the text of this recording is missing", where=where)
    return Recorded(file, text, row.get("speaker") or "")
