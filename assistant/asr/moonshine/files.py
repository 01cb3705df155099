"""Where Moonshine's files are, and whether they are the ones this code was measured with."""

from __future__ import annotations

from pathlib import Path

from assistant.errors import ModelError
from assistant.packaged import file_sha256, packaged_file

PACKAGE = "moonshine_voice"
INSIDE = "assets/tiny-en"
REQUIREMENT = "moonshine-voice==0.0.73"

ENCODER = "encoder_model.ort"
DECODER = "decoder_model_merged.ort"
TOKENIZER = "tokenizer.bin"

LOCK = {
    ENCODER: "94e90a4654fc45cdfedb77c4c08e1739f48862998e58fada384b25118134f221",
    DECODER: "cf524c4862d36e9e5ab032eddc73637efd822d70e868ac575cf1a46e1e4708a0",
    TOKENIZER: "6884b35fd6377d4c4d32336a0bc152f36b64d1e45b6503683cdc238250a8472d",
}
"""SHA-256 of each file. The package is one vendor's and may change under the same name."""


def model_files(folder: Path | None = None) -> dict[str, Path]:
    """Paths of the model's files by name, each compared with its locked hash.

    Args:
        folder: where they are; None for the installed package, which is not imported: it would start a native library.

    Raises:
        ModelError: the package or a file is missing, unreadable or not the one that is expected.
    """
    if folder is not None:
        return {name: _checked(folder / name, digest) for name, digest in LOCK.items()}
    return {
        name: packaged_file(PACKAGE, f"{INSIDE}/{name}", digest, requirement=REQUIREMENT)
        for name, digest in LOCK.items()
    }


def _checked(path: Path, digest: str) -> Path:
    mend = f"copy it again from {REQUIREMENT}"
    try:
        found = file_sha256(path)
    except OSError as error:
        raise ModelError(f"cannot be read: {error.strerror}", where=str(path), mend=mend) from error
    if found != digest:
        raise ModelError("the file is damaged or of another version", where=str(path), mend=mend)
    return path
