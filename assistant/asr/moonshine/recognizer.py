"""The Moonshine backend of the recogniser."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from assistant.asr.base import Capabilities
from assistant.asr.moonshine.beam import BeamConfig
from assistant.asr.moonshine.model import MoonshineModel
from assistant.asr.moonshine.phrases import PhraseConstraint
from assistant.asr.moonshine.stream import MoonshineStream
from assistant.grammar.base import Constraints, TokenConstraint, View


@dataclass(frozen=True, slots=True)
class MoonshineConfig:
    """Settings of the backend."""

    threads: int = 2
    """Processor threads of the encoder: 3 s of sound take 28 ms on one, 17 on two."""
    beam: int = 8
    """Hypotheses kept at each length. Of 90 synthetic orders, half in noise, 6 find 68, 8 find 73 and 12 find 74."""
    folder: str = ""
    """Folder of the model's files; empty for the installed package."""


class MoonshineRecognizer:
    """Moonshine tiny with a grammar.

    Args:
        grammar: whose sentences may be said; None for open dictation only. May be edited between decodes.

    Raises:
        ModelError: the model is missing or damaged.
    """

    capabilities = Capabilities(streaming=True, languages=("en",), grammar=True, licence="MIT", model_mb=43.9)

    def __init__(self, config: MoonshineConfig | None = None, grammar: Constraints | None = None) -> None:
        self.config = config or MoonshineConfig()
        self.grammar = grammar
        self.model = MoonshineModel(Path(self.config.folder) if self.config.folder else None, self.config.threads)

    def stream(self, view: View | None = None, *, prefix: str = "") -> MoonshineStream:
        """Open an utterance; see the contract."""
        phrase = PhraseConstraint(prefix, self.model.vocabulary) if prefix else None
        return MoonshineStream(self.model, BeamConfig(width=self.config.beam), self._constraint(view), phrase)

    def _constraint(self, view: View | None) -> tuple[TokenConstraint, int] | None:
        if view is None or self.grammar is None:
            return None
        constraint = self.grammar.constraint(self.model.vocabulary.grammar, view)
        # The first mask is the dearest and is remembered: better now, while somebody speaks, than after the last word.
        constraint.allowed(constraint.start)
        return constraint, self.grammar.version
