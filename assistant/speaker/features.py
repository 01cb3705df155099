"""What the speaker network hears: mel powers of the speech in a sound, at one level, without the silence.

As GE2E has them (Wan et al., 2018; Resemblyzer): 40 bands, 25 ms every 10 ms, powers and not their logarithms. Training
and use share this module, so they cannot drift apart.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from assistant.audio.frames import SAMPLE_RATE, Floats, Pcm
from assistant.audio.mel import Matrix, hann, mel_filters, power_spectra
from assistant.errors import SoundError

BANDS = 40
SIZE = 400
"""Samples of a window: 25 ms."""
HOP = 160
"""Samples from one to the next: 10 ms."""
LEVEL_DB = -28.0
"""RMS level, dBFS, that speech is brought to."""
SILENT_DB = -75.0
"""A sound whose loudest moments lie below this holds nothing."""
VOICE_HZ = (100.0, 4000.0)
"""Where voices are loud; hum and hiss lie outside."""
LOUD, QUIET = 95.0, 10.0
"""Percentiles of a sound's levels that stand for speech and for the room."""
RANGE_DB = 30.0
"""Speech lies within this of the loud moments,"""
RISE = 0.3
"""and at least this share of the way from the room up to them."""
AROUND = 6
"""Windows beside speech that belong to it: 60 ms, the soft sounds of a word."""

Spectra = npt.NDArray[np.float32]


@cache
def _filters() -> Matrix:
    return np.asarray(mel_filters(BANDS, SIZE).T)


@cache
def _window() -> Matrix:
    return hann(SIZE)


def spectra(pcm: Pcm) -> Spectra:
    """Mel powers of the speech in a sound: float32[windows, 40], at ``LEVEL_DB``.

    Args:
        pcm: int16[n], 16 kHz mono.

    Raises:
        SoundError: it is silent, or shorter than a window.
    """
    found, kept = all_spectra(pcm)
    return np.ascontiguousarray(found[kept])


def all_spectra(pcm: Pcm) -> tuple[Spectra, npt.NDArray[np.bool_]]:
    """Mel powers of every window, and which of them hold speech; raises as ``spectra`` does."""
    if len(pcm) < SIZE:
        raise SoundError(f"{len(pcm)} samples are too few to hear a voice in", mend="record a whole sentence")
    power = np.asarray(power_spectra(pcm.astype(np.float32) / 32768.0, _window(), HOP))
    square = power.sum(axis=1) * 2.0 / (SIZE * float(np.sum(_window() ** 2)))
    kept = speech(power)
    level = float(square[kept].mean())
    if 10.0 * np.log10(max(level, 1e-12)) < SILENT_DB:
        raise SoundError("there is nothing to hear in it", mend="check the microphone and its level")
    return (power @ _filters() * (10.0 ** (LEVEL_DB / 10.0) / level)).astype(np.float32), kept


def speech(power: npt.NDArray[np.floating]) -> npt.NDArray[np.bool_]:
    """Which windows hold speech, by their level alone: bool[windows].

    Args:
        power: [windows, 201], see ``power_spectra``.
    """
    places = np.fft.rfftfreq(SIZE, 1.0 / SAMPLE_RATE)
    voice = (places >= VOICE_HZ[0]) & (places <= VOICE_HZ[1])
    levels = 10.0 * np.log10(np.maximum(power[:, voice].mean(axis=1), 1e-12))
    quiet, loud = np.percentile(levels, [QUIET, LOUD])
    above = levels >= max(loud - RANGE_DB, quiet + RISE * (loud - quiet))
    wide = np.convolve(above.astype(np.float32), np.ones(2 * AROUND + 1, np.float32), "same")
    return np.asarray(wide[: len(above)] > 0.5) if len(above) > 2 * AROUND else np.ones(len(above), bool)


def spoken(pcm: Pcm, shortest: float) -> Floats:
    """The speech in a sound, one stretch after the other, at ``LEVEL_DB``: float32[n], for who hears samples.

    Args:
        shortest: seconds of speech that there have to be.

    Raises:
        SoundError: there is less, or it is silent.
    """
    _, kept = all_spectra(pcm)
    samples = np.repeat(kept, HOP)
    sound = pcm[: len(samples)].astype(np.float32)[samples[: len(pcm)]] / 32768.0
    enough(len(sound) / SAMPLE_RATE, shortest)
    return np.asarray(sound * (10.0 ** (LEVEL_DB / 20.0) / max(float(np.sqrt(np.mean(sound**2))), 1e-6)), np.float32)


def enough(seconds: float, shortest: float) -> None:
    """Raise SoundError where there is less speech than somebody can judge."""
    if seconds < shortest:
        raise SoundError(f"holds only {seconds:.1f} s of speech", mend=f"say something of at least {shortest:.1f} s")
