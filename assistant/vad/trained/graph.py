"""The graph of a trained voice activity detector on ONNX Runtime: 20 ms at a time, the state handed on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.audio.frames import Floats
from assistant.errors import ModelError

KIND = "voice-assistant voice activity 1"
"""What the file says that it is."""
HEARD, STATE, LOGITS, NEXT = "heard", "state", "logits", "next"
"""Inputs and outputs of the graph."""
STEPS = 2
"""Steps of 10 ms that it takes at once: one answer a frame."""
MEND = "make one with: python -m training.vad.train"


@dataclass(frozen=True, slots=True)
class About:
    """What the training found out about a model."""

    threshold: float
    """Log-odds from which a frame counts as speech."""
    onset_late: int
    """Samples by which the first of such frames mostly begins after the speech,"""
    end_late: int
    """and by which the last of them ends after it."""


class VadGraph:
    """A model file.

    Args:
        path: the ONNX file.

    Raises:
        ModelError: it is missing, damaged, or no voice activity detector.
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
            raise ModelError("is no voice activity detector", where=str(path), mend=MEND)
        try:
            self.about = About(**json.loads(told["about"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(f"does not say how it is used: {error}", where=str(path), mend=MEND) from error
        self.state_size = int(self._session.get_inputs()[1].shape[1])

    def new_state(self, streams: int = 1) -> Floats:
        """float32[streams, n] of streams that have heard nothing."""
        return np.zeros((streams, self.state_size), np.float32)

    def step(self, heard: Floats, state: Floats) -> tuple[Floats, Floats]:
        """Log-odds that somebody speaks, float32[streams, 1], and the state to go on with.

        Args:
            heard: float32[streams, 2, 40].
            state: float32[streams, n].
        """
        logits, after = self._session.run([LOGITS, NEXT], {HEARD: heard, STATE: state})
        return logits, after
