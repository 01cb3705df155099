"""Parts of the speaker recipe: its teacher, the analysis of how people differ, warped voices."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from assistant.errors import ModelError
from training.speaker.fit import warped
from training.speaker.net import Net, begin, discriminate


def test_a_file_that_is_not_the_teacher_is_named(tmp_path: Path) -> None:
    path = tmp_path / "pretrained.pt"
    torch.save({"model_state": {"lstm.weight_ih_l0": torch.ones(3)}}, path)
    with pytest.raises(ModelError, match="is not the teacher"):
        begin(Net(), path)


def test_after_the_analysis_people_vary_alike_in_all_directions() -> None:
    generator = np.random.default_rng(0)
    people = np.repeat(generator.normal(size=(300, 256)), 8, axis=0)
    rooms = generator.normal(size=(2400, 256)) * np.linspace(0.1, 2.0, 256)
    voices, speakers = (people + rooms).astype(np.float32), np.repeat(np.arange(300), 8)
    weights, offset = discriminate(voices, speakers, 0.01)
    projected = voices @ weights.T + offset
    rest = projected - np.repeat(projected.reshape(300, 8, -1).mean(axis=1), 8, axis=0)
    assert rest.std(axis=0).max() < 2.0 * rest.std(axis=0).min(), "rooms differ twenty times as much one way as another"
    assert np.allclose(projected.mean(axis=0), 0.0, atol=0.05)


def test_a_voice_is_warped_higher_and_slower() -> None:
    spectra = np.zeros((40, 40), np.float32)
    spectra[20:, 10] = 1.0
    found = warped(spectra, np.arange(60) / 2.0, 1.2)
    assert found.shape == (60, 40)
    assert int(found[-1].argmax()) == 12 and found[38].sum() < found[41].sum()
