"""Whisper: log-mel of 30 s, a prompt that says language and task, texts of at most 448 tokens."""

from __future__ import annotations

from typing import Any

import torch
from transformers import WhisperFeatureExtractor, WhisperForConditionalGeneration

from assistant.asr.constrained.search import Tokens
from assistant.asr.transformers.config import TransformersConfig
from assistant.asr.transformers.files import ModelFolder
from assistant.asr.transformers.load import generation_settings, load
from assistant.asr.transformers.seq2seq import Family, Seq2SeqSearcher
from assistant.asr.transformers.tokens import TokenizerPieces
from assistant.audio.frames import SAMPLE_RATE, Floats
from assistant.errors import BackendError, ModelError

START, TRANSCRIBE, NO_TIMES = "<|startoftranscript|>", "<|transcribe|>", "<|notimestamps|>"
MULTILINGUAL = 51_865
"""Vocabularies of this size are of many languages; that of the English models is smaller by one."""


def build(folder: ModelFolder, config: TransformersConfig) -> Seq2SeqSearcher:
    """A searcher of the folder's model.

    Raises:
        ModelError: the folder's files do not make a whole Whisper.
        BackendError: it does not know the language.
    """
    model = load(WhisperForConditionalGeneration, folder, config)
    extract = WhisperFeatureExtractor.from_pretrained(folder.path, local_files_only=True)
    pieces = TokenizerPieces(folder.path, model.config.vocab_size, model.config.eos_token_id, config.language)
    generation = generation_settings(model)
    multilingual = getattr(generation, "is_multilingual", None)
    if multilingual is None:
        multilingual = model.config.vocab_size >= MULTILINGUAL

    def inputs(sound: Floats) -> torch.Tensor:
        features: torch.Tensor = extract(sound, sampling_rate=SAMPLE_RATE, return_tensors="pt").input_features
        return features

    family = Family(
        inputs=inputs, prompt=_prompt(pieces, config.language if multilingual else "", folder),
        longest_text=model.config.max_target_positions, suppressed=_known(generation.suppress_tokens),
        suppressed_first=_known(generation.begin_suppress_tokens),
    )
    return Seq2SeqSearcher(model, pieces, family)


def _prompt(pieces: TokenizerPieces, language: str, folder: ModelFolder) -> Tokens:
    names = [START, f"<|{language}|>", TRANSCRIBE, NO_TIMES] if language else [START, NO_TIMES]
    found = [(name, pieces.id(name)) for name in names]
    unknown = [name for name, token in found if token is None]
    if unknown and language and unknown[0] == f"<|{language}|>":
        raise BackendError(f"this Whisper does not know the language {language!r}", where=str(folder.path))
    if unknown:
        raise ModelError(f"its tokenizer has no {unknown[0]}: it is not Whisper's", where=str(folder.path))
    return tuple(token for _, token in found if token is not None)


def _known(tokens: Any) -> tuple[int, ...]:
    return tuple(tokens or ())
