"""The embedding that ships, against the contract of its kind and on people it never heard."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from assistant.bench.ranking import equal_error_rate
from assistant.bench.speaker_sets import of_half, read_speakers
from assistant.errors import ModelError
from assistant.speaker.base import SpeakerEmbedder
from assistant.speaker.calibration import calibration_of
from assistant.speaker.trained import FOLDER, MANIFEST, MODEL, TrainedConfig, TrainedEmbedder
from assistant.testing.conformance.speaker import SpeakerConformance


class TestTrained(SpeakerConformance):
    def make(self) -> SpeakerEmbedder:
        return TrainedEmbedder()


def test_it_is_small() -> None:
    assert (FOLDER / MODEL).stat().st_size <= 8_000_000


def test_its_scores_are_calibrated(own_folders: Path) -> None:
    embedder = TrainedEmbedder()
    known = calibration_of(embedder.name)
    assert known.cohort.shape[1] == embedder.dimensions and len(known.cohort) > 100
    assert np.all(np.diff(known.seconds) > 0) and np.all(known.scale > 0)


def test_people_it_never_heard_are_told_apart(data: Path) -> None:
    found = of_half(read_speakers(data / "speech" / "nonnative" / "manifest.tsv"), odd=False)
    speakers = sorted({one.speaker for one in found})[:12]
    chosen = [one for speaker in speakers for one in [one for one in found if one.speaker == speaker][:4]]
    embedder = TrainedEmbedder()
    voices = np.stack([embedder.embed(one.sound()) for one in chosen])
    cosines = (voices @ voices.T).astype(np.float64)
    names = np.array([one.speaker for one in chosen])
    pairs, same = np.triu(np.ones(cosines.shape, bool), 1), names[:, None] == names
    assert equal_error_rate(cosines[pairs & same], cosines[pairs & ~same]) < 0.15


@pytest.mark.parametrize("file", [MODEL, MANIFEST])
def test_a_damaged_model_is_named(tmp_path: Path, file: str) -> None:
    for name in (MODEL, MANIFEST):
        shutil.copy(FOLDER / name, tmp_path / name)
    (tmp_path / file).write_bytes((tmp_path / file).read_bytes()[:-9])
    with pytest.raises(ModelError) as caught:
        TrainedEmbedder(TrainedConfig(tmp_path))
    assert str(tmp_path) in caught.value.where
