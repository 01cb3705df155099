"""The phrase scorer as a service: it lives in a worker of its own, never the order recogniser's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from assistant.registry import Registry
from assistant.wake.base import PhraseScorer


class PhraseService:
    """Scores pieces of sound.

    Args:
        backend: name of the scorer.
        config: its settings.

    Raises:
        BackendError: there is no such scorer, or it cannot be built.
    """

    def __init__(self, backend: str = "phrase", config: Mapping[str, Any] | None = None) -> None:
        self._backend = backend
        self.configure(config or {})

    def configure(self, config: Mapping[str, Any]) -> None:
        """Score with other settings from now on. Raises as building it does."""
        self._scorer: PhraseScorer = Registry().build("wake", self._backend, config)

    def score(
        self, pcm: bytes, sample: int, phrases: list[str], below: float = 0.0, before: int = 0
    ) -> list[dict[str, Any]]:
        """The hits as plain data, see ``PhraseScorer.score``."""
        return [asdict(hit) for hit in self._scorer.score(pcm, sample, list(phrases), below, before)]
