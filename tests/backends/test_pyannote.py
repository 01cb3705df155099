"""pyannote's segmentation against the conformance suite, with a small network that the test makes and trains a little.

The file is the library's own: what a Lightning trainer saves of a ``PyanNet``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Floats
from assistant.bench.speech_frames import OTHER, SPEECH
from assistant.errors import BackendError, ModelError
from assistant.extras import install_command
from assistant.testing.conformance.vad import VadConformance, feed, room, spoken
from assistant.vad.base import Vad
from assistant.vad.pyannote import PyannoteConfig, PyannoteVad

pytest.importorskip("pyannote.audio")
WINDOW_MS = 2_000
STEPS = 80


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    net = trained(small())
    path = tmp_path_factory.mktemp("pyannote") / "pytorch_model.bin"
    saved(net, path)
    return path


def small() -> Any:
    """A network as of segmentation-3.0, with a tenth of its width."""
    from pyannote.audio.core.task import Problem, Resolution, Specifications
    from pyannote.audio.models.segmentation import PyanNet

    torch.manual_seed(1)
    lstm = {"hidden_size": 24, "num_layers": 1, "bidirectional": True, "monolithic": True}
    net = PyanNet(lstm=lstm, linear={"hidden_size": 24, "num_layers": 1})
    net.specifications = Specifications(
        problem=Problem.MONO_LABEL_CLASSIFICATION, resolution=Resolution.FRAME, duration=WINDOW_MS / 1000,
        classes=["one", "other"], powerset_max_classes=1,
    )
    net.build()
    return net


def saved(net: Any, path: Path) -> None:
    """Write it as the library does."""
    from lightning import Trainer

    trainer = Trainer(accelerator="cpu", logger=False, enable_checkpointing=False, enable_progress_bar=False)
    trainer.strategy.connect(net)
    trainer.save_checkpoint(path)


def trained(net: Any) -> Any:
    """Teach it windows of a sentence in quiet, of noise and of nothing."""
    sound, begin, end = spoken()
    long = np.concatenate([np.zeros(2 * SAMPLE_RATE, np.int16), room(SAMPLE_RATE, seed=5), sound, sound])
    truth = np.full(len(long), OTHER)
    for at in (3 * SAMPLE_RATE, 3 * SAMPLE_RATE + len(sound)):
        truth[at + begin : at + end] = SPEECH
    dice, size = np.random.default_rng(0), WINDOW_MS * SAMPLE_RATE // 1000
    optimizer = torch.optim.Adam(net.parameters(), 1e-2)
    net.train()
    for _ in range(STEPS):
        starts = dice.integers(len(long) - size, size=6)
        heard = np.stack([long[at : at + size] for at in starts]).astype(np.float32) / 32768
        told = net(torch.from_numpy(heard)[:, None])
        places = (np.arange(told.shape[1]) + 0.5) * size / told.shape[1]
        speech = torch.from_numpy(np.stack([truth[at + places.astype(int)] == SPEECH for at in starts]))
        nobody = told[:, :, 0]
        somebody = torch.log1p(-nobody.exp().clamp(max=1 - 1e-6))
        loss = -torch.where(speech, somebody, nobody).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return net.eval()


class TestPyannote(VadConformance):
    within = 0.4
    begin_tolerance = end_tolerance = 0.15

    @pytest.fixture(autouse=True)
    def _model(self, model: Path) -> None:
        self.vad = PyannoteVad(PyannoteConfig(model, window_ms=WINDOW_MS))

    def make(self) -> Vad:
        return self.vad


def test_the_probability_is_that_of_anybody_in_the_newest_sound(model: Path) -> None:
    stream = PyannoteVad(PyannoteConfig(model, window_ms=WINDOW_MS)).stream()
    sound, begin, end = spoken()
    upto = (begin + end) // 2 // (5 * FRAME_SAMPLES) * 5 * FRAME_SAMPLES
    last = feed(stream, sound[:upto])[-1]
    window: Floats = sound[:upto][-WINDOW_MS * SAMPLE_RATE // 1000 :].astype(np.float32) / np.float32(32768)
    from pyannote.audio import Model

    theirs = Model.from_pretrained(model)
    with torch.inference_mode():
        told = theirs.eval()(torch.from_numpy(window)[None, None])[0].exp().numpy()
    newest = max(1, round(5 * FRAME_SAMPLES / (len(window) / len(told))))
    assert last.probability == pytest.approx(float(1 - told[-newest:, 0].mean()), abs=1e-4) and last.speech


class Evil:
    """What a pickled file may do when it is read by others."""

    def __reduce__(self) -> tuple[Any, tuple[str, ...]]:
        return exec, ("import pathlib; pathlib.Path('was_executed').touch()",)


def test_what_is_pickled_is_not_executed(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    told = torch.load(model, weights_only=False)
    torch.save({**told, "more": Evil()}, tmp_path / "evil.bin")
    with pytest.raises(ModelError, match="holds what is not read"):
        PyannoteVad(PyannoteConfig(tmp_path / "evil.bin"))
    assert not (tmp_path / "was_executed").exists()


def test_what_is_no_segmentation_model_is_named(model: Path, tmp_path: Path) -> None:
    told = torch.load(model, weights_only=False)
    files: dict[str, Any] = {
        "none.bin": None, "other.bin": {"state_dict": {}}, "lacking.bin": {**told, "state_dict": {}},
        "foreign.bin": {**told, "pyannote.audio": {**told["pyannote.audio"], "architecture": {"module": "os"}}},
    }
    for name, body in files.items():
        if body is not None:
            torch.save(body, tmp_path / name)
        with pytest.raises(ModelError) as caught:
            PyannoteVad(PyannoteConfig(tmp_path / name))
        assert name in caught.value.where and "segmentation" in caught.value.mend
    (tmp_path / "damaged.bin").write_bytes(model.read_bytes()[:5_000])
    with pytest.raises(ModelError, match="damaged"):
        PyannoteVad(PyannoteConfig(tmp_path / "damaged.bin"))


def test_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "pyannote.audio", None)
    with pytest.raises(BackendError, match=r"pyannote\.audio is not installed") as caught:
        PyannoteVad(PyannoteConfig(tmp_path / "x.bin"))
    assert caught.value.mend == install_command("pyannote")
