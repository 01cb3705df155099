"""Every piece as it was recorded and through channels of its own, as the network hears it; computed once and kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.bench.channels import Places, through
from assistant.errors import ModelError, SoundError
from assistant.speaker.features import BANDS, Spectra, spectra

from .material import SPEEDS, Piece, at_speed

FEATURES, TABLE = "features.f16", "views.npz"
SCALE = 1.0 / 16.0
"""Powers are kept as their roots: half precision has no room for the quietest otherwise."""
SNR_DB = (10.0, 30.0)
"""Worse than what is measured: who has learned in more noise stands less."""
PLAIN_SHARE, TELEPHONE_SHARE = 0.15, 0.1
"""Of the views so many have no room, and so many have been through a telephone's companding."""
MU = 255.0
SHORTEST = 60
"""Windows; a shorter view is left out."""
TELL_EVERY = 200


@dataclass(frozen=True, slots=True)
class Views:
    """What is trained on; arrays are alike in length, but ``features``."""

    features: npt.NDArray[np.float16]
    """Roots of mel powers, float16[windows of all, 40], on disk."""
    start: npt.NDArray[np.int64]
    length: npt.NDArray[np.int64]
    speaker: npt.NDArray[np.str_]
    """``set/number@speed``."""
    piece: npt.NDArray[np.int64]
    clean: npt.NDArray[np.bool_]
    kept_out: npt.NDArray[np.bool_]

    def spectra(self, view: int) -> Spectra:
        """Mel powers of a view: float32[windows, 40]."""
        at = self.start[view]
        roots = self.features[at : at + self.length[view]].astype(np.float32) * SCALE
        return roots * roots


def compute(
    pieces: Sequence[Piece], found: Places, noises: Sequence[Pcm], count: int, seed: int, folder: Path,
    say: Callable[[str], None],
) -> None:
    """Write the views of all pieces: as recorded, and ``count`` more; of other speeds, and who is kept out, half of them."""
    rows, at = [], 0
    new = folder / f"{FEATURES}.new"
    with new.open("wb") as file:
        for number, piece in enumerate(pieces):
            generator = np.random.default_rng([seed, number])
            for speed in SPEEDS[:1] if piece.kept_out else SPEEDS:
                sound = at_speed(piece.sound, speed)
                for view in range(1 + (count if speed == 1.0 and not piece.kept_out else (count + 1) // 2)):
                    heard = perturbed(sound, found, noises, generator) if view else sound
                    try:
                        powers = spectra(heard)
                    except SoundError:
                        continue
                    if len(powers) < SHORTEST:
                        continue
                    file.write((np.sqrt(powers) / SCALE).astype(np.float16).tobytes())
                    rows.append((at, len(powers), f"{piece.speaker}@{speed}", number, view == 0, piece.kept_out))
                    at += len(powers)
            if (number + 1) % TELL_EVERY == 0:
                say(f"{number + 1} of {len(pieces)} pieces heard")
    new.replace(folder / FEATURES)
    names = ("start", "length", "speaker", "piece", "clean", "kept_out")
    table = {name: np.array(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
    part = folder / f"{TABLE}.new.npz"
    np.savez(part, **table)
    part.replace(folder / TABLE)


def load(folder: Path) -> Views:
    """Read them back; the features stay on disk.

    Raises:
        ModelError: a file is damaged.
    """
    try:
        with np.load(folder / TABLE) as file:
            table = {name: file[name] for name in file.files}
        features = np.memmap(folder / FEATURES, np.float16, "r").reshape(-1, BANDS)
        return Views(features, **table)
    except (OSError, ValueError, TypeError) as error:
        raise ModelError(f"is damaged: {error}", where=str(folder / TABLE), mend="delete it; it is made again") from error


def perturbed(sound: Pcm, found: Places, noises: Sequence[Pcm], generator: np.random.Generator) -> Pcm:
    """A view of a sound: through some room, microphone and noise, or none, or a telephone."""
    chance = generator.random()
    if chance < PLAIN_SHARE:
        silent = Places((np.ones(1, np.float32),), (0.0,))
        return through(sound, silent, noises, generator, SNR_DB)
    heard = through(sound, found, noises, generator, SNR_DB)
    return companded(heard) if chance < PLAIN_SHARE + TELEPHONE_SHARE else heard


def companded(sound: Pcm) -> Pcm:
    """Below 3.4 kHz and in eight logarithmic bits (G.711), as telephones have it."""
    spectrum = np.fft.rfft(sound.astype(np.float64))
    spectrum[np.fft.rfftfreq(len(sound), 1.0 / SAMPLE_RATE) > 3400.0] = 0.0
    narrow = np.clip(np.fft.irfft(spectrum, len(sound)) / 32768.0, -1.0, 1.0)
    steps = np.rint(127.0 * np.sign(narrow) * np.log1p(MU * np.abs(narrow)) / np.log1p(MU)) / 127.0
    plain = np.sign(steps) * np.expm1(np.abs(steps) * np.log1p(MU)) / MU
    return np.asarray(np.rint(plain * 32767.0), np.int16)
