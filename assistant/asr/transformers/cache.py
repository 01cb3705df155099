"""What a decoder remembers while hypotheses grow: of the text each its own, of the sound all the same."""

from __future__ import annotations

import torch
from transformers import DynamicCache, EncoderDecoderCache


class SharedSound(EncoderDecoderCache):
    """Keys and values of one sound and of several hypotheses.

    The library's own calculates those of the sound once for each hypothesis and copies all of them at each step.
    """

    def reorder_cache(self, beam_idx: torch.Tensor) -> None:
        """Hypotheses change places; the sound is the same for all."""
        self.self_attention_cache.reorder_cache(beam_idx)


def empty() -> SharedSound:
    """Before the first token of the first text; running the decoder on one row adds the sound."""
    return SharedSound(DynamicCache(), DynamicCache())


def with_sound_of(known: SharedSound, rows: int) -> SharedSound:
    """Before the first token of so many hypotheses about a sound that the decoder has been run on."""
    sound = DynamicCache()
    for number, layer in enumerate(known.cross_attention_cache.layers):
        sound.update(layer.keys, layer.values, number)
        sound.layers[number].keys = layer.keys.expand(rows, -1, -1, -1)
        sound.layers[number].values = layer.values.expand(rows, -1, -1, -1)
    return SharedSound(DynamicCache(), sound)
