"""The packaged Whisper in transformers is the one in CTranslate2: the same weights there and back, the same texts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from faster_whisper import WhisperModel

from assistant.asr.faster_whisper import PACKAGED, whisper_folder
from assistant.audio.files import read_sound
from assistant.bench.manifest import read_manifest
from assistant.errors import ModelError
from training.asr.ct2_file import read_ct2
from training.asr.ct2_to_hf import convert, to_transformers
from training.asr.export import export
from training.asr.features import FRAMES, log_mel, padded
from training.asr.material import is_odd

CLIPS = 12


@pytest.fixture(scope="module")
def tiny() -> tuple[Any, Any]:
    return to_transformers(whisper_folder(PACKAGED))


def test_weights_come_back_bit_by_bit(tiny: tuple[Any, Any], tmp_path: Path) -> None:
    export(tiny[0], whisper_folder(PACKAGED), tmp_path / "transformers", tmp_path / "model")
    before, after = (read_ct2(folder / "model.bin") for folder in (whisper_folder(PACKAGED), tmp_path / "model"))
    for what in ("specification", "revision", "aliases"):
        assert getattr(after, what) == getattr(before, what)
    assert len(before.variables) == 149 and len(before.aliases) == 1
    for name, variable in before.variables.items():
        np.testing.assert_array_equal(after.variables[name], variable, name)


def test_both_libraries_write_the_same(tiny: tuple[Any, Any], data: Path) -> None:
    recordings = [one for one in read_manifest(data / "speech" / "nonnative" / "manifest.tsv") if is_odd(one)]
    model, tokenizer = tiny
    there = WhisperModel(str(whisper_folder(PACKAGED)), device="cpu", compute_type="float32", local_files_only=True)
    texts = []
    for one in recordings[:: len(recordings) // CLIPS][:CLIPS]:
        sound = read_sound(one.path)
        segments, _ = there.transcribe(
            sound.astype(np.float32) / 32768, language="en", beam_size=1, temperature=0.0, without_timestamps=True,
            condition_on_previous_text=False, no_speech_threshold=None,
        )
        with torch.no_grad():
            written = model.eval().generate(torch.from_numpy(padded([log_mel(sound)], FRAMES)), do_sample=False)
        texts.append((" ".join(segment.text.strip() for segment in segments),
                      tokenizer.decode(written[0], skip_special_tokens=True).strip()))
    assert len(texts) == CLIPS and all(ours for ours, _ in texts)
    assert [ours for ours, _ in texts] == [theirs for _, theirs in texts]


def test_the_folder_loads_by_itself(tmp_path: Path) -> None:
    convert(whisper_folder(PACKAGED), tmp_path)
    from transformers import WhisperForConditionalGeneration, WhisperProcessor

    processor = WhisperProcessor.from_pretrained(tmp_path, local_files_only=True)
    model = WhisperForConditionalGeneration.from_pretrained(tmp_path, local_files_only=True)
    quiet = processor(np.zeros(16000, np.float32), sampling_rate=16000, return_tensors="pt")
    assert quiet["input_features"].shape == (1, 80, 3000)
    no_timestamps = processor.tokenizer.convert_tokens_to_ids("<|notimestamps|>")
    assert model.generation_config.no_timestamps_token_id == no_timestamps
    with torch.no_grad():
        assert model.generate(quiet["input_features"], max_new_tokens=3).shape[0] == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "no such model file"), (b"\x05\0\0\0", "binary version is 5"), (b"\x06\0\0\0\xff\xff", "no such model")],
)
def test_what_is_no_model_is_named(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "model.bin").write_bytes(content)
    with pytest.raises(ModelError, match=says):
        read_ct2(tmp_path / "model.bin")


def test_a_model_cut_short_is_named(tmp_path: Path) -> None:
    whole = (whisper_folder(PACKAGED) / "model.bin").read_bytes()
    (tmp_path / "model.bin").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelError, match="whole"):
        read_ct2(tmp_path / "model.bin")
    with pytest.raises(ModelError, match="cannot be read"):
        read_ct2(tmp_path / "none.bin")
