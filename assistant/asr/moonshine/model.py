"""Moonshine's two graphs on ONNX Runtime: sound to hidden states, and tokens to log-probabilities of the next."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile, gettempdir
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.asr.moonshine.attention import OUTPUT, with_attention
from assistant.asr.moonshine.files import DECODER, ENCODER, TOKENIZER, model_files
from assistant.asr.moonshine.vocabulary import BOS, MoonshineVocabulary
from assistant.audio.frames import Floats
from assistant.errors import ModelError

LAYERS, HEADS, WIDTH = 6, 8, 36
FRAME = 384
"""Samples of one hidden state."""
DECODER_THREADS = 1
"""A step is too small to share: 2.6 ms on one thread, 2.9 on two."""
SHORTEST = 4_000
"""Samples; shorter sound is filled up with silence, the encoder's convolutions need about 2,000."""

Caches = list[npt.NDArray[np.float32]]
"""Keys and values of each layer: float32[rows, 8, positions, 36]."""


class Place:
    """Where a hypothesis stands in the decoder: what may come next, and the caches that led there."""

    __slots__ = ("_total", "caches", "length", "logits", "row")

    def __init__(self, logits: Floats, caches: Caches, row: int, length: int) -> None:
        self.logits = logits
        self.caches = caches
        self.row = row
        self.length = length
        self._total: float | None = None

    @property
    def total(self) -> float:
        """Log of the sum of exp(logits): subtract it from a logit for the log-probability."""
        if self._total is None:
            top = self.logits.max()
            self._total = float(top + np.log(np.exp(self.logits - top).sum()))
        return self._total

    def log_probability(self, token: int) -> float:
        return float(self.logits[token]) - self.total

    def alone(self) -> Place:
        """The same place; it keeps nothing alive of the batch in which it was found."""
        caches = [np.ascontiguousarray(cache[self.row : self.row + 1, :, : self.length]) for cache in self.caches]
        return Place(self.logits.copy(), caches, 0, self.length)

    def before(self, earlier: Place) -> Place:
        """A place on the way to this one, with this one's caches."""
        return Place(earlier.logits.copy(), self.caches, self.row, earlier.length)


class Encoded:
    """A piece of sound, ready for the decoder."""

    __slots__ = ("caches", "hidden", "samples")

    def __init__(self, hidden: Floats, samples: int) -> None:
        self.hidden = hidden
        self.samples = samples
        self.caches: dict[str, Floats] = {}
        """The decoder's keys and values of the sound, one row for all hypotheses: the graph broadcasts them."""


class MoonshineModel:
    """The graphs and the vocabulary; its calls may come from one thread at a time.

    Args:
        folder: where the files are; None for the installed package.
        threads: processor threads of the encoder.
        telling: whether ``attention`` will be asked; the decoder's graph is then changed as it is loaded.

    Raises:
        ModelError: a file is missing or damaged, or there is no room for the changed graph.
    """

    def __init__(self, folder: Path | None = None, threads: int = 1, *, telling: bool = False) -> None:
        import onnxruntime

        onnxruntime.disable_telemetry_events()
        files = model_files(folder)
        self.vocabulary = MoonshineVocabulary.load(files[TOKENIZER])
        self._encoder = _session(onnxruntime, files[ENCODER], threads)
        decoder = _telling_session if telling else _session
        self._decoder = decoder(onnxruntime, files[DECODER], DECODER_THREADS)
        names = [f"{layer}.{side}.{kind}" for layer in range(LAYERS) for side in ("decoder", "encoder")
                 for kind in ("key", "value")]
        self._own = [name for name in names if ".decoder." in name]
        self._cross = [name for name in names if ".encoder." in name]
        self._step_outputs = ["logits"] + [f"present.{name}" for name in self._own]
        self._attention_outputs = [OUTPUT.format(layer=layer) for layer in range(LAYERS)]
        self._first_outputs = self._step_outputs + [f"present.{name}" for name in self._cross]

    def encode(self, sound: Floats) -> Encoded:
        """Hidden states of float32 mono 16 kHz sound."""
        if len(sound) < SHORTEST:
            sound = np.concatenate([sound, np.zeros(SHORTEST - len(sound), np.float32)])
        batch = np.ascontiguousarray(sound, np.float32)[None]
        feed = {"input_values": batch, "attention_mask": np.ones(batch.shape, np.int64)}
        return Encoded(self._encoder.run(None, feed)[0], len(sound))

    def begin(self, encoded: Encoded, tokens: Sequence[int] = ()) -> list[Place]:
        """Feed the start and ``tokens`` in one pass: the place after the start and after each token."""
        empty = np.zeros((1, HEADS, 0, WIDTH), np.float32)
        feed = self._feed(encoded, np.array([[BOS, *tokens]], np.int64), first=True)
        feed |= {f"past_key_values.{name}": empty for name in (*self._own, *self._cross)}
        out = self._decoder.run(self._first_outputs, feed)
        own = out[1 : 1 + len(self._own)]
        cross = out[1 + len(self._own) :]
        encoded.caches = {f"past_key_values.{name}": cache for name, cache in zip(self._cross, cross, strict=True)}
        return [Place(out[0][0, i], own, 0, i + 1) for i in range(len(tokens) + 1)]

    def extend(self, encoded: Encoded, places: Sequence[Place], tokens: npt.NDArray[np.int64]) -> list[list[Place]]:
        """Feed tokens[rows, n] after ``places`` (all of one length): for each row the place after each token."""
        length = places[0].length
        feed = self._feed(encoded, tokens, first=False)
        feed |= encoded.caches
        for k, name in enumerate(self._own):
            feed[f"past_key_values.{name}"] = _gather(places, k, length)
        out = self._decoder.run(self._step_outputs, feed)
        logits, own = out[0], out[1:]
        rows, n = tokens.shape
        return [[Place(logits[row, i], own, row, length + i + 1) for i in range(n)] for row in range(rows)]

    def attention(self, encoded: Encoded, tokens: Sequence[int]) -> Floats:
        """How much each token looks at each frame of sound that ``begin`` has seen; of a model that is ``telling``.

        Returns:
            float32[layers * heads, 1 + tokens, frames]; row i is what token i was read from, the last row what the
            end was. Each row sums to 1.
        """
        feed = self._feed(encoded, np.array([[BOS, *tokens]], np.int64), first=False)
        feed |= encoded.caches
        feed |= {f"past_key_values.{name}": np.zeros((1, HEADS, 0, WIDTH), np.float32) for name in self._own}
        weights = self._decoder.run(self._attention_outputs, feed)
        return np.concatenate([of_layer[0] for of_layer in weights])

    def spell(self, encoded: Encoded, tokens: Sequence[int], samples: int) -> float:
        """Log-probability of ``tokens`` from the first ``samples`` of sound that ``begin`` has seen whole."""
        frames = max(1, samples // FRAME)
        feed = self._feed(encoded, np.array([[BOS, *tokens[:-1]]], np.int64), first=False)
        feed |= {name: np.ascontiguousarray(cache[:, :, :frames]) for name, cache in encoded.caches.items()}
        feed |= {f"past_key_values.{name}": np.zeros((1, HEADS, 0, WIDTH), np.float32) for name in self._own}
        logits = self._decoder.run(["logits"], feed)[0][0]
        places = [Place(row, [], 0, 0) for row in logits]
        return sum(place.log_probability(token) for place, token in zip(places, tokens, strict=True))

    def _feed(self, encoded: Encoded, tokens: npt.NDArray[np.int64], *, first: bool) -> dict[str, Any]:
        # With a cache the graph reads nothing of the hidden states but their width: one frame will do, and a mask
        # of one sample. Without, the mask has the length of the samples; the graph thins it out itself.
        hidden = encoded.hidden if first else encoded.hidden[:, :1]
        mask = np.ones((1, encoded.samples if first else 1), np.int64)
        return {
            "input_ids": tokens,
            "encoder_hidden_states": hidden,
            "encoder_attention_mask": mask,
            "use_cache_branch": np.array([not first]),
        }


def _gather(places: Sequence[Place], k: int, length: int) -> Floats:
    caches = places[0].caches
    if len(places) == 1:
        row = places[0].row
        return np.ascontiguousarray(caches[k][row : row + 1, :, :length])
    if all(place.caches is caches for place in places):
        cache = caches[k] if caches[k].shape[2] == length else caches[k][:, :, :length]
        return np.ascontiguousarray(cache[[place.row for place in places]])
    return np.concatenate([place.caches[k][place.row : place.row + 1, :, :length] for place in places])


def _telling_session(onnxruntime: Any, path: Path, threads: int) -> Any:
    """From a file too, because a session that is made of bytes keeps them beside what it makes of them."""
    changed = with_attention(path.read_bytes(), LAYERS, str(path))
    try:
        with NamedTemporaryFile(suffix=".ort") as file:
            file.write(changed)
            file.flush()
            return _session(onnxruntime, Path(file.name), threads)
    except OSError as error:
        where = gettempdir()
        raise ModelError(f"the decoder cannot be written: {error}", where=where, mend="make room there") from error


def _session(onnxruntime: Any, path: Path, threads: int) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # An arena keeps the largest utterance's memory for ever; plain allocation is as fast here.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    # Spinning threads would burn a core between the steps of a decoder.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's own exceptions share no base but this
        raise ModelError(f"cannot be loaded: {error}", where=str(path)) from error
