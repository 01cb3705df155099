"""A speaker embedding that needs no model: how loud each band is on average and how much that varies.

It tells apart voices that differ plainly. It is here so that everything around an embedding can be tested with sound
and without a trained network; its scores are calibrated on recordings that the test names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from assistant.audio.frames import Pcm
from assistant.errors import SoundError
from assistant.speaker.base import Embedding
from assistant.speaker.calibration import Calibration, line, unit
from assistant.speaker.features import BANDS, spectra

NAME = "simple/1"
SHORTEST = 0.5
"""Seconds."""


class SimpleEmbedder:
    """See ``SpeakerEmbedder``.

    Args:
        centre: what all voices have in common, float32[dimensions].
    """

    name = NAME
    dimensions = 2 * BANDS
    shortest = SHORTEST

    def __init__(self, centre: Embedding | None = None) -> None:
        self._centre = np.zeros(self.dimensions, np.float32) if centre is None else centre

    def embed(self, pcm: Pcm) -> Embedding:
        """See ``SpeakerEmbedder.embed``."""
        return unit(self.raw(pcm) - self._centre)

    def raw(self, pcm: Pcm) -> Embedding:
        """Before what all have in common is taken away."""
        bands = np.log(spectra(pcm) + 1e-6)
        if len(bands) < SHORTEST * 100:
            raise SoundError(f"holds only {len(bands) / 100:.1f} s of speech", mend="say more")
        return np.concatenate([bands.mean(axis=0), bands.std(axis=0)]).astype(np.float32)

    def close(self) -> None:
        """Nothing is held."""


class InProcess:
    """An embedder in this process, as the agent sees one in another. Stands in for ``SpeakerClient``.

    Attributes:
        broken: raised instead of an embedding.
    """

    def __init__(self, embedder: SimpleEmbedder) -> None:
        self._embedder = embedder
        self.name = embedder.name
        self.broken: Exception | None = None
        self.started = 0

    async def start(self) -> None:
        """Count it."""
        self.started += 1
        if self.broken is not None:
            raise self.broken

    async def close(self) -> None:
        """Nothing is held."""

    async def embed(self, pcm: Pcm) -> Embedding:
        """See ``SpeakerClient.embed``."""
        if self.broken is not None:
            raise self.broken
        return self._embedder.embed(pcm)


def fitted(people: Mapping[str, Sequence[Pcm]]) -> tuple[SimpleEmbedder, Calibration]:
    """An embedder and its calibration, from at least two recordings of each of several people."""
    plain = SimpleEmbedder()
    raw = {person: [plain.raw(pcm) for pcm in sounds] for person, sounds in people.items()}
    centre = np.mean([one for voices in raw.values() for one in voices], axis=0).astype(np.float32)
    voices = {person: unit(np.stack(found) - centre) for person, found in raw.items()}
    same, different = [], []
    for person, mine in voices.items():
        cosines = mine @ mine.T
        same += list(cosines[np.triu_indices(len(mine), 1)])
        different += [float(np.mean(mine @ theirs.T)) for other, theirs in voices.items() if other != person]
    scale, offset = line(np.array(same), np.array(different))
    lengths = np.array([1.0, 10.0])
    return SimpleEmbedder(centre), Calibration(
        NAME, np.zeros((0, 2 * BANDS), np.float32), lengths, np.array([scale, scale]), np.array([offset, offset])
    )
