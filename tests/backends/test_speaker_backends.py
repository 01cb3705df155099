"""Speaker embeddings of other libraries, on tiny models with random weights in the formats that the libraries write."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from assistant.errors import ModelError
from assistant.speaker.base import SpeakerEmbedder
from assistant.speaker.pyannote import PyannoteConfig, PyannoteEmbedder
from assistant.speaker.resemblyzer import ResemblyzerEmbedder
from assistant.speaker.speechbrain import WEIGHTS, SpeechbrainConfig, SpeechbrainEmbedder
from assistant.speaker.transformers import TransformersConfig, TransformersEmbedder
from assistant.testing.conformance.speaker import SpeakerConformance


@pytest.fixture(scope="module")
def ecapa(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from speechbrain.lobes.models.ECAPA_TDNN import ECAPA_TDNN

    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("ecapa")
    network = ECAPA_TDNN(80, lin_neurons=24, channels=[64, 64, 64, 64, 192], attention_channels=16)
    torch.save(network.state_dict(), folder / WEIGHTS)
    return folder


@pytest.fixture(scope="module")
def xvector(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from transformers import Wav2Vec2FeatureExtractor, WavLMConfig, WavLMForXVector

    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("xvector")
    config = WavLMConfig(
        hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64, conv_dim=(32,) * 7,
        num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=2, xvector_output_dim=24,
        tdnn_dim=(32, 32, 32, 32, 64),
    )
    WavLMForXVector(config).eval().save_pretrained(folder)
    Wav2Vec2FeatureExtractor(sampling_rate=16_000).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def sincnet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import lightning.pytorch as lightning
    from pyannote.audio.core.task import Problem, Resolution, Specifications
    from pyannote.audio.models.embedding import XVectorSincNet

    torch.manual_seed(0)
    model = XVectorSincNet(dimension=24)
    model.specifications = Specifications(
        problem=Problem.REPRESENTATION, resolution=Resolution.CHUNK, duration=3.0, classes=["a", "b"]
    )
    model.build()
    path: Path = tmp_path_factory.mktemp("pyannote") / "model.ckpt"
    trainer = lightning.Trainer(logger=False, enable_checkpointing=False, enable_progress_bar=False)
    trainer.strategy.connect(model)
    trainer.save_checkpoint(path)
    return path


class TestResemblyzer(SpeakerConformance):
    alike = 0.85

    def make(self) -> SpeakerEmbedder:
        return ResemblyzerEmbedder()


class TestSpeechbrain(SpeakerConformance):
    knows_voices = False

    @pytest.fixture(autouse=True)
    def _model(self, ecapa: Path) -> None:
        self.folder = ecapa

    def make(self) -> SpeakerEmbedder:
        return SpeechbrainEmbedder(SpeechbrainConfig(self.folder))


class TestTransformers(SpeakerConformance):
    knows_voices = False

    @pytest.fixture(autouse=True)
    def _model(self, xvector: Path) -> None:
        self.folder = xvector

    def make(self) -> SpeakerEmbedder:
        return TransformersEmbedder(TransformersConfig(self.folder))


class TestPyannote(SpeakerConformance):
    knows_voices = False

    @pytest.fixture(autouse=True)
    def _model(self, sincnet: Path) -> None:
        self.path = sincnet

    def make(self) -> SpeakerEmbedder:
        return PyannoteEmbedder(PyannoteConfig(self.path))


def test_a_model_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / WEIGHTS).write_bytes(b"nothing")
    (tmp_path / "model.safetensors").write_bytes(b"nothing")
    for make in (lambda: SpeechbrainEmbedder(SpeechbrainConfig(tmp_path)),
                 lambda: TransformersEmbedder(TransformersConfig(tmp_path)),
                 lambda: PyannoteEmbedder(PyannoteConfig(tmp_path / WEIGHTS))):
        with pytest.raises(ModelError) as caught:
            make()
        assert str(tmp_path) in caught.value.where and caught.value.mend
