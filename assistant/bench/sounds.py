"""Sound for benchmarks: where speech ends, noise at a level, pauses where people make them."""

from __future__ import annotations

import numpy as np

from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Pcm

END_BELOW_DB = 35.0
"""Speech ends at the last 20 ms frame within this of the loudest frame."""
PEAK_WINDOW = 2048
"""Samples of the window in which the strongest sound is looked for when mixing."""
DIP_WINDOW = 960
"""Samples of a dip in which a pause is put: 60 ms."""
FLOOR_DB = -65.0
"""Noise of a microphone in a quiet room, dBFS."""


def _powers(sound: np.ndarray, window: int) -> np.ndarray:
    frames = len(sound) // window
    if frames == 0:
        return np.array([np.mean(np.square(sound, dtype=np.float64))])
    powers: np.ndarray = np.mean(np.square(sound[: frames * window].astype(np.float64).reshape(frames, window)), axis=1)
    return powers


def speech_end(dry: Pcm) -> int:
    """First sample after the speech in a dry recording."""
    powers = _powers(dry, FRAME_SAMPLES)
    loud = np.flatnonzero(powers >= powers.max() * 10 ** (-END_BELOW_DB / 10))
    return int(loud[-1] + 1) * FRAME_SAMPLES


def speech_start(dry: Pcm) -> int:
    """First sample of the speech in a dry recording."""
    powers = _powers(dry, FRAME_SAMPLES)
    return int(np.flatnonzero(powers >= powers.max() * 10 ** (-END_BELOW_DB / 10))[0]) * FRAME_SAMPLES


def within_speech(sound: Pcm, first: int, below_db: float) -> int:
    """The end of the first frame from a sample on that is within so many dB of the loudest; the whole if none is."""
    powers = _powers(sound, FRAME_SAMPLES)
    frame = -(-first // FRAME_SAMPLES)
    loud = np.flatnonzero(powers[frame:] >= powers.max() * 10 ** (-below_db / 10))
    return (frame + int(loud[0]) + 1) * FRAME_SAMPLES if len(loud) else len(sound)


def noise_gain(speech: Pcm, noise: Pcm, snr_db: float) -> float:
    """Factor that puts the noise's strongest 2,048 samples ``snr_db`` below the speech's strongest."""
    loudest = _powers(speech, PEAK_WINDOW).max()
    return float(np.sqrt(loudest / max(_powers(noise, PEAK_WINDOW).max(), 1e-9) * 10 ** (-snr_db / 10)))


def add_noise(sound: Pcm, noise: Pcm, gain: float, offset: int = 0) -> Pcm:
    """The sound over noise, which is repeated as needed from sample ``offset`` on; clipped to int16."""
    places = (np.arange(len(sound)) + offset) % len(noise)
    return np.clip(sound.astype(np.float64) + noise[places] * gain, -32768, 32767).astype(np.int16)


def floor_of(sound: Pcm, samples: int, generator: np.random.Generator) -> Pcm:
    """``samples`` of the recording's own quietest 60 ms, repeated with random phase so that it does not buzz."""
    powers = _powers(sound, DIP_WINDOW)
    at = int(np.argmin(powers)) * DIP_WINDOW
    quiet = sound[at : at + DIP_WINDOW].astype(np.float64)
    if len(quiet) == 0:
        return np.zeros(samples, np.int16)
    spectrum = np.abs(np.fft.rfft(quiet))
    pieces = []
    for _ in range(samples // len(quiet) + 1):
        phase = np.exp(2j * np.pi * generator.random(len(spectrum)))
        pieces.append(np.fft.irfft(spectrum * phase, len(quiet)))
    return np.clip(np.concatenate(pieces)[:samples], -32768, 32767).astype(np.int16)


def deepest_dip(sound: Pcm) -> int:
    """Middle sample of the quietest 60 ms in the middle half of the speech."""
    start, end = speech_start(sound), speech_end(sound)
    quarter = (end - start) // 4
    first, last = start + quarter, end - quarter - DIP_WINDOW
    step = DIP_WINDOW // 6
    places = range(first, max(first + 1, last), step)
    powers = [np.mean(np.square(sound[at : at + DIP_WINDOW].astype(np.float64))) for at in places]
    return places[int(np.argmin(powers))] + DIP_WINDOW // 2


def with_pause(sound: Pcm, at: int, seconds: float, generator: np.random.Generator) -> Pcm:
    """The sound with a pause at sample ``at``, filled with its own floor."""
    pause = floor_of(sound, round(seconds * SAMPLE_RATE), generator)
    return np.concatenate([sound[:at], pause, sound[at:]])


def silence(seconds: float) -> Pcm:
    """Digital silence."""
    return np.zeros(round(seconds * SAMPLE_RATE), np.int16)


def quiet(seconds: float) -> Pcm:
    """What a microphone hears in a quiet room: its own noise."""
    noise = np.random.default_rng(0).standard_normal(round(seconds * SAMPLE_RATE))
    return np.rint(noise * 32768 * 10 ** (FLOOR_DB / 20)).astype(np.int16)
