"""The phrase scorer as a service: it lives in a worker of its own, never the order recogniser's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from assistant.errors import BackendError, ConfigError


class PhraseService:
    """Scores pieces of sound.

    Args:
        backend: name of the scorer.
        config: its settings.
    """

    def __init__(self, backend: str = "phrase", config: Mapping[str, Any] | None = None) -> None:
        if backend != "phrase":
            raise BackendError(f"there is no phrase scorer {backend!r}", where="wake", mend="use 'phrase'")
        from assistant.wake.phrase import MoonshinePhraseScorer, PhraseConfig

        known = [field.name for field in fields(PhraseConfig)]
        unknown = sorted(set(config or {}) - set(known))
        if unknown:
            raise ConfigError(f"unknown setting {unknown[0]!r}", where="wake: phrase", mend=f"known: {', '.join(known)}")
        self._scorer = MoonshinePhraseScorer(PhraseConfig(**(config or {})))

    def score(self, pcm: bytes, sample: int, phrases: list[str]) -> list[dict[str, Any]]:
        """``WakeHit`` s as plain data, see ``PhraseScorer.score``."""
        return [asdict(hit) for hit in self._scorer.score(pcm, sample, list(phrases))]
