"""Settings of the transformers backend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.ranges import Beam, Threads


@dataclass(frozen=True, slots=True)
class TransformersConfig:
    """Settings of the backend."""

    model: str
    """Folder with a Whisper, Moonshine or Wav2Vec2-CTC as ``save_pretrained`` writes it."""
    language: str = "en"
    """What is spoken; a Whisper of many languages is told so."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    dtype: Literal["auto", "float32", "float16", "bfloat16"] = "auto"
    """Numbers to calculate with; auto: float16 on CUDA, float32 on the processor."""
    threads: Threads = 2
    """Processor threads."""
    beam: Beam = 8
    """Hypotheses of the search."""
