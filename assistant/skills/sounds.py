"""Sound files of a skill, read in its own process: a damaged file harms nobody else."""

from __future__ import annotations

from pathlib import Path

from assistant.errors import SkillError

LONGEST = 60.0
"""Seconds of a clip."""


def read_clip(path: Path) -> tuple[bytes, int]:
    """A sound as 16-bit little-endian mono, and its samples per second.

    Raises:
        SkillError: it cannot be read, or is longer than a minute.
    """
    # Few skills play anything, and each has a process of its own.
    import soundfile

    try:
        with soundfile.SoundFile(path) as file:
            if file.frames > LONGEST * file.samplerate:
                raise SkillError(f"it is longer than {LONGEST:.0f} s", where=str(path))
            sound = file.read(dtype="int16", always_2d=True)
    except (OSError, RuntimeError) as error:
        raise SkillError(f"this sound cannot be read: {error}", where=str(path)) from error
    return sound.mean(axis=1).astype("<i2").tobytes(), int(file.samplerate)
