"""Reads a CTranslate2 model file: the variables of ``model.bin`` as arrays.

The layout is that of ``ctranslate2/specs/model_spec.py`` (``ModelSpec._serialize``), binary version 6, little-endian:
version, name and revision of the specification, then each variable (name, rank, dimensions, type, bytes), then aliases
of variables. A string is its length with the closing zero (uint16), its bytes and the zero.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from assistant.errors import ModelError

BINARY_VERSION = 6
TYPES = {0: "<f4", 1: "<i1", 2: "<i2", 3: "<i4", 4: "<f2"}
"""Type numbers of variables; 5, bfloat16, is none that numpy has."""
Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Ct2File:
    """What a model file holds."""

    specification: str
    """``WhisperSpec`` for Whisper."""
    revision: int
    variables: dict[str, Array]
    aliases: dict[str, str]
    """Of those, the names that share another's array: tied embeddings, and whatever happens to be equal."""


def read_ct2(path: Path) -> Ct2File:
    """Read a model file whole.

    Raises:
        ModelError: it cannot be read, is cut short, or is of another version.
    """
    try:
        with path.open("rb") as file:
            return _read(file)
    except OSError as error:
        raise ModelError(f"cannot be read: {error.strerror}", where=str(path)) from error
    except (struct.error, ValueError, KeyError) as error:
        mend = f"it has to be a CTranslate2 model of binary version {BINARY_VERSION}, whole"
        raise ModelError(f"is no such model file: {error}", where=str(path), mend=mend) from error


def _read(file: BinaryIO) -> Ct2File:
    version = _number(file, "I")
    if version != BINARY_VERSION:
        raise ValueError(f"its binary version is {version}")
    specification, revision = _string(file), _number(file, "I")
    variables = dict(_variable(file) for _ in range(_number(file, "I")))
    aliases = {_string(file): _string(file) for _ in range(_number(file, "I"))}
    shared = {name: variables[other] for name, other in aliases.items()}
    return Ct2File(specification, revision, variables | shared, aliases)


def _variable(file: BinaryIO) -> tuple[str, Array]:
    name = _string(file)
    shape = tuple(_number(file, "I") for _ in range(_number(file, "B")))
    kind = np.dtype(TYPES[_number(file, "B")])
    length = _number(file, "I")
    return name, np.frombuffer(file.read(length), kind).reshape(shape)


def _string(file: BinaryIO) -> str:
    return file.read(_number(file, "H")).rstrip(b"\0").decode("utf-8")


def _number(file: BinaryIO, kind: str) -> int:
    pattern = f"<{kind}"
    (number,) = struct.unpack(pattern, file.read(struct.calcsize(pattern)))
    return int(number)
