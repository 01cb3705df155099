"""A trained Whisper as faster-whisper loads it: a CTranslate2 folder with the tokenizer beside the weights."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from ctranslate2.converters import TransformersConverter
from transformers import WhisperFeatureExtractor

TOKENIZER = "tokenizer.json"
QUANTIZATION = "float16"
"""As the packaged model: half the size on disk; ``compute_type: int8`` is reached when it is loaded."""


def export(model: Any, tokenizer: Path, transformers_folder: Path, out: Path) -> None:
    """Write the model for transformers and, from that, for CTranslate2.

    Args:
        tokenizer: folder whose ``tokenizer.json`` the model was trained with; it goes along unchanged, for
            faster-whisper asks a model hub where it is missing.
    """
    model.to("cpu").save_pretrained(transformers_folder)
    WhisperFeatureExtractor(feature_size=model.config.num_mel_bins).save_pretrained(transformers_folder)
    shutil.copyfile(tokenizer / TOKENIZER, transformers_folder / TOKENIZER)
    new = out.with_name(f"{out.name}.new")
    converter = TransformersConverter(str(transformers_folder), copy_files=[TOKENIZER])
    converter.convert(str(new), quantization=QUANTIZATION, force=True)
    if out.exists():
        shutil.rmtree(out)
    new.rename(out)
