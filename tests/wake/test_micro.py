"""microWakeWord against the conformance suite."""

from __future__ import annotations

import pytest

from assistant.errors import BackendError
from assistant.testing.conformance.wake import WakeConformance
from assistant.wake.micro import MicroConfig, MicroWakeWord


class TestMicro(WakeConformance):
    phrase = "okay nabu"

    def make(self) -> MicroWakeWord:
        return MicroWakeWord(MicroConfig(self.phrase))


def test_an_unknown_word_is_named() -> None:
    with pytest.raises(BackendError, match="hey nova"):
        MicroWakeWord(MicroConfig("hey nova"))
