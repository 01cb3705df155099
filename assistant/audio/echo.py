"""How much of what the microphone hears is not the assistant's own voice?

The echo canceller of the front end answers by suppressing what it does not trust, and a person who talks over an answer
is suppressed with it for the first half second. This linear model of the room takes nothing away but the echo it
predicts, knows how uncertain its prediction is, and so can tell within 100 ms that somebody else is there.

Method: partitioned-block frequency-domain Kalman filter (Enzner and Vary 2006; Kuech, Mabande and Enzner 2014).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Floats

PARTITIONS = 20
"""Frames of response: 400 ms, for up to 200 ms of delay and the loud part of the reverberation."""
CONSTRAINED = 4
"""Partitions per frame whose circular part is removed; all take their turn within five frames."""
KEEP = 0.9985**2
"""Share of the room's power that is the same a frame later; the rest is doors, people and drifting clocks."""
FIRST_UNCERTAINTY = 0.02
"""Variance of the response before anything is known: the echo is rarely louder than -17 dB."""
STRANGE = 0.3
"""Variance of the response that is granted beyond that, in judging, before anything has been played,"""
STRANGE_KEEP = 0.88
"""and how much of it is left after a frame that was: within half a second the doubt of the filter itself is truer."""
AUDIBLE = 1e-6
"""Power of what is played from which the room can be learned: -60 dBFS."""
NEAR_KEEP = 0.9
"""Smoothing of the power that is not echo, per frame."""
BAND = slice(200 * 2 * FRAME_SAMPLES // SAMPLE_RATE, 5000 * 2 * FRAME_SAMPLES // SAMPLE_RATE)
"""Bins that are judged: 200 to 5000 Hz."""
NOISE_KEEP = 0.8
"""Smoothing of the power whose troughs are the background, per frame."""
NOISE_RISE_DB = 0.1
"""By which the background may grow per frame: 5 dB a second, so that a word does not become background."""
NOISE_BIAS = 2.0
"""By which the mean of steady noise is above the troughs of its smoothed power."""
LEAST = 1e-3
"""A bin counts at least -30 dB: one empty bin must not outweigh a full one."""
LATE = 4
"""Last partitions, whose power tells how loud the reverberation behind them begins,"""
LATE_KEEP = 0.7
"""and how much of it is left after a frame: -60 dB in 0.8 s."""
TINY = 1e-7

Spectra = npt.NDArray[np.complex64]


class EchoModel:
    """A model of the way from loudspeaker to microphone, 20 ms at a time; 0.2 ms of work each."""

    def __init__(self) -> None:
        bins = FRAME_SAMPLES + 1
        self.excess = 0.0
        """dB by which the latest frame exceeds echo and background, mean over 200 to 5000 Hz; around 0 or less when
        nobody else is there."""
        self._far = np.zeros(2 * FRAME_SAMPLES, np.float32)
        self._spectra: Spectra = np.zeros((PARTITIONS, bins), np.complex64)
        self._response: Spectra = np.zeros((PARTITIONS, bins), np.complex64)
        self._uncertainty = np.full((PARTITIONS, bins), FIRST_UNCERTAINTY, np.float32)
        self._near = np.full(bins, 1e-6, np.float32)
        self._noise = np.full(bins, TINY, np.float32)
        self._smooth = np.full(bins, TINY, np.float32)
        self._padded = np.zeros(2 * FRAME_SAMPLES, np.float32)
        self._strange = STRANGE
        self._late = np.zeros(BAND.stop - BAND.start, np.float32)
        self._turn = 0

    def listen(self, near: Floats, frames: int = 1) -> None:
        """A frame while nothing is played: learn the background.

        Args:
            frames: how many have passed since the last one that was given.
        """
        self._padded[FRAME_SAMPLES:] = near
        power = _power(_spectrum(self._padded))
        self._near += (1.0 - NEAR_KEEP) * (power - self._near)
        self._follow_noise(power, frames)

    def process(self, near: Floats, far: Floats) -> Floats:
        """What is left of a microphone frame without its echo: float32[320]. Learns, and sets ``excess``."""
        self._advance(far)
        predicted = np.fft.irfft(np.einsum("pk,pk->k", self._spectra, self._response))[FRAME_SAMPLES:]
        left = near - predicted.astype(np.float32)
        self._padded[FRAME_SAMPLES:] = left
        error = _spectrum(self._padded)
        power = _power(error)
        heard = _power(self._spectra)
        self._judge(power, heard)
        self._learn(error, power, heard)
        self._constrain()
        self._follow_noise(power)
        return left

    def _advance(self, far: Floats) -> None:
        self._far[:FRAME_SAMPLES] = self._far[FRAME_SAMPLES:]
        self._far[FRAME_SAMPLES:] = far
        if float(np.dot(far, far)) > AUDIBLE * FRAME_SAMPLES:
            self._strange *= STRANGE_KEEP
        self._spectra[1:] = self._spectra[:-1].copy()
        self._spectra[0] = np.fft.rfft(self._far)

    def _judge(self, power: Floats, heard: Floats) -> None:
        doubt = 0.5 * np.einsum("pk,pk->k", heard[:, BAND], self._uncertainty[:, BAND] + np.float32(self._strange))
        end = _power(self._response[-LATE:, BAND])
        self._late = LATE_KEEP * (self._late + 0.5 * heard[-1, BAND] * end.mean(axis=0))
        explained = doubt + self._late + NOISE_BIAS * self._noise[BAND] + TINY
        self.excess = float(10.0 * np.mean(np.log10(power[BAND] / explained + LEAST)))

    def _learn(self, error: Spectra, power: Floats, heard: Floats) -> None:
        self._near *= NEAR_KEEP
        self._near += (1.0 - NEAR_KEEP) * power
        gain = self._uncertainty / (0.5 * np.einsum("pk,pk->k", heard, self._uncertainty) + self._near + 1e-9)
        self._response += gain * np.conj(self._spectra) * error
        gain *= heard
        gain *= -0.5 * KEEP
        gain += KEEP
        self._uncertainty *= gain
        self._uncertainty += (1.0 - KEEP) * _power(self._response)

    def _constrain(self) -> None:
        """Keep responses as long as a frame: what wraps around in the transform is no response."""
        turns = (self._turn + np.arange(CONSTRAINED)) % PARTITIONS
        self._turn = (self._turn + CONSTRAINED) % PARTITIONS
        response = np.fft.irfft(self._response[turns], axis=1)
        response[:, FRAME_SAMPLES:] = 0.0
        self._response[turns] = np.fft.rfft(response, axis=1)

    def _follow_noise(self, power: Floats, frames: int = 1) -> None:
        self._smooth += (1.0 - NOISE_KEEP) * (power - self._smooth)
        risen = self._noise * np.float32(10 ** (NOISE_RISE_DB * frames / 10))
        self._noise = np.maximum(np.minimum(risen, self._smooth), TINY)


def _power(spectra: Spectra) -> Floats:
    return np.asarray(spectra.real**2 + spectra.imag**2, dtype=np.float32)


def _spectrum(sound: Floats) -> Spectra:
    return np.asarray(np.fft.rfft(sound), dtype=np.complex64)
