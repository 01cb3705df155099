"""The end-of-turn model: how likely it is that the speaker has finished, from the last four seconds of sound."""

from __future__ import annotations

from pathlib import Path

from assistant.audio.frames import Pcm
from assistant.endpoint.features import CHANNELS, FRAMES, features
from assistant.errors import ModelError

INPUT = "features"
SHAPE = [1, FRAMES, CHANNELS]


class EndOfTurn:
    """A graph that ``training/endpoint`` made, on ONNX Runtime; one answer takes one core about 5 ms.

    Args:
        path: the ONNX file.

    Raises:
        ModelError: it is missing, damaged, or no such graph.
    """

    def __init__(self, path: Path) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # ONNX Runtime's own exceptions share no base but this
            raise ModelError(f"cannot be loaded: {error}", where=str(path)) from error
        inputs = {one.name: list(one.shape) for one in self._session.get_inputs()}
        if inputs != {INPUT: SHAPE}:
            raise ModelError(f"is no end-of-turn model: it takes {inputs}", where=str(path),
                             mend="make one with training/endpoint")

    def complete(self, sound: Pcm) -> float:
        """Probability, 0 to 1, that the speaker has finished; asked about 0.2 s into a pause."""
        return float(self._session.run(None, {INPUT: features(sound)[None]})[0].reshape(-1)[0])
