"""Sound files: any that soundfile reads becomes 16 kHz mono; what we write is a plain WAV."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.audio.resample import resample
from assistant.errors import AudioError

LONGEST = 4 * 3600
"""Seconds of the longest file that is read into memory: 460 MB."""


def read_sound(path: Path | str, rate: int = SAMPLE_RATE) -> Pcm:
    """A file as mono int16[n] at ``rate``; several channels are averaged.

    Raises:
        AudioError: no such file, not a sound file, or longer than four hours.
    """
    if not Path(path).exists():
        raise AudioError("there is no such file", where=str(path))
    try:
        with soundfile.SoundFile(str(path)) as file:
            if file.frames > LONGEST * file.samplerate:
                raise AudioError(f"longer than {LONGEST // 3600} hours", where=str(path), mend="cut it")
            sound = file.read(dtype="int16", always_2d=True)
            native = int(file.samplerate)
    except (soundfile.SoundFileError, OSError) as error:
        raise AudioError(
            f"cannot be read as sound: {error}", where=str(path), mend="WAV, FLAC, OGG, Opus and MP3 are understood"
        ) from error
    mono = sound[:, 0] if sound.shape[1] == 1 else np.rint(sound.mean(axis=1)).astype(np.int16)
    return resample(np.ascontiguousarray(mono), native, rate)


def write_sound(path: Path | str, pcm: Pcm, rate: int = SAMPLE_RATE) -> None:
    """Write mono int16[n] as WAV.

    Raises:
        AudioError: the file cannot be written.
    """
    try:
        soundfile.write(str(path), pcm, rate, format="WAV", subtype="PCM_16")
    except (soundfile.SoundFileError, OSError) as error:
        mend = "check the folder and the space on the disk"
        raise AudioError(f"cannot be written: {error}", where=str(path), mend=mend) from error
