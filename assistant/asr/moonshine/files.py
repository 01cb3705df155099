"""Where Moonshine's files are, and whether they are the ones this code was measured with."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path

from assistant.errors import ModelError

PACKAGE = "moonshine-voice==0.0.73"
INSTALL = f"pip install {PACKAGE}"

ENCODER = "encoder_model.ort"
DECODER = "decoder_model_merged.ort"
TOKENIZER = "tokenizer.bin"

LOCK = {
    ENCODER: "94e90a4654fc45cdfedb77c4c08e1739f48862998e58fada384b25118134f221",
    DECODER: "cf524c4862d36e9e5ab032eddc73637efd822d70e868ac575cf1a46e1e4708a0",
    TOKENIZER: "6884b35fd6377d4c4d32336a0bc152f36b64d1e45b6503683cdc238250a8472d",
}
"""SHA-256 of each file. The package is one vendor's and may change under the same name."""


def default_folder() -> Path:
    """The model's folder inside the installed package, found without importing it: its import starts a native library.

    Raises:
        ModelError: the package is not installed.
    """
    spec = importlib.util.find_spec("moonshine_voice")
    if spec is None or spec.origin is None:
        raise ModelError("the package moonshine-voice is not installed", where="Moonshine tiny", mend=INSTALL)
    return Path(spec.origin).parent / "assets" / "tiny-en"


def checked(folder: Path) -> dict[str, Path]:
    """Paths of the model's files by name, each compared with its locked hash.

    Raises:
        ModelError: a file is missing, unreadable or not the one that is expected.
    """
    return {name: _checked(folder / name, digest) for name, digest in LOCK.items()}


def _checked(path: Path, digest: str) -> Path:
    mend = f"install the version this was made for again: {INSTALL} --force-reinstall"
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"cannot be read: {error.strerror}", where=str(path), mend=mend) from error
    if found != digest:
        raise ModelError(f"is damaged or another version: SHA-256 {found[:12]}... is not {digest[:12]}...",
                         where=str(path), mend=mend)
    return path
