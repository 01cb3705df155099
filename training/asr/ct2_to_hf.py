"""Whisper from CTranslate2 back to transformers: what came by pip can be trained further, without a model hub.

    python -m training.asr.ct2_to_hf --out whisper-tiny.en

Weights are those of the file, float16 widened to float32. CTranslate2 keeps query, key and value of an attention in one
matrix and gives the key a bias of zeros, which Whisper does not have; everything else has one name here and one there.
The tokenizer is the one beside the model; what generation needs to know follows from its special tokens.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from assistant.asr.faster_whisper import PACKAGED, whisper_folder
from assistant.errors import ModelError

from .ct2_file import Array, Ct2File, read_ct2

SPECIFICATION = "WhisperSpec"
START, END = "<|startoftranscript|>", "<|endoftext|>"
NO_TIMESTAMPS, BEFORE = "<|notimestamps|>", "<|startofprev|>"
MULTILINGUAL = 51865
"""Tokens from which on a Whisper is one for many languages (``WhisperTokenizer``)."""
FIRST_TIMESTAMPS = 50
"""A text begins within its first second (50 steps of 20 ms): ``max_initial_timestamp_index`` of every Whisper."""


def convert(folder: Path, out: Path) -> None:
    """Write a CTranslate2 Whisper as a folder that ``transformers`` loads: model, generation, tokenizer, features.

    Raises:
        ModelError: the folder holds no English-only Whisper, or not all of it.
    """
    model, tokenizer = to_transformers(folder)
    from transformers import WhisperFeatureExtractor, WhisperProcessor

    features = WhisperFeatureExtractor(feature_size=model.config.num_mel_bins)
    WhisperProcessor(features, tokenizer).save_pretrained(out)
    model.save_pretrained(out)


def to_transformers(folder: Path) -> tuple[Any, Any]:
    """A ``WhisperForConditionalGeneration`` in float32 and its ``WhisperTokenizerFast``.

    Raises:
        ModelError: the folder holds no English-only Whisper, or not all of it.
    """
    import torch
    from transformers import GenerationConfig, WhisperConfig, WhisperForConditionalGeneration, WhisperTokenizerFast

    file = read_ct2(folder / "model.bin")
    if file.specification != SPECIFICATION:
        raise ModelError(f"holds a {file.specification}, not a {SPECIFICATION}", where=str(folder / "model.bin"))
    if sizes(file)["vocab_size"] >= MULTILINGUAL:
        raise ModelError("knows many languages; only English ones are read", where=str(folder), mend="take a .en model")
    tokenizer = WhisperTokenizerFast.from_pretrained(str(folder), local_files_only=True)
    special = special_tokens(tokenizer, str(folder))
    model = WhisperForConditionalGeneration(WhisperConfig(**sizes(file), **special, dropout=0.0))
    weights = {name: torch.from_numpy(array.astype(np.float32)) for name, array in rename(file)}
    missing, unknown = model.load_state_dict(weights, strict=False)
    # The output layer is the embeddings themselves.
    if unknown or set(missing) - {"proj_out.weight"}:
        raise ModelError(f"its variables are not Whisper's: {[*missing, *unknown][:3]}", where=str(folder))
    model.tie_weights()
    told = json.loads((folder / "config.json").read_text("utf-8"))
    model.generation_config = GenerationConfig(**special, **generation(told, tokenizer, model.config))
    return model, tokenizer


def special_tokens(tokenizer: Any, where: str) -> dict[str, int]:
    """The numbers that model and generation are told.

    Raises:
        ModelError: the tokenizer is none of Whisper's.
    """
    known = tokenizer.get_added_vocab()
    if not {START, END, NO_TIMESTAMPS, BEFORE} <= known.keys():
        raise ModelError("its tokenizer is not Whisper's", where=where)
    start, end = known[START], known[END]
    return {"bos_token_id": start, "eos_token_id": end, "pad_token_id": end, "decoder_start_token_id": start}


def sizes(file: Ct2File) -> dict[str, int]:
    """The model's shape, as ``WhisperConfig`` names it."""
    v = file.variables
    vocabulary, width = v["decoder/embeddings/weight"].shape
    shape = {
        "vocab_size": vocabulary, "d_model": width, "num_mel_bins": v["encoder/conv1/weight"].shape[1],
        "max_source_positions": len(v["encoder/position_encodings/encodings"]),
        "max_target_positions": len(v["decoder/position_encodings/encodings"]),
    }
    for side in ("encoder", "decoder"):
        layers = {name.split("/")[1] for name in v if name.startswith(f"{side}/layer_") and name.count("/") > 2}
        shape[f"{side}_layers"] = len(layers)
        shape[f"{side}_attention_heads"] = int(v[f"{side}/num_heads"])
        shape[f"{side}_ffn_dim"] = len(v[f"{side}/layer_0/ffn/linear_0/bias"])
    return shape


def generation(told: dict[str, Any], tokenizer: Any, config: Any) -> dict[str, Any]:
    """What Whisper's ``generate`` wants to know, from the settings beside a CTranslate2 model."""
    known = tokenizer.get_added_vocab()
    return {
        "suppress_tokens": told["suppress_ids"], "begin_suppress_tokens": told["suppress_ids_begin"],
        "alignment_heads": told["alignment_heads"], "is_multilingual": False, "return_timestamps": False,
        "no_timestamps_token_id": known[NO_TIMESTAMPS], "prev_sot_token_id": known[BEFORE],
        "max_initial_timestamp_index": FIRST_TIMESTAMPS, "max_length": config.max_target_positions,
    }


def rename(file: Ct2File) -> Iterator[tuple[str, Array]]:
    """Each weight by its name in transformers."""
    for side in ("encoder", "decoder"):
        at = f"model.{side}"
        yield f"{at}.embed_positions.weight", file.variables[f"{side}/position_encodings/encodings"]
        yield from _pair(file, f"{side}/layer_norm", f"{at}.layer_norm", norm=True)
        for number in range(sizes(file)[f"{side}_layers"]):
            yield from _layer(file, f"{side}/layer_{number}", f"{at}.layers.{number}")
    yield "model.decoder.embed_tokens.weight", file.variables["decoder/embeddings/weight"]
    for conv in ("conv1", "conv2"):
        yield from _pair(file, f"encoder/{conv}", f"model.encoder.{conv}")


def _layer(file: Ct2File, there: str, here: str) -> Iterator[tuple[str, Array]]:
    yield from _attention(file, f"{there}/self_attention", f"{here}.self_attn", ("qkv", "out"))
    if f"{there}/attention/layer_norm/gamma" in file.variables:
        yield from _attention(file, f"{there}/attention", f"{here}.encoder_attn", ("q", "kv", "out"))
    yield from _pair(file, f"{there}/ffn/layer_norm", f"{here}.final_layer_norm", norm=True)
    for number in (0, 1):
        yield from _pair(file, f"{there}/ffn/linear_{number}", f"{here}.fc{number + 1}")


def _attention(file: Ct2File, there: str, here: str, held: tuple[str, ...]) -> Iterator[tuple[str, Array]]:
    """The matrices of an attention; ``held`` says which of them each of the file's linear layers holds."""
    yield from _pair(file, f"{there}/layer_norm", f"{here}_layer_norm", norm=True)
    for number, letters in enumerate(held):
        names = [letters] if letters == "out" else list(letters)
        parts = [np.split(array, len(names)) for _, array in _pair(file, f"{there}/linear_{number}", "")]
        for name, weight, bias in zip(names, *parts, strict=True):
            yield f"{here}.{name}_proj.weight", weight
            if name != "k":
                yield f"{here}.{name}_proj.bias", bias
            elif bias.any():
                raise ModelError(f"{there} has a bias on its keys, which Whisper has not", where="model.bin")


def _pair(file: Ct2File, there: str, here: str, *, norm: bool = False) -> Iterator[tuple[str, Array]]:
    for kind, name in (("weight", "gamma" if norm else "weight"), ("bias", "beta" if norm else "bias")):
        yield f"{here}.{kind}", file.variables[f"{there}/{name}"]


def main(
    out: Annotated[Path, typer.Option(help="folder to write")],
    model: Annotated[str, typer.Option(help="tiny.en (packaged), or a folder with a CTranslate2 Whisper")] = PACKAGED,
) -> None:
    """Write a CTranslate2 Whisper as a folder that transformers loads."""
    convert(whisper_folder(model), out)
    typer.echo(f"{out}: loads with WhisperForConditionalGeneration.from_pretrained")


if __name__ == "__main__":
    typer.run(main)
