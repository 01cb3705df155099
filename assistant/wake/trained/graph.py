"""The graph of a trained wake word on ONNX Runtime: a fixed number of steps at a time, the state handed on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.audio.frames import Floats
from assistant.errors import ModelError

KIND = "voice-assistant wake word 1"
"""What the file says that it is."""
HEARD, STATE, LOGITS, NEXT = "heard", "state", "logits", "next"
"""Inputs and outputs of the graph."""
STEPS = 8
"""Steps of 10 ms that it takes at once: every 80 ms costs less than a third of every 20 ms."""
MEND = "make one with: assistant train wake PHRASE"


@dataclass(frozen=True, slots=True)
class About:
    """What the training found out about a model."""

    phrase: str
    threshold: float
    """Log-odds from which the phrase counts as heard."""
    delay: float
    """Seconds after the phrase's end at which the network mostly says so."""
    length: float
    """Seconds that the phrase mostly takes."""
    curve: tuple[tuple[float, float], ...] = ()
    """Hours for one false accept and the threshold for them, see ``assistant.wake.sensitivity``."""


class WakeGraph:
    """A model file.

    Args:
        path: the ONNX file.

    Raises:
        ModelError: it is missing, damaged, or no wake word.
    """

    def __init__(self, path: Path) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        if not path.is_file():
            raise ModelError("there is no such file", where=str(path), mend=MEND)
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # ONNX Runtime's own exceptions share no base but this
            raise ModelError(f"cannot be loaded: {error}", where=str(path), mend=MEND) from error
        told = self._session.get_modelmeta().custom_metadata_map
        if told.get("kind") != KIND:
            raise ModelError("is no wake word", where=str(path), mend=MEND)
        try:
            self.about = About(**json.loads(told["about"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(f"does not say what it hears: {error}", where=str(path), mend=MEND) from error
        self.state_size = int(self._session.get_inputs()[1].shape[1])

    def new_state(self, streams: int = 1) -> Floats:
        """float32[streams, n] of streams that have heard nothing."""
        return np.zeros((streams, self.state_size), np.float32)

    def step(self, heard: Floats, state: Floats) -> tuple[Floats, Floats]:
        """Log-odds every 20 ms, and the state to go on with, of many streams at once.

        Args:
            heard: float32[streams, 8, 40].
            state: float32[streams, n].
        """
        logits, after = self._session.run([LOGITS, NEXT], {HEARD: heard, STATE: state})
        return logits, after
