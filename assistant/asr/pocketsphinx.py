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
from assistant.errors import BackendError, ModelError
from assistant.grammar.base import Constraints
from assistant.packaged import packaged_file

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
ACOUSTIC = ("mdef", "means", "variances", "transition_matrices", "feat.params")
"""What every acoustic model holds."""


@dataclass(frozen=True, slots=True)
class PocketSphinxConfig:
    """Settings of the backend. A model of one's own is all three of its parts; the packaged one is English."""

    acoustic: str = ""
    """Folder of the acoustic model."""
    language_model: str = ""
    """File of the n-grams."""
    dictionary: str = ""
    """File of the words and how they are spoken."""
    language: str = "en"
    partials: bool = False
    """Words while somebody speaks. All of the sound is then read again every 300 ms, at a third of its length."""
    surety: float = 0.75
    """0 to 1, how sure a text counts: the library's own probability was 0.001 for "close the blinds", heard rightly.
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
        parts = _parts(self.config)
        capabilities = Capabilities(
            streaming=False, languages=(self.config.language,), grammar=False, licence=self.licence,
            model_mb=sum(_size(path) for path in parts.values()) / 1e6,
        )
        super().__init__(_Sphinx(parts, self.config.surety), capabilities, grammar, partials=self.config.partials)


class _Sphinx:
    def __init__(self, parts: Mapping[str, Path], surety: float) -> None:
        try:
            from pocketsphinx import Decoder
        except ImportError as error:
            mend = "pip install 'voice-assistant[pocketsphinx]'"
            raise BackendError(str(error), where="asr pocketsphinx", mend=mend) from error
        self._surety = surety
        try:
            self._decoder: Any = Decoder(**{name: str(path) for name, path in parts.items()}, loglevel="FATAL")
        except (RuntimeError, ValueError, OSError) as error:
            where = ", ".join(str(path) for path in parts.values())
            raise ModelError(f"cannot be loaded: {error}", where=where, mend="install it again") from error

    def transcribe(self, sound: Floats) -> Transcript:
        """Write down what is said; given whole, each sound is normalised by itself and leaves nothing behind."""
        pcm = np.clip(np.round(sound * 32768.0), -32768, 32767).astype(np.int16)
        self._decoder.start_utt()
        self._decoder.process_raw(pcm.tobytes(), no_search=False, full_utt=True)
        self._decoder.end_utt()
        found = self._decoder.hyp()
        return Transcript(found.hypstr, self._surety) if found is not None else Transcript()


def _parts(config: PocketSphinxConfig) -> dict[str, Path]:
    """The parts of a model by the library's names for them.

    Raises:
        ModelError: one is missing.
    """
    given = {"hmm": config.acoustic, "lm": config.language_model, "dict": config.dictionary}
    if not any(given.values()):
        for name, lock in LOCK.items():
            file = packaged_file(PACKAGE, f"{INSIDE}/{name}", lock, requirement=REQUIREMENT)
        folder = file.parent
        return {"hmm": folder / "en-us", "lm": folder / "en-us.lm.bin", "dict": folder / "cmudict-en-us.dict"}
    parts = {name: Path(path).expanduser() for name, path in given.items()}
    missing = [f"{config.acoustic or 'acoustic'}/{name}" for name in ACOUSTIC if not (parts["hmm"] / name).is_file()]
    missing += [given[name] or setting for name, setting in (("lm", "language_model"), ("dict", "dictionary"))
                if not parts[name].is_file()]
    if missing:
        mend = "write all of `acoustic`, `language_model` and `dictionary`, or none for the packaged model"
        raise ModelError(f"there is no {', no '.join(missing)}", where="asr pocketsphinx", mend=mend)
    return parts


def _size(path: Path) -> int:
    return sum(file.stat().st_size for file in ([path] if path.is_file() else path.iterdir()))
