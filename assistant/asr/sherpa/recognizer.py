"""The sherpa-onnx backend of the recogniser."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from assistant.asr.base import Capabilities
from assistant.asr.moonshine.files import DECODER, ENCODER, TOKENIZER, model_files
from assistant.asr.moonshine.vocabulary import MoonshineVocabulary
from assistant.asr.sherpa.families import MODELS, Model, model_in, moonshine
from assistant.asr.text.base import Transcript
from assistant.asr.text.recognizer import TextRecognizer
from assistant.audio.frames import SAMPLE_RATE, Floats
from assistant.errors import BackendError, ModelError
from assistant.extras import install_command
from assistant.grammar.base import Constraints
from assistant.models.folder import model_folder
from assistant.ranges import Share, Threads

PACKAGED = "moonshine-tiny-en"


@dataclass(frozen=True, slots=True)
class SherpaOnnxConfig:
    """Settings of the backend."""

    model: str = PACKAGED
    """``moonshine-tiny-en`` (packaged), or the folder of an unpacked model: icefall's transducers (Conformer,
    Zipformer) and Zipformer CTC, NeMo's CTC, Whisper, Moonshine with a merged decoder."""
    language: str = "en"
    threads: Threads = 2
    quantized: bool = True
    """Take the ``int8`` file where a part of the model has two."""
    surety: Share = 0.75
    """How sure a text counts where the model's family does not say: Moonshine, Whisper. From
    ``turns.accept_follow_up`` on, orders are taken where nobody said the wake phrase."""


class SherpaOnnx(TextRecognizer):
    """A model in sherpa-onnx without a grammar: a text that is a sentence of it is a reading.

    Raises:
        ModelError: the model is missing, damaged or of a family that is not known.
        BackendError: sherpa-onnx is not installed.
    """

    licence = "Apache-2.0"

    def __init__(self, config: SherpaOnnxConfig | None = None, grammar: Constraints | None = None) -> None:
        self.config = config or SherpaOnnxConfig()
        with _model(self.config) as model:
            capabilities = Capabilities(
                streaming=False, languages=(self.config.language,), grammar=False, licence=self.licence,
                model_mb=model.megabytes,
            )
            transcriber = _Sherpa(model, self.config)
        super().__init__(transcriber, capabilities, grammar)


class _Sherpa:
    def __init__(self, model: Model, config: SherpaOnnxConfig) -> None:
        self._surety = config.surety
        self._recognizer = _recognizer(model, config)

    def transcribe(self, sound: Floats) -> Transcript:
        """Write down what is said."""
        stream = self._recognizer.create_stream()
        stream.accept_waveform(SAMPLE_RATE, sound)
        self._recognizer.decode_stream(stream)
        found = stream.result
        return Transcript(found.text.strip(), _mean(found.ys_log_probs) if found.ys_log_probs else self._surety)


def _mean(log_probabilities: Sequence[float]) -> float:
    """Geometric mean of the tokens' probabilities."""
    return math.exp(min(0.0, sum(log_probabilities) / len(log_probabilities)))


def _recognizer(model: Model, config: SherpaOnnxConfig) -> Any:
    try:
        from sherpa_onnx import OfflineRecognizer
    except ImportError as error:
        mend = install_command("sherpa-onnx")
        raise BackendError(str(error), where="asr sherpa-onnx", mend=mend) from error
    files = {argument: str(path) for argument, path in model.files.items()}
    options = {"language": config.language} if model.family.takes_language else {}
    try:
        return getattr(OfflineRecognizer, model.family.factory)(**files, **options, num_threads=config.threads)
    except (RuntimeError, ValueError) as error:
        where = str(model.files["tokens"].parent)
        raise ModelError(f"cannot be loaded: {error}", where=where, mend=MODELS) from error


@contextmanager
def _model(config: SherpaOnnxConfig) -> Iterator[Model]:
    """The model, as long as it takes to load it.

    Raises:
        ModelError: it is missing, damaged or of a family that is not known.
    """
    if config.model != PACKAGED:
        yield model_in(model_folder(config.model), config.quantized)
        return
    files = model_files()
    with TemporaryDirectory(prefix="sherpa-") as folder:
        tokens = Path(folder) / "tokens.txt"
        tokens.write_bytes(_token_table(MoonshineVocabulary.load(files[TOKENIZER])))
        yield moonshine(files[ENCODER], files[DECODER], tokens)


def _token_table(vocabulary: MoonshineVocabulary) -> bytes:
    """The pieces as sherpa-onnx reads them: each piece's bytes in base64 and its number, a line each."""
    lines = (base64.b64encode(piece or b" ") + b" %d\n" % number for number, piece in enumerate(vocabulary.spelled))
    return b"".join(lines)
