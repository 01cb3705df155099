"""Models in the format of transformers, small enough to be made by a test: real classes, real files, own weights."""

from __future__ import annotations

import json
import string
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers
from transformers import (
    GenerationConfig,
    MoonshineConfig,
    MoonshineForConditionalGeneration,
    Wav2Vec2Config,
    Wav2Vec2FeatureExtractor,
    Wav2Vec2ForCTC,
    WhisperConfig,
    WhisperFeatureExtractor,
    WhisperForConditionalGeneration,
)

WORDS = ("turn", "on", "the", "light", "kitchen", "close", "blinds")
"""Whole words with a space before them are pieces, beside single characters."""


def whisper(folder: Path, languages: tuple[str, ...] = (), seed: int = 0) -> Any:
    """A Whisper; of many languages if any are named."""
    torch.manual_seed(seed)
    tokenizer = byte_level()
    names = ["<|endoftext|>", "<|startoftranscript|>", *(f"<|{language}|>" for language in languages)]
    tokenizer.add_special_tokens([*names, "<|translate|>", "<|transcribe|>", "<|notimestamps|>"])
    tokenizer.add_tokens(["<|0.00|>", "<|0.02|>"])
    eos, start = (tokenizer.token_to_id(name) for name in names[:2])
    config = WhisperConfig(
        vocab_size=tokenizer.get_vocab_size(), d_model=64, encoder_layers=1, decoder_layers=2,
        encoder_attention_heads=2, decoder_attention_heads=2, encoder_ffn_dim=128, decoder_ffn_dim=128,

        bos_token_id=start, eos_token_id=eos, pad_token_id=eos, decoder_start_token_id=start,
        suppress_tokens=None, begin_suppress_tokens=None, dropout=0.0,
    )
    model = WhisperForConditionalGeneration(config)
    model.generation_config = GenerationConfig(
        bos_token_id=start, eos_token_id=eos, pad_token_id=eos, decoder_start_token_id=start,
        is_multilingual=bool(languages), suppress_tokens=[tokenizer.token_to_id("<|translate|>")],
        begin_suppress_tokens=[eos],
    )
    WhisperFeatureExtractor().save_pretrained(folder)
    return save(model, tokenizer, folder)


def moonshine(folder: Path, seed: int = 0) -> Any:
    """A Moonshine."""
    torch.manual_seed(seed)
    tokenizer = sentencepiece()
    config = MoonshineConfig(
        vocab_size=tokenizer.get_vocab_size() + 5, hidden_size=64, intermediate_size=128, encoder_num_hidden_layers=1,
        decoder_num_hidden_layers=2, encoder_num_attention_heads=2, decoder_num_attention_heads=2,
        max_position_embeddings=96, pad_token_id=2,
    )
    return save(MoonshineForConditionalGeneration(config), tokenizer, folder)


def wav2vec2(folder: Path, seed: int = 0) -> Any:
    """A Wav2Vec2 with a CTC layer over capital letters."""
    torch.manual_seed(seed)
    letters = ["<pad>", "<s>", "</s>", "<unk>", "|", *string.ascii_uppercase, "'"]
    config = Wav2Vec2Config(
        vocab_size=len(letters), hidden_size=64, num_hidden_layers=2, num_attention_heads=2, intermediate_size=128,
        conv_dim=(64,) * 7, num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=2, pad_token_id=0,
        hidden_dropout=0.0, attention_dropout=0.0, activation_dropout=0.0, feat_proj_dropout=0.0, final_dropout=0.0,
        layerdrop=0.0, mask_time_prob=0.0, ctc_loss_reduction="mean", ctc_zero_infinity=True,
    )
    model = Wav2Vec2ForCTC(config).eval()
    model.save_pretrained(folder)
    Wav2Vec2FeatureExtractor().save_pretrained(folder)
    (folder / "vocab.json").write_text(json.dumps({letter: n for n, letter in enumerate(letters)}), encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps({"word_delimiter_token": "|"}), encoding="utf-8")
    return model


def save(model: Any, tokenizer: Tokenizer, folder: Path) -> Any:
    """Write a model and its tokenizer as they are published."""
    model.save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    return model.eval()


def byte_level() -> Tokenizer:
    """A tokenizer as Whisper's."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(*merged(alphabet, "\u0120")))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def sentencepiece() -> Tokenizer:
    """A tokenizer as Moonshine's."""
    single = [f"<0x{byte:02X}>" for byte in range(256)]
    alphabet = ["<unk>", "<s>", "</s>", *single, "\u2581", *string.ascii_letters, ",", "."]
    tokenizer = Tokenizer(models.BPE(*merged(alphabet, "\u2581"), unk_token="<unk>", byte_fallback=True))
    tokenizer.add_special_tokens(["<unk>", "<s>", "</s>"])
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    tokenizer.decoder = decoders.Sequence([
        decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0),
    ])
    return tokenizer


def big_tokenizer() -> Tokenizer:
    """A tokenizer with more tokens than any model here."""
    return Tokenizer(models.WordLevel({f"w{number}": number for number in range(1000)}, unk_token="w0"))


def merged(alphabet: list[str], space: str) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """A vocabulary of single characters and whole words, and the merges that lead to the words."""
    pieces, merges = list(alphabet), []
    for word in WORDS:
        built = space
        for letter in word:
            if built + letter not in pieces:
                pieces.append(built + letter)
                merges.append((built, letter))
            built += letter
    return {piece: number for number, piece in enumerate(pieces)}, merges
