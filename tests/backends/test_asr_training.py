"""Fine-tuning Whisper, end to end and small: a Whisper of 64 dimensions with random weights, in the real format."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from transformers import GenerationConfig, WhisperConfig, WhisperForConditionalGeneration

from assistant.asr.faster_whisper import PACKAGED, FasterWhisper, FasterWhisperConfig, whisper_folder
from assistant.audio.files import write_sound
from assistant.bench.manifest import Recorded, read_manifest
from assistant.config import Config
from assistant.errors import ModelError
from assistant.testing.voices import say
from training.asr.batches import IGNORED, Writer, plan, usable
from training.asr.blend import blend
from training.asr.checkpoint import load_tensors
from training.asr.ct2_to_hf import to_transformers
from training.asr.export import export
from training.asr.features import FRAMES, log_mel, padded
from training.asr.fit import BEST, CHECKPOINT, FitConfig, batch_loss, fit, freeze, mean_loss, slope
from training.asr.judge import judge
from training.asr.train import MODEL, REPORT, Settings, train
from training.asr.window import window

ROOT = Path(__file__).parents[2]
TEXTS = ("turn on the light", "what time is it", "close the blinds", "stop", "set a timer", "good night")
SMALL = FitConfig(epochs=1, batch=2, every=1, rate=1e-3, frozen=0)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CTranslate2 folder with the packaged tokenizer and a small random Whisper."""
    torch.manual_seed(3)
    packaged, tokenizer = to_transformers(whisper_folder(PACKAGED))
    config = WhisperConfig(
        vocab_size=packaged.config.vocab_size, d_model=64, encoder_layers=2, decoder_layers=2, encoder_ffn_dim=128,
        decoder_ffn_dim=128, encoder_attention_heads=2, decoder_attention_heads=2,
    )
    model = WhisperForConditionalGeneration(config)
    with torch.no_grad():
        # They are not trained: as small as they begin they could never tell words apart.
        model.model.decoder.embed_tokens.weight.mul_(10)
    told = packaged.generation_config.to_dict() | {"alignment_heads": [[1, 0]]}
    model.generation_config = GenerationConfig(**told)
    folder = tmp_path_factory.mktemp("small")
    export(model, whisper_folder(PACKAGED), folder / "transformers", folder / "model")
    assert len(tokenizer.get_added_vocab()) > 100
    return folder / "model"


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recordings")
    rows = ["path\tspeaker\ttext"]
    for number, text in enumerate(TEXTS):
        for voice, speaker in (("piper", "1"), ("espeak:en-gb", "3")):
            write_sound(folder / f"{speaker}-{number}.wav", say(text, voice))
            rows.append(f"{speaker}-{number}.wav\t{speaker}\t{text}")
    (folder / "manifest.tsv").write_text("\n".join(rows), "utf-8")
    return folder / "manifest.tsv"


def command(manifest: Path, base: Path, out: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "training.asr.train", "--manifest", str(manifest), "--base", str(base),
            "--out", str(out), "--batch", "2", "--every", "1", "--rate", "1e-3", "--frozen", "0", "--threads", "1",
            *more]


def test_from_recordings_to_a_line_of_the_configuration(manifest: Path, small: Path, tmp_path: Path) -> None:
    keep = tmp_path / "other"
    keep.mkdir()
    for number, text in enumerate(("the river is wide", "nobody came")):
        write_sound(keep / f"9-{number}.wav", say(text))
    out = tmp_path / "out"
    done = subprocess.run(
        command(manifest, small, out, "--epochs", "1", "--keep", str(keep)), cwd=ROOT, capture_output=True, text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    line = next(line for line in done.stdout.splitlines() if line.startswith("asr:"))
    asr = Config.model_validate(yaml.safe_load(line)).asr
    assert asr.options == {"model": str(out / MODEL)}
    assert not (out / CHECKPOINT).read_bytes().startswith(b"PK"), "a pickle"
    report = json.loads((out / REPORT).read_text("utf-8"))
    assert report["wer_before_n"] == report["wer_after_n"] == 1 and report["fewer_errors_low"] is not None
    stream = FasterWhisper(FasterWhisperConfig(**asr.options, threads=1)).stream()
    stream.feed(say(TEXTS[0]), 0)
    assert stream.decode().seconds or stream.decode().free_text == ""


def test_killed_it_goes_on_and_ends_with_the_same_weights(manifest: Path, small: Path, tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    subprocess.run(command(manifest, small, whole, "--epochs", "2"), cwd=ROOT, check=True, capture_output=True)
    process = subprocess.Popen(
        command(manifest, small, broken, "--epochs", "2"), cwd=ROOT, stdout=subprocess.DEVNULL, env=dict(os.environ)
    )
    until = time.monotonic() + 120
    while not (broken / CHECKPOINT).exists() and time.monotonic() < until:
        assert process.poll() is None
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    step = int(load_tensors(broken / CHECKPOINT)[1]["step"])
    assert 0 < step < 10
    done = subprocess.run(
        command(manifest, small, broken, "--epochs", "2"), cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert "going on from step" in done.stdout
    for file in (BEST, CHECKPOINT):
        one, other = load_tensors(whole / file), load_tensors(broken / file)
        assert one[1] == other[1] and one[0].keys() == other[0].keys()
        for name, tensor in one[0].items():
            assert torch.equal(tensor, other[0][name]), name
    assert (whole / MODEL / "model.bin").read_bytes() == (broken / MODEL / "model.bin").read_bytes()


def test_other_settings_do_not_go_on_in_the_same_folder(manifest: Path, small: Path, tmp_path: Path) -> None:
    settings = Settings(str(manifest), "", str(small), False, SMALL)
    (tmp_path / "settings.json").write_text("{}", "utf-8")
    with pytest.raises(ModelError, match="other settings"):
        train(settings, tmp_path)


def test_a_damaged_checkpoint_is_named(manifest: Path, small: Path, tmp_path: Path) -> None:
    model, tokenizer = to_transformers(small)
    (tmp_path / CHECKPOINT).write_bytes(b"half")
    with pytest.raises(ModelError, match="damaged"):
        fit(model, Writer(tokenizer), usable(read_manifest(manifest)), lambda _: 0.0, SMALL, tmp_path)


def test_it_learns_what_it_is_taught_and_leaves_what_is_frozen(manifest: Path, small: Path, tmp_path: Path) -> None:
    model, tokenizer = to_transformers(small)
    writer, recordings = Writer(tokenizer), usable(read_manifest(manifest))
    config = FitConfig(epochs=12, batch=6, rate=3e-3, frozen=1, every=100)
    batches = [writer.measuring([one for one, _ in recordings[:6]])]
    still = {name: weight.clone() for name, weight in model.named_parameters()}
    before = mean_loss(model, batches, config)
    fit(model, writer, recordings, lambda one: mean_loss(one, batches, config), config, tmp_path, lambda _: None)
    assert mean_loss(model, batches, config) < before - 3.0
    changed = {name for name, weight in model.named_parameters() if not torch.equal(weight, still[name])}
    assert "model.decoder.layers.0.fc1.weight" in changed and "model.encoder.layers.1.fc1.weight" in changed
    assert not {name for name in changed if "embed" in name or "conv" in name or "encoder.layers.0" in name}


def test_the_judgement_counts_errors_of_both(data: Path, small: Path) -> None:
    recordings = [one for one in read_manifest(data / "speech" / "nonnative" / "manifest.tsv")][:6]
    found = judge(PACKAGED, str(small), recordings)
    assert found["wer_before"]["n"] == 6 and found["wer_before"]["value"] < found["wer_after"]["value"]
    assert found["fewer_errors"]["value"] < 0


def test_a_whole_window_is_what_transformers_computes_and_a_short_one_its_beginning(small: Path) -> None:
    model, _ = to_transformers(small)
    features = torch.from_numpy(padded([log_mel(say(TEXTS[0]))], FRAMES))
    encoder = model.model.encoder.eval()
    with torch.no_grad():
        plain = encoder(features).last_hidden_state
        with window(model, FRAMES):
            assert torch.equal(encoder(features).last_hidden_state, plain)
        with window(model, 400):
            assert encoder(features[:, :, :400]).last_hidden_state.shape == (1, 200, 64)
        assert torch.equal(encoder(features).last_hidden_state, plain)


def test_features_are_those_of_the_recogniser(monkeypatch: pytest.MonkeyPatch) -> None:
    """What faster-whisper really gives its encoder, caught on the way."""
    from faster_whisper import WhisperModel

    model, seen = WhisperModel(str(whisper_folder(PACKAGED)), device="cpu", local_files_only=True), list[Any]()
    encode = model.encode

    def caught(features: Any) -> Any:
        seen.append(np.array(features))
        return encode(features)

    monkeypatch.setattr(model, "encode", caught)
    sound = say("what time is it")
    list(model.transcribe(sound.astype(np.float32) / 32768, language="en", without_timestamps=True)[0])
    np.testing.assert_array_equal(np.squeeze(seen[0]), padded([log_mel(sound)], FRAMES)[0])


def test_labels_end_the_text_and_leave_the_prompt_alone(manifest: Path, small: Path) -> None:
    _, tokenizer = to_transformers(small)
    recordings = [one for one in read_manifest(manifest)][:3]
    batch = Writer(tokenizer).training(recordings, np.random.default_rng(1))
    assert batch.features.shape[0] == 3 and batch.features.shape[2] % 2 == 0 and batch.features.shape[2] < 800
    for row, one in enumerate(recordings):
        labels = [int(label) for label in batch.after[row] if label != IGNORED]
        assert batch.after[row, 0] == IGNORED and labels[-1] == tokenizer.convert_tokens_to_ids("<|endoftext|>")
        assert tokenizer.decode(labels[:-1]).lower() == f" {one.text}."
        assert batch.before[row, 2 : len(labels) + 1].tolist() == labels[:-1]
    prompt = tokenizer.convert_ids_to_tokens(batch.before[0, :2].tolist())
    assert prompt == ["<|startoftranscript|>", "<|notimestamps|>"]


def test_an_epoch_has_every_recording_once_and_another_order() -> None:
    recordings = [(Recorded(Path(f"{n}.wav"), "x"), float(n % 7)) for n in range(50)]
    first, again, second = plan(recordings, 8, 1, 0), plan(recordings, 8, 1, 0), plan(recordings, 8, 1, 1)
    assert first == again != second
    assert sorted(str(one.path) for batch in second for one in batch) == sorted(str(one.path) for one, _ in recordings)


def test_the_best_mixture_is_taken(small: Path) -> None:
    model, _ = to_transformers(small)
    freeze(model, 0)
    name = "model.decoder.layer_norm.bias"
    weight = dict(model.named_parameters())[name]
    with torch.no_grad():
        weight.zero_()
    share, loss = blend(model, {name: torch.ones(64)}, lambda _: abs(float(weight.mean()) - 0.75))
    assert share == 0.75 and loss < 1e-6 and torch.allclose(weight, torch.full((64,), 0.75))


def test_the_learning_rate_rises_and_falls() -> None:
    rates = [slope(step, 100) for step in range(100)]
    assert rates[0] == pytest.approx(0.1) and max(rates) == 1.0 == rates[9] and 0 < rates[-1] < 0.02


def test_loss_is_per_token_whatever_the_padding(manifest: Path, small: Path) -> None:
    model, tokenizer = to_transformers(small)
    writer, recordings = Writer(tokenizer), [one for one in read_manifest(manifest)]
    long, short = recordings[0], next(one for one in recordings if one.text == "stop")
    tokens = [int((writer.measuring([one]).after != IGNORED).sum()) for one in (long, short)]
    with torch.no_grad():
        alone = [float(batch_loss(model.eval(), writer.measuring([one]), SMALL)) for one in (long, short)]
        both = float(batch_loss(model, writer.measuring([long, short]), SMALL))
    assert both == pytest.approx(np.average(alone, weights=tokens), rel=1e-4)
