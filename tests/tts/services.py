"""Voices that do what good and bad voices do; a clause is twice 100 samples of one amplitude."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from typing import Any

from assistant.errors import ModelError
from assistant.tts.clauses import clauses


class Voice:
    """Speaks ``clauses`` in two pieces each; misbehaves at clause ``fails_at`` in the way of ``how``."""

    def __init__(
        self, amplitude: int = 100, fails_at: int = -1, how: str = "", pause: float = 0.0, missing: bool = False
    ) -> None:
        if missing:
            raise ModelError("there is no such voice", where="voice.onnx", mend="install it")
        self._amplitude = amplitude
        self._fails_at = fails_at
        self._how = how
        self._pause = pause
        self.spoken = 0

    def speak(self, text: str, skip: int = 0) -> Iterator[dict[str, Any]]:
        pieces = clauses(text)
        for index, piece in enumerate(pieces[skip:], skip):
            time.sleep(self._pause)
            self.spoken += 1
            pcm = self._amplitude.to_bytes(2, "little") * 100
            yield {"pcm": pcm, "rate": 22050, "text": piece, "last": False, "clause_end": False}
            if index == self._fails_at:
                self._misbehave()
            yield {"pcm": pcm, "rate": 22050, "text": "", "last": index == len(pieces) - 1, "clause_end": True}

    def count(self) -> int:
        return self.spoken

    def _misbehave(self) -> None:
        if self._how == "crash":
            os._exit(1)
        if self._how == "stop":
            os.kill(os.getpid(), signal.SIGSTOP)
        if self._how == "raise":
            raise ValueError("hoarse")
