"""The folder that a training works in: it belongs to one set of settings, with which a broken-off run goes on."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import ModelError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

SETTINGS = "settings.json"


def claim(folder: Path, settings: DataclassInstance) -> None:
    """Make the folder, or make sure that it is of these settings.

    Raises:
        ModelError: it holds a training with others.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path, told = folder / SETTINGS, json.dumps(asdict(settings), indent=1)
    if not path.exists():
        path.write_text(told, "utf-8")
    elif path.read_text("utf-8") != told:
        raise ModelError("holds a training with other settings", where=str(path), mend="take another folder")
