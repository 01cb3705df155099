"""The Moonshine backend of the recogniser."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from assistant.asr.base import Capabilities
from assistant.asr.constrained.recognizer import ConstrainedRecognizer
from assistant.asr.constrained.search import BeamConfig
from assistant.asr.moonshine.model import MoonshineModel
from assistant.asr.moonshine.searcher import MoonshineSearcher
from assistant.grammar.base import Constraints
from assistant.ranges import Beam, Threads


@dataclass(frozen=True, slots=True)
class MoonshineConfig:
    """Settings of the backend."""

    threads: Threads = 2
    """Processor threads of the encoder: 3 s of sound take 28 ms on one, 17 on two."""
    beam: Beam = 8
    """Hypotheses kept at each length. Of 90 synthetic orders, half in noise, 6 find 68, 8 find 73 and 12 find 74."""
    folder: str = ""
    """Folder of the model's files; empty for the installed package."""


class MoonshineRecognizer(ConstrainedRecognizer):
    """Moonshine tiny with a grammar.

    Args:
        grammar: whose sentences may be said; None for open dictation only. May be edited between decodes.

    Raises:
        ModelError: the model is missing or damaged.
    """

    capabilities = Capabilities(streaming=True, languages=("en",), grammar=True, licence="MIT", model_mb=43.9)

    def __init__(self, config: MoonshineConfig | None = None, grammar: Constraints | None = None) -> None:
        self.config = config or MoonshineConfig()
        folder = Path(self.config.folder).expanduser() if self.config.folder else None
        self.model = MoonshineModel(folder, self.config.threads)
        super().__init__(
            MoonshineSearcher(self.model), self.model.vocabulary, BeamConfig(width=self.config.beam), grammar
        )
