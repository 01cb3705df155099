"""Simulated homes: how a loudspeaker and a person sound at the microphone.

pyroomacoustics computes rooms of living size; their reverberation time is measured on the response, not believed.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from assistant.audio.frames import SAMPLE_RATE, Floats
from assistant.errors import BackendError
from assistant.extras import install_command

RT60 = (0.2, 0.8)
"""Seconds of reverberation in a home."""
TRIES = 40
"""Draws after which a room of the wanted reverberation must have been found."""

Place = npt.NDArray[np.float64]
"""Metres: [3]."""


@dataclass(frozen=True, slots=True)
class Room:
    """A room with a device and somebody in it."""

    name: str
    echo: Floats
    """Impulse response from loudspeaker to microphone, without the way to the first arrival."""
    talker: Floats
    """From the person's mouth to the microphone."""
    rt60: float
    """Measured, seconds."""


def homes(count: int, seed: int) -> list[Room]:
    """``count`` rooms of 0.2 to 0.8 s; half with loudspeaker and microphone in one case, half apart."""
    generator = np.random.default_rng(seed)
    return [_home(f"home-{seed}-{number}", number % 2 == 0, generator) for number in range(count)]


def acoustics() -> ModuleType:
    try:
        return import_module("pyroomacoustics")
    except ImportError as error:
        mend = install_command("bench")
        raise BackendError("simulated rooms need pyroomacoustics", where="bench", mend=mend) from error


def _home(name: str, one_case: bool, generator: np.random.Generator) -> Room:
    pyroomacoustics = acoustics()

    for _ in range(TRIES):
        size = generator.uniform((3.0, 2.5, 2.4), (7.0, 5.5, 3.0))
        absorption, order = pyroomacoustics.inverse_sabine(generator.uniform(*RT60), size)
        box = pyroomacoustics.ShoeBox(
            size, fs=SAMPLE_RATE, materials=pyroomacoustics.Material(absorption), max_order=min(order, 60)
        )
        device = generator.uniform((0.4, 0.4, 0.7), (size[0] - 0.4, size[1] - 0.4, 1.3))
        box.add_source(near(device, generator.uniform(0.06, 0.15) if one_case else generator.uniform(0.3, 1.5), size,
                             generator))
        box.add_source(near(device, generator.uniform(1.0, 3.5), size, generator))
        box.add_microphone(device)
        box.compute_rir()
        echo, talker = (from_arrival(response) for response in box.rir[0])
        rt60 = float(pyroomacoustics.experimental.measure_rt60(echo, fs=SAMPLE_RATE, decay_db=30))
        if RT60[0] <= rt60 <= RT60[1]:
            return Room(name, echo, talker, rt60)
    raise RuntimeError(f"no room of {RT60[0]} to {RT60[1]} s in {TRIES} draws")


def recorded(path: Path) -> Room:
    """A measured response of two sources and two ears: the left source's as the echo, the right one's as the talker."""
    pyroomacoustics = acoustics()

    sound, rate = soundfile.read(str(path), dtype="float32", always_2d=True)
    responses = soxr.resample(sound, rate, SAMPLE_RATE)
    echo, talker = from_arrival(responses[:, 0]), from_arrival(responses[:, -1])
    rt60 = float(pyroomacoustics.experimental.measure_rt60(echo, fs=SAMPLE_RATE, decay_db=30))
    return Room(path.stem, echo, talker, rt60)


def convolve(sound: Floats, response: Floats) -> Floats:
    """The sound in the room: float32[len(sound)]."""
    size = 1 << (len(sound) + len(response) - 2).bit_length()
    spectrum = np.fft.rfft(sound, size) * np.fft.rfft(response, size)
    return np.fft.irfft(spectrum, size)[: len(sound)].astype(np.float32)


def near(device: Place, distance: float, size: Place, generator: np.random.Generator) -> Place:
    """A place ``distance`` metres from the device, as far as the walls allow."""
    angle = generator.uniform(0, 2 * np.pi)
    place = device + distance * np.array((np.cos(angle), np.sin(angle), generator.uniform(-0.1, 0.2)))
    return np.asarray(np.clip(place, 0.15, size - 0.15))


def from_arrival(response: Floats) -> Floats:
    """The response from 1 ms before its first arrival, of unit energy."""
    first = int(np.flatnonzero(np.abs(response) > 0.2 * np.abs(response).max())[0])
    kept = response[max(0, first - SAMPLE_RATE // 1000) :].astype(np.float32)
    return np.asarray(kept / np.sqrt(np.sum(kept**2)), dtype=np.float32)
