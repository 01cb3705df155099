"""What the end-of-turn model hears: the last four seconds as mel spectrum, pitch and voicing, 50 times a second.

A sentence that is over falls in pitch and level and its last syllable is drawn out; one that goes on does not fall, or
rises. So beside the spectrum stands the pitch against the speaker's own, by the autocorrelation of the windowed sound
divided by that of the window (Boersma, 1993).
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Floats, Pcm
from assistant.audio.mel import hann, mel_filters, power_spectra

FRAMES = 200
"""Steps of 20 ms."""
BANDS = 40
CHANNELS = BANDS + 2
"""Bands, pitch, voicing."""
WINDOW = 512
"""Samples of the spectrum's window: 32 ms."""
LOW_HZ = 60.0
RANGE = 6.0
"""Powers of ten below the loudest band that are told apart: 60 dB."""
HALVED = 2
"""The pitch is looked for at half the sample rate."""
PITCH_WINDOW = 512
"""Samples at that rate: 64 ms, four periods of the deepest voice."""
PITCH_HZ = (60.0, 420.0)
OCTAVE_COST = 0.05
"""Taken from the autocorrelation for each octave down: two periods are as alike as one."""
VOICED = 0.5
"""Autocorrelation from which a frame has a pitch."""
LOUD = 0.8
"""Strongest band, on the features' own scale, from which a frame is loud enough to have one."""
OCTAVE = 1.0
"""Pitch is limited to this far from the speaker's median."""

SAMPLES = (FRAMES - 1) * FRAME_SAMPLES + PITCH_WINDOW * HALVED
_FILTERS = mel_filters(BANDS, WINDOW, LOW_HZ).astype(np.float32)
_WINDOW = hann(WINDOW).astype(np.float32)
_PITCH_WINDOW = hann(PITCH_WINDOW).astype(np.float32)
_FIRST, _LAST = (round(SAMPLE_RATE / HALVED / hz) for hz in reversed(PITCH_HZ))

_COST = OCTAVE_COST * np.log2(np.arange(_FIRST, _LAST + 1) / _FIRST)


def features(sound: Pcm) -> Floats:
    """float32[200, 42] of the end of a sound, which is filled up with silence before its beginning if it is shorter."""
    sound = sound[-SAMPLES:]
    padded = np.zeros(SAMPLES, np.float32)
    padded[SAMPLES - len(sound) :] = sound
    padded /= 32768.0
    bands = _bands(padded)
    pitch, voicing = _pitch(padded, bands.max(axis=1) > LOUD)
    return np.concatenate([bands, pitch[:, None], voicing[:, None]], axis=1)


def _bands(sound: Floats) -> Floats:
    """Log-mel spectrum[frames, bands]: 1 is the loudest, 0 is 60 dB below."""
    margin = (PITCH_WINDOW * HALVED - WINDOW) // 2
    power = power_spectra(sound[margin : len(sound) - margin], _WINDOW, FRAME_SAMPLES)
    logs = np.log10(np.maximum(power @ _FILTERS.T, 1e-10))
    return np.asarray(np.maximum((logs - logs.max()) / RANGE + 1.0, 0.0), np.float32)


def _pitch(sound: Floats, loud: np.ndarray) -> tuple[Floats, Floats]:
    """Octaves above the median pitch, and voicing 0 to 1; both 0 in frames that are not loud enough."""
    halved = sound.reshape(-1, HALVED).mean(axis=1)
    windows = sliding_window_view(halved, PITCH_WINDOW)[:: FRAME_SAMPLES // HALVED]
    correlation = _autocorrelation((windows - windows.mean(axis=1, keepdims=True)) * _PITCH_WINDOW)
    correlation /= _autocorrelation(_PITCH_WINDOW[None])
    within = correlation[:, _FIRST : _LAST + 1]
    lag = (within - _COST).argmax(axis=1)
    voicing = np.where(loud, np.clip(within[np.arange(len(lag)), lag], 0.0, 1.0), 0.0)
    octaves = -np.log2((_FIRST + lag).astype(np.float32))
    voiced = voicing > VOICED
    if voiced.any():
        octaves = np.clip(octaves - np.median(octaves[voiced]), -OCTAVE, OCTAVE)
    return np.where(voiced, octaves, 0.0).astype(np.float32), voicing.astype(np.float32)


def _autocorrelation(windows: Floats) -> Floats:
    """Of each window, 1 at lag 0: [windows, half of its length]."""
    spectra = np.fft.rfft(windows, 2 * PITCH_WINDOW)
    found = np.fft.irfft(spectra.real**2 + spectra.imag**2)[:, : PITCH_WINDOW // 2]
    return np.asarray(found / np.maximum(found[:, :1], 1e-9), np.float32)
