"""A model's folder: what it holds, and whether that is what can be loaded."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import ModelError
from assistant.models.folder import model_folder as installed

CONFIG = "config.json"
WEIGHTS = ("model.safetensors", "model.safetensors.index.json")
"""In one file, or in several with an index. Nothing else is read: other formats can run code when they are opened."""
PICKLED = ("pytorch_model.bin", "pytorch_model.bin.index.json")
_LICENCE = re.compile(r"^license:\s*(\S+)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A folder with a model in it."""

    path: Path
    type: str
    """``model_type`` of its configuration: ``whisper``, ``moonshine``, ``wav2vec2``."""
    licence: str
    """As its model card says (``README.md``)."""
    megabytes: float


def model_folder(name: str) -> ModelFolder:
    """Look at a folder.

    Raises:
        ModelError: it is not there, holds no model, or one whose weights are pickled.
    """
    path = installed(name)
    if not path.is_dir():
        raise ModelError("there is no such folder", where=str(path), mend="name one that save_pretrained wrote")
    kind = str(read_json(path / CONFIG).get("model_type", ""))
    if not any((path / weights).is_file() for weights in WEIGHTS):
        pickled = any((path / weights).is_file() for weights in PICKLED)
        raise ModelError(
            "its weights are pickled, which could run code" if pickled else f"{WEIGHTS[0]} is missing", where=str(path),
            mend="load it once where it is trusted and save it: model.save_pretrained(folder)",
        )
    size = sum(file.stat().st_size for file in path.glob("*.safetensors")) / 1e6
    return ModelFolder(path, kind, _licence(path / "README.md"), size)


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file.

    Raises:
        ModelError: it is missing or damaged.
    """
    if not path.is_file():
        raise ModelError(f"{path.name} is missing", where=str(path.parent), mend="copy the whole folder")
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelError(f"cannot be read: {error}", where=str(path), mend="copy it again") from error
    if not isinstance(found, dict):
        raise ModelError("holds no settings", where=str(path), mend="copy it again")
    return found


def _licence(card: Path) -> str:
    found = _LICENCE.search(card.read_text(encoding="utf-8", errors="replace")) if card.is_file() else None
    return found[1] if found else "not stated"
