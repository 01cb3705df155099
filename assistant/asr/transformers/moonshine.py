"""Moonshine: the encoder takes the sound as it is."""

from __future__ import annotations

import torch
from transformers import MoonshineForConditionalGeneration

from assistant.asr.transformers.config import TransformersConfig
from assistant.asr.transformers.files import ModelFolder
from assistant.asr.transformers.load import generation_settings, load, padded
from assistant.asr.transformers.seq2seq import Family, Seq2SeqSearcher
from assistant.asr.transformers.tokens import TokenizerPieces
from assistant.audio.frames import Floats


def build(folder: ModelFolder, config: TransformersConfig) -> Seq2SeqSearcher:
    """A searcher of the folder's model.

    Raises:
        ModelError: the folder's files do not make a whole Moonshine.
    """
    model = load(MoonshineForConditionalGeneration, folder, config)
    generation_settings(model)
    pieces = TokenizerPieces(folder.path, model.config.vocab_size, model.config.eos_token_id, config.language)
    family = Family(
        inputs=_inputs, prompt=(model.config.decoder_start_token_id,), longest_text=model.config.max_position_embeddings
    )
    return Seq2SeqSearcher(model, pieces, family)


def _inputs(sound: Floats) -> torch.Tensor:
    return torch.from_numpy(padded(sound))[None]
