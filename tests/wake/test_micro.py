"""microWakeWord against the conformance suite."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.errors import BackendError
from assistant.testing.conformance.wake import WakeConformance
from assistant.wake.base import WakeWord
from assistant.wake.micro import MicroConfig, MicroWakeWord


class TestMicro(WakeConformance):
    phrase = "okay nabu"

    def make(self) -> MicroWakeWord:
        return MicroWakeWord(MicroConfig(self.phrase))

    def wrong(self, folder: Path) -> list[Callable[[], WakeWord]]:
        return [lambda: MicroWakeWord(MicroConfig("hey nova")), lambda: MicroWakeWord(MicroConfig(""))]


def test_an_unknown_word_is_named() -> None:
    with pytest.raises(BackendError, match="hey nova"):
        MicroWakeWord(MicroConfig("hey nova"))
