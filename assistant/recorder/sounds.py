"""The sound of turns on disk: one FLAC file for each, in a folder that only its user may enter."""

from __future__ import annotations

import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import AudioError
from assistant.paths import data_dir

if TYPE_CHECKING:
    from assistant.audio.frames import Pcm

SUFFIX = ".flac"
UNFINISHED = ".part"
DAY_SECONDS = 86_400.0
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Kept:
    """One file."""

    turn: str
    path: Path
    size: int
    """Bytes."""
    written: float
    """Seconds since 1970."""


class Sounds:
    """All files, and their limits.

    Args:
        folder: made when the first file is written.
        days: for which a file is kept.
        megabytes: that all files may take; the oldest go first.
        switch: setting with which nothing is kept.
    """

    def __init__(
        self, folder: Path, days: float, megabytes: float, switch: str = "recorder: {audio: false}"
    ) -> None:
        self._switch = switch
        self.folder = folder
        self._days = days
        self._most = megabytes * MEGABYTE

    def path(self, turn: str) -> Path:
        """Where the sound of a turn is, if it was kept."""
        return self.folder / f"{turn}{SUFFIX}"

    def write(self, turn: str, pcm: Pcm) -> Path:
        """Keep the sound of a turn, int16[n] at 16 kHz, whole or not at all; then see to the size of the folder.

        Raises:
            AudioError: it cannot be written.
        """
        import soundfile  # what is kept can be listed without it

        from assistant.audio.frames import SAMPLE_RATE

        path = self.path(turn)
        unfinished = path.with_suffix(UNFINISHED)
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            soundfile.write(str(unfinished), pcm, SAMPLE_RATE, format="FLAC", subtype="PCM_16")
            unfinished.chmod(0o600)
            unfinished.replace(path)
        except (soundfile.SoundFileError, OSError) as error:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
            raise AudioError(f"the sound of a turn cannot be kept: {error}", where=str(path),
                             mend=f"make room on the disk, or set {self._switch}") from error
        self.trim()
        return path

    def all(self) -> list[Kept]:
        """Every file, the oldest first."""
        found = []
        with suppress(OSError):
            for path in self.folder.glob(f"*{SUFFIX}"):
                with suppress(OSError):  # it was removed meanwhile
                    status = path.stat()
                    found.append(Kept(path.stem, path, status.st_size, status.st_mtime))
        return sorted(found, key=lambda kept: kept.written)

    def remove(self, turn: str) -> bool:
        """Forget the sound of a turn; whether there was any.

        Raises:
            AudioError: the file cannot be removed.
        """
        path = self.path(turn)
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise AudioError(f"cannot be removed: {error.strerror}", where=str(path)) from error
        return True

    def trim(self, turns: Collection[str] | None = None) -> int:
        """Remove what is too old, too much, or of no turn that is known; how many files.

        Args:
            turns: those that are known; None: all.
        """
        oldest, left = time.time() - self._days * DAY_SECONDS, float(self._most)
        removed = 0
        for kept in reversed(self.all()):
            left -= kept.size
            if left < 0 or kept.written < oldest or (turns is not None and kept.turn not in turns):
                with suppress(OSError):  # the next round tries again
                    kept.path.unlink(missing_ok=True)
                    removed += 1
        return removed


def sound_folder() -> Path:
    """Where the sound of turns is kept."""
    return data_dir() / "turns"
