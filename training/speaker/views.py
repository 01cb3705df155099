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
from assistant.speaker.features import BANDS, Spectra, all_spectra

from .material import Piece

FEATURES, TABLE = "features.f16", "views.npz"
SCALE = 1.0 / 16.0
"""Powers are kept as their roots: half precision has no room for the quietest otherwise."""
SNR_DB = (10.0, 30.0)
"""Worse than what is measured: who has learned in more noise stands less."""
PLAIN_SHARE, TELEPHONE_SHARE = 0.15, 0.1
"""Of the views so many have no room, and so many have been through a telephone's companding."""
MU = 255.0
OF_KEPT_OUT = 2
"""Views of a piece of somebody who is kept out."""
SHORTEST = 60
"""Windows; a shorter view is left out."""
TELL_EVERY = 200


@dataclass(frozen=True, slots=True)
class Views:
    """What is trained on; arrays are alike in length, but ``features`` and ``kept``."""

    features: npt.NDArray[np.float16]
    """Roots of mel powers, float16[windows of all, 40], on disk."""
    kept: npt.NDArray[np.bool_]
    """Which windows hold speech, [windows of all]."""
    start: npt.NDArray[np.int64]
    length: npt.NDArray[np.int64]
    speaker: npt.NDArray[np.str_]
    """``set/number``."""
    piece: npt.NDArray[np.int64]
    clean: npt.NDArray[np.bool_]
    kept_out: npt.NDArray[np.bool_]

    def spectra(self, view: int, like: int | None = None) -> Spectra:
        """Mel powers of the speech in a view: float32[windows, 40].

        Args:
            like: the windows in which another view of the same piece holds speech, in place of its own.
        """
        at, kept_at = self.start[view], self.start[view if like is None else like]
        kept = self.kept[kept_at : kept_at + self.length[view]]
        roots = self.features[at : at + self.length[view]][kept].astype(np.float32) * SCALE
        return roots * roots


def compute(
    pieces: Sequence[Piece], found: Places, noises: Sequence[Pcm], count: int, seed: int, folder: Path,
    say: Callable[[str], None],
) -> None:
    """Write the views of all pieces: as recorded, then ``count`` more; of who is kept out, two."""
    rows, kept, at = [], [], 0
    new = folder / f"{FEATURES}.new"
    with new.open("wb") as file:
        for number, piece in enumerate(pieces):
            generator = np.random.default_rng([seed, number])
            for view in range(1 + (OF_KEPT_OUT if piece.kept_out else count)):
                sound = perturbed(piece.sound, found, noises, generator) if view else piece.sound
                try:
                    powers, speech = all_spectra(sound)
                except SoundError:
                    break
                if np.count_nonzero(speech) < SHORTEST:
                    break
                file.write((np.sqrt(powers) / SCALE).astype(np.float16).tobytes())
                kept.append(speech)
                rows.append((at, len(powers), piece.speaker, number, view == 0, piece.kept_out))
                at += len(powers)
            if (number + 1) % TELL_EVERY == 0:
                say(f"{number + 1} of {len(pieces)} pieces heard")
    new.replace(folder / FEATURES)
    names = ("start", "length", "speaker", "piece", "clean", "kept_out")
    table = {name: np.array(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
    part = folder / f"{TABLE}.new.npz"
    np.savez(part, kept=np.concatenate(kept), **table)
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
        raise ModelError(f"is damaged: {error}", where=str(folder / TABLE), mend="delete it") from error


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
