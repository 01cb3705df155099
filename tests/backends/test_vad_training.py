"""The recipe of voice activity, end to end and small: a dozen synthetic speakers, a few hundred steps."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from assistant.audio.files import write_sound
from assistant.bench.speech_frames import OTHER, SPEECH
from assistant.errors import AudioError, ModelError
from assistant.packaged import file_sha256
from assistant.testing.conformance.vad import VadConformance
from assistant.testing.voices import say
from assistant.vad.base import Vad
from assistant.vad.trained.detector import TrainedVad, TrainedVadConfig
from training.vad.examples import ANSWERS, load
from training.vad.export import export
from training.vad.fit import FitConfig
from training.vad.net import Net
from training.vad.train import CARD, CHECKPOINT, JUDGE, MODEL, TRAIN, Settings, lateness, train

SENTENCES = ("what a lovely morning this is", "the bread is in the oven", "turn on the kitchen light please",
             "set a timer for ten minutes")
VOICES = ("piper", *(f"espeak:{language}{variant}" for language in ("en-us", "en-gb", "en-gb-scotland")
                     for variant in ("", "+f2", "+m3", "+f4")))
SMALL = Settings((), rooms=4, examples=200, judged=40, fit=FitConfig(steps=400, batch=16, seed=3))


class Interrupted(Exception):
    """Somebody pulled the plug."""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("speech")
    for speaker, voice in enumerate(VOICES):
        for number, sentence in enumerate(SENTENCES):
            write_sound(folder / f"{speaker}-{number}.wav", say(sentence, voice))
    return replace(SMALL, data=(str(folder),))


@pytest.fixture(scope="module")
def trained(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("trained")
    results = train(settings, out)
    assert results["auc"] > 0.95 and 0.01 < results["false"]["value"] < 0.03
    return out


class TestTrained(VadConformance):
    end_tolerance, within = 0.3, 0.5
    """A network that has heard a minute of machines lets go late."""

    @pytest.fixture(autouse=True)
    def _model(self, trained: Path) -> None:
        self.model = trained / MODEL

    def make(self) -> Vad:
        return TrainedVad(TrainedVadConfig(self.model))


def test_the_card_says_what_it_is_made_of(trained: Path) -> None:
    card = json.loads((trained / CARD).read_text())
    assert card["sha256"] == file_sha256(trained / MODEL) and card["bytes"] < 200_000
    assert card["kept_out"]["auc"] > 0.95 and card["settings"]["fit"]["seed"] == 3


def test_broken_off_it_ends_with_the_same_model(settings: Settings, trained: Path, tmp_path: Path) -> None:
    for name in (TRAIN, JUDGE):
        (tmp_path / name).write_bytes((trained / name).read_bytes())

    def interrupt(line: str) -> None:
        if line.startswith("step 300"):
            raise Interrupted

    with pytest.raises(Interrupted):
        train(settings, tmp_path, interrupt)
    assert (tmp_path / CHECKPOINT).exists() and not (tmp_path / MODEL).exists()
    train(settings, tmp_path)
    assert file_sha256(tmp_path / MODEL) == file_sha256(trained / MODEL)


def test_another_training_does_not_go_on_in_the_same_folder(settings: Settings, trained: Path) -> None:
    with pytest.raises(ModelError, match="other settings"):
        train(replace(settings, odd=True, data=settings.data), trained)


def test_damaged_files_are_named(settings: Settings, trained: Path, tmp_path: Path) -> None:
    for name in (TRAIN, JUDGE):
        (tmp_path / name).write_bytes((trained / name).read_bytes())
    (tmp_path / CHECKPOINT).write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(ModelError, match=r"damaged.*checkpoint\.npz"):
        train(settings, tmp_path)
    (tmp_path / JUDGE).write_bytes(b"")
    with pytest.raises(ModelError, match=r"damaged.*judge\.npz"):
        train(settings, tmp_path)


def test_too_few_speakers_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    write_sound(tmp_path / "1-a.wav", np.zeros(16_000, np.int16))
    with pytest.raises(AudioError, match="fewer than"):
        train(replace(SMALL, data=(str(tmp_path),)), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_labels_stand_where_the_features_are(trained: Path) -> None:
    """People speak where it is louder than elsewhere, at the very answer."""
    found = load(trained / TRAIN)
    louder = found.heard.reshape(len(found.heard), ANSWERS, -1).astype(np.float32).mean(axis=2)
    assert louder[found.labels == SPEECH].mean() > 1.2 * louder[found.labels == OTHER].mean()


def test_lateness_is_measured_against_the_clean_sound() -> None:
    labels = np.zeros((1, ANSWERS), np.int8)
    labels[0, 100:200] = SPEECH
    margins = np.full((1, ANSWERS), -5.0)
    margins[0, 103:205] = 5.0
    assert lateness(margins, labels) == {"onset_late": 3 * 320, "end_late": 5 * 320}


def test_a_graph_goes_on_frame_by_frame_as_on_the_whole(tmp_path: Path) -> None:
    torch.manual_seed(1)
    export(Net(), {"threshold": 0.0, "onset_late": 0, "end_late": 0}, tmp_path / "x.onnx")
    assert TrainedVad(TrainedVadConfig(tmp_path / "x.onnx")).stream() is not None
