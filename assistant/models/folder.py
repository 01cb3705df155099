"""The one question that backends ask: where does this model lie?"""

from __future__ import annotations

from pathlib import Path

from assistant.errors import ModelError
from assistant.models.lock import damage, models_dir, read_lock


def model_folder(model: str) -> Path:
    """Folder of an installed model by its id (``assistant models list``); of any other text, the folder it names.

    Only the files' sizes are compared here: hashing half a gigabyte at each start would be waited for. They were
    proved when they were installed, and ``assistant models verify`` proves them again.

    Raises:
        ModelError: the id is one of the catalogue's, and the model is not installed or not whole.
    """
    mend = f"assistant models install {model}"
    entry = read_lock().get(model)
    if entry is None:
        folder = Path(model).expanduser()
        if not folder.exists() and _in_catalogue(model):
            raise ModelError(f"{model} is not installed", mend=mend)
        return folder
    faults = damage(model, entry, thorough=False)
    if faults:
        raise ModelError(f"{model}: {', '.join(faults)}", where=str(models_dir() / model), mend=mend)
    return models_dir() / model


def _in_catalogue(model: str) -> bool:
    # Imported only for this: it brings libraries that a worker has no other use for.
    from assistant.models.catalogue import MODELS

    return any(model == known.id for known in MODELS)
