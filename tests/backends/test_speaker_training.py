"""The speaker recipe, end to end and small: ten synthetic speakers, and a teacher with random weights."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from assistant.audio.files import write_sound
from assistant.audio.frames import SAMPLE_RATE
from assistant.bench import channels
from assistant.bench.channels import Places
from assistant.errors import ModelError
from assistant.speaker.trained import TrainedConfig, TrainedEmbedder
from assistant.testing.voices import say
from training.speaker import train as recipe
from training.speaker.fit import Fit, FitConfig, warped
from training.speaker.net import Net, begin, discriminate
from training.speaker.train import Settings, train
from training.speaker.views import load

VOICES = [f"espeak:{language}{variant}" for language in ("en-us", "en-gb")
          for variant in ("", "+f2", "+m3", "+f4", "+m5")]
TEXTS = ("turn on the light in the bedroom", "set a timer for ten minutes", "what is on my shopping list")
SMALL = FitConfig(steps=4, batch=4, every=2)


class Interrupted(Exception):
    """Somebody pulled the plug."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    for speaker, voice in enumerate(VOICES):
        (folder / "set" / f"{speaker:02d}").mkdir(parents=True)
        for number, text in enumerate(TEXTS):
            write_sound(folder / "set" / f"{speaker:02d}" / f"{number}.wav", say(text, voice))
    (folder / "noise").mkdir()
    noise = np.random.default_rng(0).normal(0, 900, 4 * SAMPLE_RATE).astype(np.int16)
    write_sound(folder / "noise" / "hiss.wav", noise)
    return folder


@pytest.fixture(scope="module")
def teacher(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(3)
    state = {name: tensor for name, tensor in Net().state_dict().items() if not name.startswith("projection.")}
    path = tmp_path_factory.mktemp("teacher") / "pretrained.pt"
    torch.save({"model_state": {**state, "similarity_weight": torch.ones(1)}}, path)
    return path


@pytest.fixture(autouse=True)
def one_room(monkeypatch: pytest.MonkeyPatch) -> None:
    response = np.zeros(800, np.float32)
    response[[0, 300, 700]] = 0.8, 0.5, 0.3
    monkeypatch.setattr(recipe, "places", lambda rooms, seed: Places((response,), (0.3,)))
    assert channels.TALKERS


def settings(data: Path) -> Settings:
    return Settings(str(data / "set"), str(data / "noise"), False, 1, 2, "trained/test", SMALL)


def test_what_it_makes_is_loaded_and_what_is_broken_off_goes_on(
    data: Path, teacher: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(told: str) -> None:
        if told.startswith("step 2"):
            raise Interrupted

    whole = train(settings(data), tmp_path / "whole", teacher, lambda told: None)
    assert 0.0 <= whole["eer"] <= 1.0 and whole["speakers"] == len(VOICES)
    with pytest.raises(Interrupted):
        train(settings(data), tmp_path / "broken", teacher, stop)
    train(settings(data), tmp_path / "broken", teacher, lambda told: None)
    sound = say(TEXTS[0], VOICES[0])
    first, again = (TrainedEmbedder(TrainedConfig(tmp_path / name)) for name in ("whole", "broken"))
    assert first.name == "trained/test" and first.dimensions == 192
    assert np.allclose(first.embed(sound), again.embed(sound), atol=2e-2)
    manifest = json.loads((tmp_path / "whole" / "trained.json").read_text("utf-8"))
    assert manifest["settings"]["fit"]["steps"] == SMALL.steps


def test_the_network_comes_nearer_to_the_teacher(data: Path, teacher: Path, tmp_path: Path) -> None:
    train(settings(data), tmp_path, teacher, lambda told: None)
    net = Net()
    begin(net, teacher)
    fit = Fit(net, load(tmp_path), FitConfig(batch=8))
    optimizer = torch.optim.Adam(net.lstm.parameters(), 1e-3)
    losses = []
    for _ in range(12):
        loss = fit._loss(np.random.default_rng(0))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.8 * losses[0]


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
