"""Sound files of a skill, read in its own process: a damaged file harms nobody else."""

from __future__ import annotations

from pathlib import Path

from assistant.errors import SkillError

LONGEST = 60
"""Seconds of a clip."""
RATES = range(8_000, 48_001)
"""Samples per second in which a clip is passed on; a file of another rate is brought to the nearest of these."""


def read_clip(path: Path) -> tuple[bytes, int]:
    """A sound as 16-bit little-endian mono, and its samples per second, one of ``RATES``.

    Raises:
        SkillError: it cannot be read, or is longer than a minute.
    """
    # Few skills play anything, and each has a process of its own.
    import soundfile

    from assistant.audio.resample import resample

    try:
        with soundfile.SoundFile(path) as file:
            if file.frames > LONGEST * file.samplerate:
                raise SkillError(f"it is longer than {LONGEST} s", where=str(path))
            sound = file.read(dtype="int16", always_2d=True)
    except (OSError, RuntimeError) as error:
        raise SkillError(f"this sound cannot be read: {error}", where=str(path)) from error
    rate = max(RATES[0], min(RATES[-1], int(file.samplerate)))
    mono = resample(sound.mean(axis=1).astype("int16"), int(file.samplerate), rate)
    return mono.astype("<i2").tobytes(), rate
