"""PocketSphinx: no neural network, 40 MB with its English model, on any processor; the least able recogniser of all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.asr.base import Capabilities
from assistant.asr.text.base import Transcript
from assistant.asr.text.recognizer import TextRecognizer
from assistant.audio.frames import Floats
from assistant.errors import BackendError
from assistant.extras import install_command
from assistant.grammar.base import Constraints
from assistant.packaged import packaged_file
from assistant.ranges import Share

PACKAGE = "pocketsphinx"
REQUIREMENT = "pocketsphinx==5.1.1"
INSIDE = "model/en-us"
LOCK = {
    "en-us/mdef": "2360f9a86889c1cfee8bd618a0269387911e5fb2920a594f506b18b8c79683b0",
    "en-us/means": "832019e32cac12eb318964f96f469034acb12d0348eeddc3831831a100cb4dd4",
    "en-us/variances": "b00d696f85e96834fc10f8e5f06428d8c4db6bffdbe5845b6f69bf6efbc48fa5",
    "en-us/sendump": "8c9564c0d5bef69ca9d9bf1014abe162f071644cf02cf1fa8a483c3dc165a7a8",
    "en-us/transition_matrices": "c1f7f28ea43177be734be1f88bd7f1b9a853d0e660f8599c67c6eaeca8bb539a",
    "en-us/feat.params": "c982c5f75e2a30c34d2c9ef1f6b129a5a00e67e3e927565076b58664cc2404c9",
    "en-us/noisedict": "7295b07df2c204c4f87c6782b6be1a3859d7006d4e3864181c955d6dab105a33",
    "en-us.lm.bin": "db21d0642286677699e6dbc859d2e5395570222361999387ce60f6e1d01995d6",
    "cmudict-en-us.dict": "20b5c293e1f311fb375fe067e500ec5636f4fc7af5594967263696def9b23bfe",
}
"""SHA-256 of the packaged model's files."""


@dataclass(frozen=True, slots=True)
class PocketSphinxConfig:
    """Settings of the backend.

    There is none for another model: the library ends the whole process where one of its files is damaged, so it gets
    only files that are known.
    """

    partials: bool = False
    """Words while somebody speaks. All of the sound is then read again and again, at a third of its length."""
    surety: Share = 0.75
    """How sure a text counts: the library's own probability was 0.001 for "close the blinds", heard rightly.
    From ``turns.accept_follow_up`` on, orders are taken where nobody said the wake phrase."""


class PocketSphinx(TextRecognizer):
    """PocketSphinx with its language model, without a grammar: a text that is a sentence of it is a reading.

    Raises:
        ModelError: the model is missing or damaged.
        BackendError: pocketsphinx is not installed.
    """

    licence = "BSD-2-Clause"

    def __init__(self, config: PocketSphinxConfig | None = None, grammar: Constraints | None = None) -> None:
        self.config = config or PocketSphinxConfig()
        decoder = decoder_class("asr")
        files = {name: model_file(name) for name in LOCK}
        capabilities = Capabilities(
            streaming=False, languages=("en",), grammar=False, licence=self.licence,
            model_mb=sum(file.stat().st_size for file in files.values()) / 1e6,
        )
        transcriber = _Sphinx(decoder, files, self.config.surety)
        super().__init__(transcriber, capabilities, grammar, partials=self.config.partials)


class _Sphinx:
    def __init__(self, decoder: type[Any], files: Mapping[str, Path], surety: float) -> None:
        self._surety = surety
        self._decoder: Any = decoder(
            hmm=str(files["en-us/mdef"].parent), lm=str(files["en-us.lm.bin"]), dict=str(files["cmudict-en-us.dict"]),
            loglevel="FATAL",
        )

    def transcribe(self, sound: Floats) -> Transcript:
        """Write down what is said; given whole, each sound is normalised by itself and leaves nothing behind."""
        pcm = np.clip(np.round(sound * 32768.0), -32768, 32767).astype(np.int16)
        self._decoder.start_utt()
        self._decoder.process_raw(pcm.tobytes(), no_search=False, full_utt=True)
        self._decoder.end_utt()
        found = self._decoder.hyp()
        return Transcript(found.hypstr, self._surety) if found is not None else Transcript()


def model_file(name: str) -> Path:
    """A file of the packaged model, its content checked.

    Raises:
        ModelError: it is missing or damaged.
    """
    return packaged_file(PACKAGE, f"{INSIDE}/{name}", LOCK[name], requirement=REQUIREMENT)


def decoder_class(kind: str) -> type[Any]:
    """The library's decoder.

    Raises:
        BackendError: pocketsphinx is not installed.
    """
    try:
        from pocketsphinx import Decoder
    except ImportError as error:
        mend = install_command("pocketsphinx")
        raise BackendError(str(error), where=f"{kind} pocketsphinx", mend=mend) from error
    return Decoder  # type: ignore[no-any-return]
