"""Whisper's encoder on a window shorter than 30 s: what short recordings cost in training falls with their length."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from torch import nn

STRIDE = 2
"""Frames of features to one position of the encoder."""


@contextmanager
def window(model: Any, frames: int) -> Iterator[None]:
    """Let the encoder take exactly so many frames of features (an even number): the first positions of those it knows.

    The positions are sinusoids and not trained, so nothing is lost by looking at the first of them.
    """
    encoder, config = model.model.encoder, model.config
    whole, most = encoder.embed_positions, config.max_source_positions
    encoder.embed_positions = nn.Embedding.from_pretrained(whole.weight[: frames // STRIDE], freeze=True)
    config.max_source_positions = frames // STRIDE
    try:
        yield
    finally:
        encoder.embed_positions, config.max_source_positions = whole, most
