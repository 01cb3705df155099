"""The wake word recipe, end to end and small: a few synthetic speakers, two hundred steps."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from assistant.audio.files import write_sound
from assistant.audio.frames import Frame
from assistant.bench.sounds import add_noise, quiet
from assistant.cli.app import app
from assistant.errors import ConfigError, ModelError
from assistant.packaged import file_sha256
from assistant.testing.voices import say
from assistant.wake.household import NEGATIVES, RECORDINGS, keep_sound, kept
from assistant.wake.trained.detector import TrainedConfig, TrainedWakeWord
from assistant.wake.trained.features import features
from assistant.wake.trained.graph import STEPS, WakeGraph
from training.wake.examples import Views
from training.wake.export import export
from training.wake.fit import FitConfig, pooled_loss
from training.wake.net import DESIGNS
from training.wake.train import CARD, PLOT, SAMPLE_VIEWS, Settings, gathered, train
from training.wake.voices import Cast

PHRASE = "computer"
SENTENCES = ("what a lovely morning this is", "the bread is in the oven", "turn on the kitchen light please")
VOICES = ("espeak:en-us", "espeak:en-gb", "espeak:en-us+f2", "espeak:en-gb+m3", "espeak:en-us+f4", "piper")
TINY = Settings(
    PHRASE, "", designs=("tcn",), cast=Cast(kokoro=0, piper=4, espeak=8, flite=0), rooms=4,
    views=Views(phrase=6, near=4, speech=4, noise=40), fit=FitConfig(steps=200, seed=3),
)
SOUND = np.random.default_rng(0).integers(-9000, 9000, 16_000).astype(np.int16)


class Interrupted(Exception):
    """Somebody pulled the plug."""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("speech")
    for speaker, voice in enumerate(VOICES):
        for number, sentence in enumerate(SENTENCES):
            write_sound(folder / f"{speaker}-{number}.wav", say(sentence, voice))
    return replace(TINY, negatives=str(folder))


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clips")


@pytest.fixture(scope="module")
def model(settings: Settings, clips: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train(settings, tmp_path_factory.mktemp("trained"), clips, jobs=1)


def surest(model: Path, text: str) -> float:
    """The strongest answer to a sentence in a quiet room, log-odds."""
    room = np.zeros(16_000, np.int16)
    heard = features(add_noise(np.concatenate([room, say(text, "piper"), room]), quiet(1.0), 1.0))
    graph, found = WakeGraph(model), []
    state = graph.new_state()
    for at in range(0, len(heard) - STEPS + 1, STEPS):
        logits, state = graph.step(heard[None, at : at + STEPS], state)
        found.append(float(logits.max()))
    return max(found[6:])


def test_it_hears_the_phrase_and_not_other_sentences(model: Path) -> None:
    # Half a minute of other speech places the threshold high: the answers themselves are compared.
    assert surest(model, PHRASE) > 1.0 > max(surest(model, sentence) for sentence in SENTENCES)


def test_the_card_says_what_it_is_made_of(model: Path) -> None:
    card = json.loads((model.parent / CARD).read_text())
    assert card["phrase"] == PHRASE and card["sha256"] == file_sha256(model) and card["bytes"] < 400_000
    assert card["designs"]["tcn"]["phrases"] > 0 and card["settings"]["fit"]["seed"] == 3
    assert (model.parent / PLOT).stat().st_size > 1_000


def test_broken_off_it_hears_as_well(settings: Settings, clips: Path, model: Path, tmp_path: Path) -> None:
    def interrupt(line: str) -> None:
        if line.startswith("tcn: step 150"):
            raise Interrupted

    with pytest.raises(Interrupted):
        train(settings, tmp_path, clips, jobs=1, say=interrupt)
    assert not list(tmp_path.glob("*.onnx"))
    again = train(settings, tmp_path, clips, jobs=1)
    assert surest(again, PHRASE) > 1.0 > max(surest(again, sentence) for sentence in SENTENCES)
    assert surest(again, PHRASE) == pytest.approx(surest(model, PHRASE), rel=0.2)


def test_another_training_does_not_go_on_in_the_same_folder(settings: Settings, clips: Path, model: Path) -> None:
    with pytest.raises(ModelError, match="other settings"):
        train(replace(settings, fit=replace(settings.fit, seed=9)), model.parent, clips, jobs=1)


@pytest.mark.parametrize("phrase", ["", "  ", "123", "компьютер"])
def test_what_cannot_be_said_is_refused_before_anything_is_written(
    settings: Settings, clips: Path, tmp_path: Path, phrase: str
) -> None:
    with pytest.raises(ConfigError, match=r"has no letters|holds"):
        train(replace(settings, phrase=phrase), tmp_path / "out", clips, jobs=1)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("design", DESIGNS)
def test_a_graph_goes_on_step_by_step_as_on_the_whole(design: str, tmp_path: Path) -> None:
    torch.manual_seed(1)
    net = DESIGNS[design]()
    export(net, {"phrase": "x", "threshold": 0.0, "delay": 0.1, "length": 0.5}, tmp_path / "x.onnx")
    assert TrainedWakeWord(TrainedConfig(tmp_path / "x.onnx")).stream().feed(Frame(quiet(0.02), 0)) == []


def test_a_phrase_has_to_be_heard_around_its_end_and_not_before() -> None:
    def loss(at: int) -> float:
        logits = torch.full((1, 100), -8.0)
        logits[0, at] = 8.0
        return float(pooled_loss(logits, torch.tensor([80])))

    assert loss(82) < 0.1 < loss(40) and loss(99) > 5.0


def test_the_command_takes_what_the_household_kept(
    own_folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Settings] = []

    def note(settings: Settings, *rest: object) -> Path:
        given.append(settings)
        return tmp_path / "x.onnx"

    monkeypatch.setattr("training.wake.train.train", note)
    keep_sound("hey nova", RECORDINGS, SOUND)
    command = ["train", "wake", "hey nova", "--negatives", str(tmp_path)]
    assert CliRunner().invoke(app, command).exit_code == 0
    keep_sound("hey nova", NEGATIVES, SOUND)
    assert CliRunner().invoke(app, [*command, "--samples", str(tmp_path)]).exit_code == 0
    assert [(one.samples, one.rejected) for one in given] == [
        (str(kept("hey nova", RECORDINGS)), ""), (str(tmp_path), str(kept("hey nova", NEGATIVES))),
    ]


def test_what_was_taken_for_it_is_learnt_as_something_near(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(6):
        write_sound(tmp_path / f"{number}.wav", SOUND)
    monkeypatch.setattr("training.wake.train._spoken", lambda *rest: [])
    found = gathered(replace(TINY, rejected=str(tmp_path)), PHRASE, [], tmp_path, 1, lambda line: None)
    assert [len(near) for near in found.near] == [5 * SAMPLE_VIEWS, SAMPLE_VIEWS] and found.phrases == ([], [])
