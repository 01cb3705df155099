"""A register in a folder of its own, and voices that are only numbers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from assistant.people.register import Register
from assistant.people.vault import Vault
from assistant.speaker.scoring import Voiceprint
from assistant.store.store import Store


def voice(seed: int, embedder: str = "simple/1") -> Voiceprint:
    """A voice of numbers, of unit length."""
    rows = np.random.default_rng(seed).normal(size=(3, 8)).astype(np.float32)
    return Voiceprint(rows / np.linalg.norm(rows, axis=1, keepdims=True), embedder, 30.0)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with Store(tmp_path / "data" / "assistant.db") as opened:
        yield opened


@pytest.fixture
def register(store: Store, tmp_path: Path) -> Register:
    return Register(store, Vault(tmp_path / "data" / "people.key"))
