"""The same sound elsewhere: other rooms and distances, noise, levels, microphones and codecs."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from assistant.audio.files import read_sound
from assistant.audio.frames import SAMPLE_RATE, Floats, Pcm
from assistant.audio.resample import resample
from assistant.bench.rooms import convolve, homes
from assistant.bench.sounds import noise_gain

ROOM_SHARE, NOISE_SHARE, BAND_SHARE, CODEC_SHARE = 0.6, 0.85, 0.3, 0.1
SNR_DB = (0.0, 30.0)
PEAK_DB = (-34.0, -2.0)
"""Level of the loudest sample, dBFS: far field and close."""
TEMPO = (0.88, 1.14)
"""By which pitch, formants and speed are changed at once."""
TILT_DB = (-4.0, 4.0)
"""Per octave, around 1 kHz: microphones and the way a voice is turned."""
COLOURS = (0.0, 2.0)
"""Exponent of a noise's spectrum: white to brown."""
SYNTHETIC_SHARE = 0.3
"""Of the noises so many are made, not recorded."""
RATES = (8_000, 11_025)
"""Hz of narrow microphones."""
LONGEST_ROOM = SAMPLE_RATE
"""Samples of a response that are kept."""


@dataclass(frozen=True, slots=True)
class Acoustics:
    """Rooms and noises to choose from."""

    rooms: Sequence[Floats]
    noises: Sequence[Pcm]

    def place(self, sound: Floats, speech: Pcm, dice: np.random.Generator) -> Pcm:
        """A sound as a microphone somewhere hears it, as long as before.

        Args:
            sound: float32[n] on the scale of int16.
            speech: the part of it that the noise is measured against.
        """
        gain = self.noise(len(sound), dice)
        if self.rooms and dice.random() < ROOM_SHARE:
            sound = convolve(sound, self.rooms[int(dice.integers(len(self.rooms)))])
        if dice.random() < NOISE_SHARE:
            sound = sound + gain * np.float32(noise_gain(speech, _pcm(gain), dice.uniform(*SNR_DB)))
        if dice.random() < BAND_SHARE:
            sound = tilted(sound, float(dice.uniform(*TILT_DB)))
        heard = levelled(sound, float(dice.uniform(*PEAK_DB)))
        return coded(heard, dice) if dice.random() < CODEC_SHARE else heard

    def noise(self, length: int, dice: np.random.Generator) -> Floats:
        """A stretch of a recorded noise or a made one, float32[length]."""
        if not self.noises or dice.random() < SYNTHETIC_SHARE:
            return coloured(length, float(dice.uniform(*COLOURS)), dice)
        noise = self.noises[int(dice.integers(len(self.noises)))]
        return noise[(int(dice.integers(len(noise))) + np.arange(length)) % len(noise)].astype(np.float32)


def rooms(folder: Path | None, count: int, seed: int) -> list[Floats]:
    """Simulated homes, and the recorded responses in a folder, each from its first arrival."""
    simulated = [room.talker for room in homes(count, seed)]
    paths = sorted(folder.glob("*.*")) if folder else []
    recorded = [read_sound(path).astype(np.float32) for path in paths]
    return [response[:LONGEST_ROOM] for response in [*simulated, *(_arriving(one) for one in recorded)]]


def retimed(sound: Pcm, dice: np.random.Generator) -> Pcm:
    """Another, smaller or larger, speaker: pitch, formants and speed changed at once."""
    return resample(sound, SAMPLE_RATE, round(SAMPLE_RATE / dice.uniform(*TEMPO)))


def coloured(length: int, exponent: float, dice: np.random.Generator) -> Floats:
    """Noise whose power falls with frequency to the power of ``exponent``, at -30 dBFS."""
    spectrum = np.fft.rfft(dice.standard_normal(length))
    spectrum /= np.maximum(1.0, np.arange(len(spectrum))) ** (exponent / 2)
    noise = np.fft.irfft(spectrum, length)
    return np.asarray(noise / (noise.std() + 1e-9) * 1_000, np.float32)


def tilted(sound: Floats, per_octave: float) -> Floats:
    """A sound whose spectrum is tilted by so many dB for each octave, around 1 kHz, within 15 dB."""
    size = 1 << (len(sound) - 1).bit_length()
    octaves = np.log2(np.maximum(np.fft.rfftfreq(size, 1 / SAMPLE_RATE), 60.0) / 1000.0)
    gain = 10.0 ** (np.clip(per_octave * octaves, -15, 15) / 20)
    return np.fft.irfft(np.fft.rfft(sound, size) * gain, size)[: len(sound)].astype(np.float32)


def levelled(sound: Floats, peak_db: float) -> Pcm:
    """int16 with the loudest sample at a level in dBFS."""
    loudest = float(np.abs(sound).max(initial=1.0))
    return _pcm(sound * np.float32(32767 * 10 ** (peak_db / 20) / loudest))


def coded(sound: Pcm, dice: np.random.Generator) -> Pcm:
    """A sound through a narrow microphone, or a codec of telephones and of music."""
    choice = int(dice.integers(3))
    if choice == 0:
        rate = int(dice.choice(RATES))
        return _fitted(resample(resample(sound, SAMPLE_RATE, rate), rate, SAMPLE_RATE), len(sound))
    form, subtype = (("WAV", "ULAW"), ("OGG", "VORBIS"))[choice - 1]
    file = io.BytesIO()
    soundfile.write(file, sound, SAMPLE_RATE, format=form, subtype=subtype)
    file.seek(0)
    return _fitted(soundfile.read(file, dtype="int16")[0], len(sound))


def _arriving(response: Floats) -> Floats:
    """From the first arrival on, of unit energy."""
    first = int(np.flatnonzero(np.abs(response) > 0.2 * np.abs(response).max())[0])
    kept = response[first : first + LONGEST_ROOM]
    return np.asarray(kept / np.sqrt(np.sum(kept**2)), np.float32)


def _fitted(sound: Pcm, length: int) -> Pcm:
    return np.pad(sound[:length], (0, max(0, length - len(sound))))


def _pcm(sound: Floats) -> Pcm:
    return np.clip(sound, -32768, 32767).astype(np.int16)
