"""pyannote.audio's segmentation networks (extra ``pyannote``), asked every 0.1 s about the last seconds.

They are made for whole recordings and look both ways: an answer about the newest sound is less sure, and each costs a
pass over the whole window, a large part of a core. The model is a file that somebody gives, such as the one of
pyannote/segmentation-3.0 (MIT, behind a form). It is read without executing what is pickled in it.
"""

from __future__ import annotations

import os
import pickle
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, Frame
from assistant.errors import BackendError, ModelError
from assistant.extras import install_command
from assistant.ranges import Milliseconds, Share
from assistant.vad.base import VadResult

ARCHITECTURE = {"module": "pyannote.audio.models.segmentation.PyanNet", "class": "PyanNet"}
"""The one that is built; what else a file may name is not imported."""
LOOK_BACK = SAMPLE_RATE // 2
"""Samples before the newest in which the place of a change is looked for."""
MEND = "give the pytorch_model.bin of a pyannote segmentation model, such as segmentation-3.0"

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PyannoteConfig:
    """Settings of the backend."""

    model: Path
    """The checkpoint."""
    threshold: Share = 0.5
    """Speech begins at this probability."""
    release: Share = 0.35
    """And may end below this one."""
    window_ms: Milliseconds = 5_000
    """Sound that is heard for each answer."""
    step_ms: Milliseconds = 100
    """Between answers."""
    hangover_ms: Milliseconds = 100
    """Speech has ended after so long without."""


class PyannoteVad:
    """Voice activity by a segmentation network.

    Raises:
        BackendError: pyannote.audio is not installed.
        ModelError: the file is missing, damaged or of another kind.
    """

    licence = "MIT; a model has its own"

    def __init__(self, config: PyannoteConfig) -> None:
        missing = [name for name in ("torch", "pyannote") if find_spec(name) is None]
        if missing or find_spec("pyannote.audio") is None:
            raise BackendError("pyannote.audio is not installed", where="vad pyannote",
                               mend=install_command("pyannote"))
        self.config = config
        self._network = Network(config.model.expanduser())

    def stream(self) -> PyannoteStream:
        return PyannoteStream(self._network, self.config)


class Network:
    """A segmentation network; holds no state of a stream."""

    def __init__(self, path: Path) -> None:
        # The library reports its use to its makers unless this is set before it is imported.
        os.environ["PYANNOTE_METRICS_ENABLED"] = "0"
        import torch

        torch.set_num_threads(1)  # it is heard in the thread of all sound: others would take the core from that
        self._torch = torch
        told = _checkpoint(path)
        self._net, self._powerset = _built(told, path)

    def speech(self, sound: npt.NDArray[np.float32]) -> Array:
        """float64[n], the probability that somebody speaks, for each of the network's steps of a sound."""
        with self._torch.inference_mode():
            told = self._net(self._torch.from_numpy(sound)[None, None])[0].double().numpy()
        # A powerset's first class is nobody, in logarithms; otherwise there is one probability for each speaker.
        return np.asarray(1.0 - np.exp(told[:, 0]) if self._powerset else told.max(axis=1)).clip(0.0, 1.0)


class PyannoteStream:
    """One live stream."""

    def __init__(self, network: Network, config: PyannoteConfig) -> None:
        self._network = network
        self._config = config
        self._step = max(1, config.step_ms * SAMPLE_RATE // 1000 // FRAME_SAMPLES)
        self._hangover = config.hangover_ms * SAMPLE_RATE // 1000
        self._frames = max(self._step, config.window_ms * SAMPLE_RATE // 1000 // FRAME_SAMPLES)
        self.reset()

    def reset(self) -> None:
        self._sound = np.zeros(self._frames * FRAME_SAMPLES, np.float32)
        self._unheard = 0
        """Frames since the latest answer."""
        self._speech = False
        self._probability = 0.0
        self._changed_at: int | None = None
        """Sample of the latest change; at first the stream's beginning."""

    def close(self) -> None:
        """Nothing is held."""

    def feed(self, frame: Frame) -> VadResult:
        if self._changed_at is None:
            self._changed_at = frame.sample
        self._sound[:-FRAME_SAMPLES] = self._sound[FRAME_SAMPLES:]
        self._sound[-FRAME_SAMPLES:] = frame.floats
        self._unheard += 1
        if self._unheard < self._step:
            return VadResult(self._speech, self._probability)
        self._unheard = 0
        told = self._network.speech(self._sound)
        samples = len(self._sound) / len(told)
        newest = max(1, round(self._step * FRAME_SAMPLES / samples))
        self._probability = float(told[-newest:].mean())
        changed = self._change(told, samples, frame.end)
        if changed is not None:
            self._speech = not self._speech
            self._changed_at = changed = min(frame.end, max(self._changed_at, changed))
        return VadResult(self._speech, self._probability, changed)

    def _change(self, told: Array, samples: float, end: int) -> int | None:
        """The sample at which speech began or ended, if it did.

        Args:
            samples: that one answer is about.
            end: first sample after the window.
        """
        recent = told[-max(1, round(LOOK_BACK / samples)) :]
        if not self._speech and self._probability >= self._config.threshold:
            silent = np.flatnonzero(recent < self._config.threshold)
            back = len(recent) - (int(silent[-1]) + 1 if len(silent) else 0)
            return end - round(back * samples)
        voiced = np.flatnonzero(recent >= self._config.release)
        back = len(recent) - (int(voiced[-1]) + 1 if len(voiced) else 0)
        if self._speech and back * samples >= self._hangover:
            return end - round(back * samples)
        return None


def _checkpoint(path: Path) -> dict[str, Any]:
    """What a file holds: tensors, numbers, and pyannote's own description of its task; nothing else is read."""
    import torch
    from pyannote.audio.core.task import Problem, Resolution, Specifications
    from torch.torch_version import TorchVersion

    if not path.is_file():
        raise ModelError("there is no such file", where=str(path), mend=MEND)
    try:
        with torch.serialization.safe_globals([Problem, Resolution, Specifications, TorchVersion]):
            told = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, KeyError) as error:
        raise ModelError(f"is damaged, or holds what is not read: {error}".splitlines()[0], where=str(path),
                         mend=MEND) from error
    if not isinstance(told, dict) or told.get("pyannote.audio", {}).get("architecture") != ARCHITECTURE:
        raise ModelError("is no segmentation model of pyannote.audio", where=str(path), mend=MEND)
    return told


def _built(told: dict[str, Any], path: Path) -> tuple[Any, bool]:
    """The network, and whether it answers in sets of speakers."""
    from pyannote.audio.models.segmentation import PyanNet

    try:
        net = PyanNet(**told["hyper_parameters"])
        net.specifications = told["pyannote.audio"]["specifications"]
        net.build()
        net.load_state_dict(told["state_dict"])
    except (KeyError, TypeError, AttributeError, RuntimeError) as error:
        raise ModelError(f"does not fit its network: {error}".splitlines()[0], where=str(path), mend=MEND) from error
    if int(net.hparams.sample_rate) != SAMPLE_RATE:
        raise ModelError(f"hears {net.hparams.sample_rate} samples a second, not {SAMPLE_RATE}", where=str(path),
                         mend=MEND)
    return net.eval(), bool(net.specifications.powerset)
