"""The transformers backend of the recogniser."""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from assistant.asr.base import Capabilities
from assistant.asr.constrained.recognizer import ConstrainedRecognizer
from assistant.asr.constrained.search import BeamConfig
from assistant.asr.transformers.config import TransformersConfig
from assistant.asr.transformers.files import ModelFolder, model_folder
from assistant.errors import BackendError, ModelError
from assistant.extras import install_command
from assistant.grammar.base import Constraints

FAMILIES = ("moonshine", "wav2vec2", "whisper")
"""Values of ``model_type`` that are understood; each is a module of this package."""
PACKAGES = ("torch", "transformers")


class TransformersRecognizer(ConstrainedRecognizer):
    """A Whisper, Moonshine or Wav2Vec2-CTC of one's own, with a grammar.

    Args:
        grammar: whose sentences may be said; None for open dictation only. May be edited between decodes.

    Raises:
        ModelError: the folder holds no such model, or not a whole one.
        BackendError: torch or transformers is not installed, or a setting is impossible.
    """

    def __init__(self, config: TransformersConfig, grammar: Constraints | None = None) -> None:
        self.config = config
        folder = model_folder(config.model)
        searcher = _searcher(folder, config)
        self.capabilities = Capabilities(
            streaming=True, languages=(config.language,), grammar=True, licence=folder.licence,
            model_mb=folder.megabytes,
        )
        super().__init__(searcher, searcher.pieces, BeamConfig(width=config.beam, thorough=3), grammar, config.language)


def _searcher(folder: ModelFolder, config: TransformersConfig) -> Any:
    if folder.type not in FAMILIES:
        raise ModelError(
            f"holds a model of type {folder.type!r}", where=str(folder.path), mend=f"takes {', '.join(FAMILIES)}"
        )
    missing = [package for package in PACKAGES if find_spec(package) is None]
    if missing:
        mend = install_command("transformers")
        raise BackendError(f"{' and '.join(missing)} not installed", where="asr transformers", mend=mend)
    # Read when the library is imported; a model comes from its folder and nowhere else.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    return import_module(f"{__package__}.{folder.type}").build(folder, config)
