"""The recogniser's service, made to run C code that holds the interpreter: no thread of it runs any more."""

from __future__ import annotations

import os
import re
import signal
from types import FrameType
from typing import Any

from assistant.asr.service import RecognizerService

LETTERS = 60
"""The search tries every way to divide them: 2 to the power of that."""


class HoldingService(RecognizerService):
    """Recognises until it is told to hold the interpreter."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        signal.signal(signal.SIGUSR1, _hold)


def _hold(number: int, frame: FrameType | None) -> None:
    re.match(r"(a+)+b", "a" * LETTERS)


def hold(pid: int | None) -> None:
    """Let the process hold the interpreter."""
    assert pid
    os.kill(pid, signal.SIGUSR1)
