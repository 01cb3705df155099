"""Weights from a folder to a device."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from transformers import GenerationConfig

from assistant.asr.transformers.config import TransformersConfig
from assistant.asr.transformers.files import ModelFolder
from assistant.audio.frames import Floats
from assistant.errors import BackendError, ModelError

SHORTEST = 4_000
"""Samples; shorter sound is filled up with silence, the convolutions of Moonshine and Wav2Vec2 need some."""
DTYPES = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}


def load(model_class: Any, folder: ModelFolder, config: TransformersConfig) -> Any:
    """A model with its weights, ready to be run.

    Args:
        model_class: class of transformers that the folder's ``model_type`` stands for.

    Raises:
        ModelError: the weights are damaged, or are not those that the configuration beside them describes.
        BackendError: the device is not there.
    """
    device = _device(config.device)
    dtype = ("float16" if device == "cuda" else "float32") if config.dtype == "auto" else config.dtype
    try:
        model, report = model_class.from_pretrained(
            folder.path, local_files_only=True, use_safetensors=True, dtype=DTYPES[dtype], output_loading_info=True
        )
    except (SafetensorError, OSError, RuntimeError, ValueError, TypeError, KeyError) as error:
        reason = str(error).strip().splitlines()[0]
        raise ModelError(f"cannot be loaded: {reason}", where=str(folder.path), mend="copy it again") from error
    missing = sorted(map(str, [*report["missing_keys"], *report["mismatched_keys"]]))
    if missing:
        raise ModelError(
            f"lacks {len(missing)} of its weights, {missing[0]} among them", where=str(folder.path),
            mend="config.json and model.safetensors must be of one model",
        )
    torch.set_num_threads(config.threads)
    return model.to(device).eval()


def generation_settings(model: Any) -> Any:
    """What the folder says about generating; the model forgets it, so that only what is asked for has an effect."""
    found, model.generation_config = model.generation_config, GenerationConfig()
    return found


def padded(sound: Floats) -> Floats:
    """Sound that is long enough for a network's convolutions."""
    return np.pad(sound, (0, max(0, SHORTEST - len(sound))))


def _device(wanted: str) -> str:
    there = torch.cuda.is_available()
    if wanted == "cuda" and not there:
        raise BackendError("torch finds no CUDA device here", where="asr transformers", mend="device: auto")
    return "cuda" if there and wanted != "cpu" else "cpu"
