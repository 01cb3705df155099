"""Moonshine's networks on ONNX Runtime: sound to what the decoder looks at, and tokens to logits of the next."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.asr.moonshine.files import DECODER, ENCODER, TOKENIZER, model_files
from assistant.asr.moonshine.networks import HEADS, LAYERS, LOGITS, UNSEEN, WIDTH, sound_network, token_network
from assistant.asr.moonshine.vocabulary import BOS, MoonshineVocabulary
from assistant.audio.frames import Floats
from assistant.errors import ModelError
from assistant.memory import give_back_memory
from assistant.onnx.ortfile import OrtFile
from assistant.onnx.processor import multiplies_signed

FRAME = 384
"""Samples of one hidden state."""
DECODER_THREADS = 1
"""A step is too small to share."""
SHORTEST = 4_000
"""Samples; shorter sound is filled up with silence, the encoder's convolutions need about 2,000."""
NAMES = [f"{layer}.{kind}" for layer in range(LAYERS) for kind in ("key", "value")]

Caches = list[npt.NDArray[np.float32]]
"""Keys and values of each layer: float32[1, 8, positions, 36]."""


class Encoded:
    """A piece of sound, ready for the decoder: its keys and values."""

    __slots__ = ("caches",)

    def __init__(self, caches: Caches) -> None:
        self.caches = caches

    def first(self, samples: int) -> Encoded:
        """The first of it."""
        frames = max(1, samples // FRAME)
        return Encoded([np.ascontiguousarray(cache[:, :, :frames]) for cache in self.caches])


class MoonshineModel:
    """The networks and the vocabulary; its calls may come from one thread at a time.

    Args:
        folder: where the files are; None for the installed package.
        threads: processor threads of the encoder.

    Raises:
        ModelError: a file is missing or damaged, or there is no room to write the changed networks.
    """

    no_tokens: Caches = [np.zeros((1, HEADS, 0, WIDTH), np.float32)] * len(NAMES)
    """Before the first token is read."""

    def __init__(self, folder: Path | None = None, threads: int = 1) -> None:
        import onnxruntime

        files = model_files(folder)
        self.vocabulary = MoonshineVocabulary.load(files[TOKENIZER])
        self._encoder = _session(onnxruntime, _opened(files[ENCODER]).data, "ORT", threads)
        decoder = _opened(files[DECODER])
        self._sound = _session(onnxruntime, sound_network(decoder), "ONNX", threads)
        self._tokens = _session(onnxruntime, token_network(decoder), "ONNX", DECODER_THREADS)
        del decoder
        give_back_memory()

    def encode(self, sound: Floats) -> Encoded:
        """What the decoder looks at in float32 mono 16 kHz sound."""
        if len(sound) < SHORTEST:
            sound = np.concatenate([sound, np.zeros(SHORTEST - len(sound), np.float32)])
        batch = np.ascontiguousarray(sound, np.float32)[None]
        feed = {"input_values": batch, "attention_mask": np.ones(batch.shape, np.int64)}
        hidden = self._encoder.run(None, feed)[0]
        return Encoded(self._sound.run([f"sound.{name}" for name in NAMES], {"hidden": hidden}))

    def read(
        self, sound: Encoded, tokens: Sequence[int], positions: Sequence[int], mask: Floats, past: Caches
    ) -> tuple[Floats, Caches]:
        """Read tokens after those of ``past``.

        Args:
            mask: float32[n, past + n]; added to the attention that each token gives to each.

        Returns:
            Logits of what follows each, float32[n, words], and the past with the new tokens.
        """
        out = self._tokens.run(
            [LOGITS, *(f"present.{name}" for name in NAMES)], self._feed(sound, tokens, positions, mask, past)
        )
        return out[0][0], out[1:]

    def attention(self, sound: Encoded, tokens: Sequence[int]) -> Floats:
        """How much each token looks at each frame of the sound.

        Returns:
            float32[layers * heads, 1 + tokens, frames]; row i is what token i was read from, the last row what the
            end was. Each row sums to 1.
        """
        questions = self._tokens.run(
            [f"question.{layer}" for layer in range(LAYERS)], self._row(sound, [BOS, *tokens])
        )
        return np.concatenate([
            _attention(question[0], keys[0]) for question, keys in zip(questions, sound.caches[::2], strict=True)
        ])

    def log_probabilities(self, sound: Encoded, tokens: Sequence[int]) -> Floats:
        """Of each of the tokens after those before it; float32[n]."""
        logits = self._tokens.run([LOGITS], self._row(sound, [BOS, *tokens[:-1]]))[0][0]
        logits -= logits.max(axis=1, keepdims=True)
        chosen = logits[np.arange(len(tokens)), np.array(tokens)]
        return np.asarray(chosen - np.log(np.exp(logits).sum(axis=1)), np.float32)

    def _row(self, sound: Encoded, tokens: Sequence[int]) -> dict[str, Any]:
        count = len(tokens)
        mask = np.triu(np.full((count, count), UNSEEN), 1)
        return self._feed(sound, tokens, range(count), mask, self.no_tokens)

    def _feed(
        self, sound: Encoded, tokens: Sequence[int], positions: Sequence[int], mask: Floats, past: Caches
    ) -> dict[str, Any]:
        return {
            "tokens": np.array([tokens], np.int64),
            "positions": np.array([positions], np.int64),
            "mask": mask[None, None],
            **{f"sound.{name}": cache for name, cache in zip(NAMES, sound.caches, strict=True)},
            **{f"past.{name}": cache for name, cache in zip(NAMES, past, strict=True)},
        }


def _attention(question: Floats, keys: Floats) -> Floats:
    """float32[heads, n, frames] of one layer's question, float32[n, 288], to keys, float32[heads, frames, 36]."""
    heads = question.reshape(len(question), HEADS, WIDTH).transpose(1, 0, 2)
    scores = heads @ keys.transpose(0, 2, 1) / np.sqrt(np.float32(WIDTH))
    weights = np.exp(scores - scores.max(axis=2, keepdims=True))
    return np.asarray(weights / weights.sum(axis=2, keepdims=True), np.float32)


def _opened(path: Path) -> OrtFile:
    """A packaged network, its matrices as this machine multiplies them best."""
    try:
        file = OrtFile(bytearray(path.read_bytes()))
    except ValueError as error:
        raise ModelError(str(error), where=str(path)) from error
    if multiplies_signed():
        file.sign()
    return file


def _session(onnxruntime: Any, network: bytes | bytearray, form: str, threads: int) -> Any:
    """A network in use. It is loaded from a file: a session that is made of bytes keeps them.

    Args:
        form: "ONNX", or "ORT" for ONNX Runtime's own.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # An arena keeps the largest utterance's memory for ever; plain allocation is as fast here.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    # Spinning threads would burn a core between the steps of a decoder.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.load_model_format", form)
    try:
        with _file(network) as path:
            return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except OSError as error:
        raise ModelError(f"the networks cannot be written: {error}", mend="make room for temporary files") from error
    except Exception as error:  # ONNX Runtime's own exceptions share no base but this
        raise ModelError(f"cannot be loaded: {error}", where="Moonshine") from error


@contextmanager
def _file(content: bytes | bytearray) -> Iterator[str]:
    """Path of a file that is there for a while, in memory where the system knows such files."""
    with os.fdopen(os.memfd_create("network"), "wb") if sys.platform == "linux" else NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        yield f"/proc/self/fd/{file.fileno()}" if sys.platform == "linux" else str(file.name)
