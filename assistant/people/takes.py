"""Whether a recording is good enough to enrol a voice by; what is wrong with it, in words that help."""

from __future__ import annotations

import numpy as np

from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Frame, Pcm
from assistant.errors import SoundError
from assistant.vad.base import Vad

SHORTEST = 1.5
"""Seconds of speech in a take at least."""
QUIET_DBFS = -45.0
"""Speech whose loudest tenth lies below is drowned by what is around it."""
CLIPPED = 32_700
MOST_CLIPPED = 0.002
"""Share of samples at the end of the scale: a voice that is cut off sounds like another."""
LEAST_SPEECH = 0.25
"""Share of a take: less is a television, a tap or a song with a few words in it."""


def speech_in(pcm: Pcm, vad: Vad) -> float:
    """Seconds of speech in a sound."""
    stream = vad.stream()
    try:
        frames = len(pcm) // FRAME_SAMPLES
        spoken = sum(
            stream.feed(Frame(pcm[at * FRAME_SAMPLES : (at + 1) * FRAME_SAMPLES], at * FRAME_SAMPLES)).speech
            for at in range(frames)
        )
    finally:
        stream.close()
    return spoken * FRAME_SAMPLES / SAMPLE_RATE


def check(pcm: Pcm, vad: Vad) -> float:
    """Look at a take as sound alone; seconds of speech in it.

    Raises:
        SoundError: says what is wrong, and what to do.
    """
    seconds = len(pcm) / SAMPLE_RATE
    clipped = float(np.mean(np.abs(pcm.astype(np.int32)) >= CLIPPED)) if len(pcm) else 0.0
    if clipped > MOST_CLIPPED:
        raise SoundError("too loud: the recording is cut off", mend="speak more softly, or turn the microphone down")
    if len(pcm) and level(pcm) < QUIET_DBFS:
        raise SoundError("too quiet", mend="come closer, or turn the microphone up")
    speech = speech_in(pcm, vad)
    if speech < SHORTEST:
        raise SoundError(f"too short: {speech:.1f} s of speech", mend=f"at least {SHORTEST:.1f} s are needed")
    if speech < LEAST_SPEECH * seconds:
        raise SoundError("hardly any speech in it", mend="switch off what else can be heard, and read it again")
    return speech


def level(pcm: Pcm) -> float:
    """Of the loudest tenth of a sound, dBFS."""
    whole = len(pcm) // FRAME_SAMPLES * FRAME_SAMPLES
    if not whole:
        return -120.0
    power = np.mean((pcm[:whole].astype(np.float64) / 32768.0).reshape(-1, FRAME_SAMPLES) ** 2, axis=1)
    return float(10.0 * np.log10(max(float(np.percentile(power, 90)), 1e-12)))
