"""Kokoro: a neural voice of 82 million parameters, far more natural than Piper and fifteen times its work.

Network and voices are put together by ``assistant voices install kokoro``; the library is kokoro-onnx (MIT). Its
phonemes come from espeak-ng through phonemizer, both GPL-3, so it is only ever imported in the synthesiser's own
process. On two processors it works half as long as one listens, so long clauses are given in parts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.audio.frames import Floats, Pcm
from assistant.errors import BackendError, ModelError
from assistant.extras import install_command
from assistant.models.folder import model_folder
from assistant.paths import find
from assistant.ranges import Share, Threads
from assistant.tts.base import Speech
from assistant.tts.clauses import clauses, cut, phrase_ahead
from assistant.tts.shaping import pause_after, to_pcm, without_edges

INSTALLED = "kokoro"
"""Id of the model in the catalogue."""
MODEL_FILE = "model.onnx"
VOICES_FILE = "voices.npz"
FOREIGN_FILE = "foreign.npz"
"""Voices of other languages; only ``assistant voices clone`` uses them."""
STYLE_FILE = "style.npy"
"""In the folder of a voice that was made."""
STYLE_SHAPE = (510, 1, 256)
"""Of a voice: a row for each length of text."""
RATE = 24_000
"""Hz."""
LANGUAGES = {"a": "en-us", "b": "en-gb"}
"""What the first letter of a voice's name says."""
LONGEST_PART = 64
"""Characters that are computed at once: 3.5 s of speech, 1.6 s on two processors. A voice that gives nothing for 2.5 s
counts as hanging."""
FIRST_PART = 20
"""Characters of an answer's first part: 0.5 s on two processors, and 1.7 s to speak, in which the next one is ready."""
SLACK = 12
"""Characters by which one part may be longer than the others: words are not cut."""
CALIBRATION = "Ready when you are."
PEAK = 0.7
"""Amplitude (of 1) of the calibrating sentence's loudest sample at full volume; the voices differ by 6 dB."""


@dataclass(frozen=True, slots=True)
class KokoroConfig:
    """Which voice, and how it speaks."""

    voice: str = "af_heart"
    """American or British (a, b), female or male (f, m), and a name: ``af_heart``, ``bm_george``."""
    speed: float = 1.0
    """0.5 to 2; above 1 is faster."""
    volume: Share = 0.9
    threads: Threads = 2
    model: str = INSTALLED
    """Id of the installed model, or a folder with ``model.onnx`` and ``voices.npz``."""
    style: str = ""
    """A voice that was made here (``assistant voices clone``): its name, or the path of its style table. It speaks in
    place of ``voice``, which then only says which English."""

    def __post_init__(self) -> None:
        if not 0.5 <= self.speed <= 2.0:
            raise BackendError(f"speed is 0.5 to 2, not {self.speed}", where="tts kokoro")


class Kokoro:
    """A Kokoro voice.

    Raises:
        ModelError: the model is not installed, or damaged.
        BackendError: kokoro-onnx is not installed, or there is no such voice.
    """

    licence = "Apache-2.0"
    rate = RATE

    def __init__(self, config: KokoroConfig | None = None) -> None:
        self.config = config or KokoroConfig()
        self._kokoro, self._style = _load(self.config)
        self._language = LANGUAGES[self.config.voice[0]]
        self._gain = 1.0
        loudest = float(np.abs(self._sound(CALIBRATION)).max(initial=0.05))
        self._gain = self.config.volume * PEAK / loudest

    @staticmethod
    def lacking() -> str:
        """What to do before it can be used; empty if nothing."""
        try:
            model_folder(INSTALLED)
        except ModelError as error:
            return f"{error.what}: {error.mend}"
        return ""

    def speak(self, text: str) -> Iterator[Speech]:
        """Sound for ``text``, in parts of clauses; one empty piece if nothing in it can be spoken."""
        spoken = clauses(text)
        for number, clause in enumerate(spoken, 1):
            last = number == len(spoken)
            parts = _parts(clause, first=number == 1)
            for part in parts[:-1]:
                yield Speech(self._pcm(part), self.rate, part, False, False)
            pause = np.zeros(0 if last else round(pause_after(clause) * self.rate), np.int16)
            yield Speech(np.concatenate([self._pcm(parts[-1]), pause]), self.rate, parts[-1], last)
        if not spoken:
            yield Speech(np.zeros(0, np.int16), self.rate, "", True)

    def _pcm(self, part: str) -> Pcm:
        return without_edges(to_pcm(self._sound(part) * self._gain), self.rate)

    def _sound(self, part: str) -> Floats:
        """float32 of the sound; empty where no phoneme is left of the text."""
        phonemes = self._kokoro.tokenizer.phonemize(part, self._language)
        if not phonemes:
            return np.zeros(0, np.float32)
        sound, _ = self._kokoro.create(phonemes, self._style, self.config.speed, is_phonemes=True, trim=False)
        return np.asarray(sound, np.float32)


def _parts(clause: str, *, first: bool) -> list[str]:
    """A clause in parts of about the same length: a last word on its own sounds clipped. The first of all is short."""
    *ahead, rest = phrase_ahead(clause, FIRST_PART) if first else [clause]
    count = math.ceil(len(rest) / LONGEST_PART)
    return [*ahead, *cut(rest, min(LONGEST_PART, len(rest) // count + SLACK))]


def _load(config: KokoroConfig) -> tuple[Any, Any]:
    """The library's object and the voice's style."""
    library = open_library(model_folder(config.model), config.threads)
    if config.style:
        return library, read_style(style_file(config.style))
    names = sorted(name for name in library.voices.files if name[0] in LANGUAGES)
    if config.voice not in names:
        raise BackendError(f"there is no voice {config.voice!r}", where="tts kokoro", mend=f"one of {', '.join(names)}")
    return library, library.voices[config.voice]


def open_library(folder: Path, threads: int) -> Any:
    """kokoro-onnx's object with the network and the English voices of a folder.

    Raises:
        ModelError: a file is missing or damaged.
        BackendError: kokoro-onnx is not installed.
    """
    mend = f"assistant voices install {INSTALLED}"
    missing = [name for name in (MODEL_FILE, VOICES_FILE) if not (folder / name).is_file()]
    if missing:
        raise ModelError(f"there is no {' and no '.join(missing)}", where=str(folder), mend=mend)
    try:
        import onnxruntime
        from kokoro_onnx import Kokoro as Library
    except ImportError as error:
        extra = install_command("kokoro")
        raise BackendError(str(error), where="tts kokoro", mend=extra) from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        session = onnxruntime.InferenceSession(
            str(folder / MODEL_FILE), options, providers=["CPUExecutionProvider"]
        )
        return Library.from_session(session, str(folder / VOICES_FILE))
    except Exception as error:  # ONNX Runtime's own exceptions share no base but this
        raise ModelError(f"cannot be loaded: {error}", where=str(folder), mend=mend) from error


def style_file(style: str) -> Path:
    """The table of a voice that was made, by its name; of any other text, the file it names."""
    made = find("voices", style) if "/" not in style else None
    return made / STYLE_FILE if made is not None else Path(style).expanduser()


def read_style(path: Path) -> Floats:
    """A style table that was made here: float32[510, 1, 256].

    Raises:
        ModelError: there is none, or it is damaged.
    """
    try:
        style = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise ModelError(f"cannot be read as a style: {error}", where=str(path)) from error
    if not isinstance(style, np.ndarray) or style.shape != STYLE_SHAPE or not np.isfinite(style).all():
        raise ModelError(f"is no style table of {STYLE_SHAPE}", where=str(path))
    return style.astype(np.float32)
