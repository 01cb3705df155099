"""The end-of-turn recipe, end to end and small: twelve synthetic speakers who pause in the middle of an order."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from assistant.audio.files import read_sound, write_sound
from assistant.audio.frames import SAMPLE_RATE
from assistant.bench.ranking import auc
from assistant.bench.sounds import add_noise, quiet
from assistant.endpoint.features import CHANNELS, FRAMES
from assistant.endpoint.model import EndOfTurn
from assistant.errors import ModelError
from assistant.packaged import file_sha256
from assistant.testing.voices import say
from training.endpoint.examples import FILE, load
from training.endpoint.export import export
from training.endpoint.fit import CHECKPOINT, FitConfig, logits_of, new_net
from training.endpoint.material import FIT
from training.endpoint.net import Net
from training.endpoint.train import MANIFEST, MODEL, Settings, train

VOICES = [f"espeak:{language}{variant}" for language in ("en-us", "en-gb", "en-gb-scotland")
          for variant in ("", "+f2", "+m3", "+f4")]
ORDERS = (("turn on the light", "in the bedroom"), ("set a timer", "for ten minutes"))
SMALL = FitConfig(epochs=4, batch=16, views=1)


class Interrupted(Exception):
    """Somebody pulled the plug."""


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recordings")
    pause = np.zeros(round(0.6 * SAMPLE_RATE), np.int16)
    for speaker, voice in enumerate(VOICES):
        for number, (first, second) in enumerate(ORDERS):
            sound = np.concatenate([say(first, voice), pause, say(second, voice)])
            write_sound(folder / f"{speaker}-{number}.wav", add_noise(sound, quiet(1.0), 1.0))
    return folder


@pytest.fixture(scope="module")
def trained(recordings: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("trained")
    results = train(Settings(str(recordings), "", False, 100, SMALL), out)
    assert {"auc", "eer", "as_800ms", "cutoff", "auc_length"} <= set(results)
    assert results["cutoff"]["n"] == 4, "two speakers are only judged"
    return out


def test_it_learns_to_tell_ends_from_pauses(trained: Path) -> None:
    fit = load(trained / FILE).of(FIT)
    model = EndOfTurn(trained / MODEL)
    scores = np.array([model._session.run(None, {"features": one[None].astype(np.float32)})[0][0] for one in fit.heard])
    assert auc(scores[fit.finished], scores[~fit.finished]) > 0.8


def test_the_model_is_small_and_known_by_its_hash(trained: Path) -> None:
    told = json.loads((trained / MANIFEST).read_text())
    assert told["sha256"] == file_sha256(trained / MODEL) and told["bytes"] < 2_000_000
    assert told["places"]["fit"]["ends"] >= 24 and told["settings"]["fit"]["epochs"] == SMALL.epochs


def test_the_assistant_hears_with_it(trained: Path, recordings: Path) -> None:
    model = EndOfTurn(trained / MODEL)
    assert 0.0 <= model.complete(read_sound(recordings / "0-0.wav")) <= 1.0
    assert 0.0 <= model.complete(quiet(0.1)) <= 1.0


def test_broken_off_it_ends_with_the_same_model(trained: Path, recordings: Path, tmp_path: Path) -> None:
    settings = Settings(str(recordings), "", False, 100, SMALL)

    def interrupt(line: str) -> None:
        if line.startswith("epoch 3"):
            raise Interrupted

    with pytest.raises(Interrupted):
        train(settings, tmp_path, interrupt)
    assert (tmp_path / CHECKPOINT).exists() and not (tmp_path / MODEL).exists()
    train(settings, tmp_path)
    again, first = np.load(tmp_path / CHECKPOINT), np.load(trained / CHECKPOINT)
    assert set(again.files) == set(first.files)
    for name in first.files:
        assert (again[name] == first[name]).all(), name


def test_another_training_does_not_go_on_in_the_same_folder(trained: Path, recordings: Path) -> None:
    with pytest.raises(ModelError, match="other settings"):
        train(Settings(str(recordings), "", True, 100, SMALL), trained)


def test_a_damaged_checkpoint_is_named(trained: Path, recordings: Path, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes((trained / FILE).read_bytes())
    (tmp_path / CHECKPOINT).write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(ModelError, match=r"damaged.*checkpoint\.npz"):
        train(Settings(str(recordings), "", False, 100, SMALL), tmp_path)


def test_the_threshold_becomes_a_half(tmp_path: Path) -> None:
    torch.manual_seed(1)
    net = Net(torch.zeros(CHANNELS), torch.ones(CHANNELS)).eval()
    export(net, float(net(torch.zeros(1, FRAMES, CHANNELS))[0].detach()), tmp_path / "model.onnx")
    model = EndOfTurn(tmp_path / "model.onnx")
    found = model._session.run(None, {"features": np.zeros((1, FRAMES, CHANNELS), np.float32)})[0]
    assert found[0] == pytest.approx(0.5, abs=1e-5)


def test_weights_are_scored_as_they_are_trained(trained: Path) -> None:
    fit = load(trained / FILE).of(FIT)
    net = new_net(fit)
    assert net.training and len(logits_of(net, fit)) == len(fit.finished) and net.training
