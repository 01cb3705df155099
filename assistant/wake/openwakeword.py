"""openWakeWord's networks, for a word model of one's own (extra ``openwakeword``): about 2 % of a core.

The library and its speech embedding (Google's, Apache-2.0) arrive by pip; the word's model is a file that somebody
gives. None is ever chosen for them: those that openWakeWord publishes are not for commercial use (CC BY-NC-SA 4.0).
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from assistant.audio.frames import SAMPLE_RATE, Frame
from assistant.errors import BackendError, ModelError
from assistant.extras import install_command
from assistant.ranges import Share
from assistant.wake.base import WakeHit
from assistant.wake.placing import placed

PACKAGE = "pyopen_wakeword"
REFRACTORY = 2 * SAMPLE_RATE
"""Samples after a hit in which the word is not reported again: the network sees more than a second of the past."""
PHRASE_SAMPLES = round(0.8 * SAMPLE_RATE)
"""How long a wake phrase usually is; the start of a hit is counted back from its end."""
DELAY = round(0.1 * SAMPLE_RATE)
"""How long after the phrase's end the network mostly says so."""
TFLITE = b"TFL3"
"""What bytes 4 to 8 of a TensorFlow Lite model say."""
TRIAL_SECONDS = 30.0
TRIAL = """
import sys
import numpy
from pyopen_wakeword import OpenWakeWord
word = OpenWakeWord.from_model(sys.argv[1])
answers = list(word.process_streaming(numpy.zeros((1, 1, 80, 96), numpy.float32)))
sys.exit(0 if answers and all(0.0 <= answer <= 1.0 for answer in answers) else 3)
"""
"""Hears seconds of nothing. The library ends the whole process where a model is damaged: another process tries it."""


@dataclass(frozen=True, slots=True)
class OpenWakeWordConfig:
    """Settings of the backend."""

    model: Path
    """The word's model: a ``.tflite`` file."""
    phrase: str = ""
    """What it hears; empty: what its file is called."""
    threshold: Share = 0.5
    """Probability from which the word counts as heard."""


class OpenWakeWord:
    """A word that openWakeWord's training made.

    Raises:
        BackendError: pyopen-wakeword is not installed.
        ModelError: the file is missing, damaged or of another kind.
    """

    licence = "Apache-2.0; a word's model has its own"

    def __init__(self, config: OpenWakeWordConfig) -> None:
        if find_spec(PACKAGE) is None:
            raise BackendError("pyopen-wakeword is not installed", where="wake openwakeword",
                               mend=install_command("openwakeword"))
        self.config = config
        self._path = config.model.expanduser()
        check_model(self._path)
        self._phrase = config.phrase or self._path.stem.replace("_", " ")

    def stream(self) -> OpenStream:
        """A detector of its own for one source."""
        import pyopen_wakeword as library

        try:
            features = library.OpenWakeWordFeatures.from_builtin()
            word = library.OpenWakeWord.from_model(self._path)
        except (OSError, ValueError) as error:
            raise ModelError(f"cannot be loaded: {error}", where=str(self._path),
                             mend=install_command("openwakeword")) from error
        return OpenStream(word, features, self._phrase, self.config.threshold)


class OpenStream:
    """One source's detector."""

    def __init__(self, word: Any, features: Any, phrase: str, threshold: float) -> None:
        self._word = word
        self._features = features
        self._phrase = phrase
        self._threshold = threshold
        self._begin()

    def _begin(self) -> None:
        self._first: int | None = None
        self._quiet_until = -1
        # The library hears eight seconds of silence before the first sound: now, not in the middle of somebody's.
        self._answer(np.zeros(2, np.int16).tobytes())

    def feed(self, frame: Frame) -> list[WakeHit]:
        """Hits that end with this frame: at most one. Nothing after ``close``."""
        if self._word is None:
            return []
        if self._first is None:
            self._first = frame.sample
        score = self._answer(frame.pcm.astype("<i2").tobytes())
        if score <= self._threshold or frame.sample < self._quiet_until:
            return []
        self._quiet_until = frame.end + REFRACTORY
        return [placed(self._phrase, score, first=self._first, told=frame.end, delay=DELAY, length=PHRASE_SAMPLES)]

    def _answer(self, sound: bytes) -> float:
        """The highest of the probabilities that are known with this sound; 0 if there is none."""
        return max((answer for heard in self._features.process_streaming(sound)
                    for answer in self._word.process_streaming(heard)), default=0.0)

    def reset(self) -> None:
        """Forget the sound so far."""
        if self._word is not None:
            self._word.reset()
            self._features.reset()
            self._begin()

    def close(self) -> None:
        """Give the models back; may be called twice."""
        word, self._word = self._word, None
        if word is not None:
            word.close()
            self._features.close()


def check_model(path: Path) -> None:
    """Whether a file is the model of a word.

    Raises:
        ModelError: it is missing, damaged or of another kind.
    """
    mend = "give a .tflite file that openWakeWord's training made for one word"
    if not path.is_file():
        raise ModelError("there is no such file", where=str(path), mend=mend)
    with path.open("rb") as file:
        if file.read(8)[4:] != TFLITE:
            raise ModelError("is no TensorFlow Lite model", where=str(path), mend=mend)
    told = path.stat()
    fault = _fault(path.resolve(), told.st_mtime_ns, told.st_size)
    if fault:
        raise ModelError(fault, where=str(path), mend=mend)


@lru_cache(maxsize=16)
def _fault(path: Path, changed: int, size: int) -> str:
    """What is wrong with a model, empty if nothing; asked again when the file is another."""
    try:
        tried = subprocess.run([sys.executable, "-c", TRIAL, str(path)], capture_output=True, timeout=TRIAL_SECONDS)
    except subprocess.TimeoutExpired:
        return f"gives no answer in {TRIAL_SECONDS:.0f} s"
    if tried.returncode < 0:
        return "is damaged: it ends the program that loads it"
    return "is no model of a wake word, or a damaged one" if tried.returncode else ""
