"""A person in a file, to take along: name, groups and voices, sealed by words that only who exports them knows."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.errors import ConfigError
from assistant.people.register import NUMBERS, Person
from assistant.speaker.scoring import Voiceprint

VERSION = 1
SHORTEST_WORDS = 8
"""Characters of the words; a voice cannot be changed once somebody has it."""
LARGEST = 8 << 20
"""Bytes of a file that are read."""
N, R, P = 2**15, 8, 1
"""scrypt's cost: 32 MiB and a tenth of a second for each guess."""
MEMORY = 64 << 20
FORMAT: Literal["voice-assistant person"] = "voice-assistant person"
ABOUT = FORMAT.encode()


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Voice(_Strict):
    embedder: Annotated[str, Field(min_length=1, max_length=100)]
    seconds: Annotated[float, Field(gt=0, le=100_000)]
    count: Annotated[int, Field(ge=1, le=1000)]
    numbers: Annotated[str, Field(max_length=LARGEST)]


class _Person(_Strict):
    name: Annotated[str, Field(max_length=100)]
    groups: tuple[str, ...]
    voices: Annotated[tuple[_Voice, ...], Field(min_length=1, max_length=20)]


class _File(_Strict):
    format: Literal["voice-assistant person"]
    version: int
    salt: Annotated[str, Field(max_length=100)]
    sealed: Annotated[str, Field(max_length=LARGEST)]


def exported(person: Person, voices: Mapping[str, Voiceprint], words: str) -> bytes:
    """The file.

    Args:
        voices: by embedder.

    Raises:
        ConfigError: the words are too few, or there is no voice.
    """
    if len(words) < SHORTEST_WORDS:
        raise ConfigError(f"the words are too short: at least {SHORTEST_WORDS} characters")
    if not voices:
        raise ConfigError(f"the voice of {person.name} is not known", mend=f"assistant people enrol {person.name}")
    plain = _Person(name=person.name, groups=person.groups, voices=tuple(
        _Voice(embedder=embedder, seconds=voice.seconds, count=len(voice.embeddings),
               numbers=base64.b64encode(np.ascontiguousarray(voice.embeddings, NUMBERS).tobytes()).decode())
        for embedder, voice in voices.items()
    )).model_dump_json().encode()
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    sealed = nonce + _cipher(words, salt).encrypt(nonce, plain, ABOUT)
    file = _File(format=FORMAT, version=VERSION, salt=salt.hex(), sealed=base64.b64encode(sealed).decode())
    return file.model_dump_json().encode()


def imported(data: bytes, words: str) -> tuple[str, tuple[str, ...], dict[str, Voiceprint]]:
    """Name, groups, and voices by embedder.

    Raises:
        ConfigError: it is no such file, the words are others, or what is in it cannot be a voice.
    """
    if len(data) > LARGEST:
        raise ConfigError("this is no exported person: it is too large")
    try:
        file = _File.model_validate_json(data)
        salt, sealed = bytes.fromhex(file.salt), base64.b64decode(file.sealed, validate=True)
    except (ValidationError, ValueError) as error:
        raise ConfigError("this is no exported person", mend="assistant people export NAME FILE") from error
    if file.version != VERSION:
        raise ConfigError(f"it is of version {file.version}, and {VERSION} is read here", mend="install the newer one")
    return _opened(salt, sealed, words)


def _opened(salt: bytes, sealed: bytes, words: str) -> tuple[str, tuple[str, ...], dict[str, Voiceprint]]:
    from cryptography.exceptions import InvalidTag

    try:
        plain = _cipher(words, salt).decrypt(sealed[:12], sealed[12:], ABOUT)
    except (InvalidTag, ValueError) as error:
        raise ConfigError("these are not the words that it was exported with, or it was changed") from error
    try:
        person = _Person.model_validate_json(plain)
        return person.name, person.groups, {one.embedder: _voice(one) for one in person.voices}
    except ValueError as error:
        raise ConfigError("what is in it is no voice") from error


def _voice(kept: _Voice) -> Voiceprint:
    """Raises ValueError where the numbers are none of a voice."""
    numbers = np.frombuffer(base64.b64decode(kept.numbers, validate=True), NUMBERS).reshape(kept.count, -1)
    if not np.isfinite(numbers).all() or not np.allclose(np.linalg.norm(numbers, axis=1), 1.0, atol=0.01):
        raise ValueError("no unit vectors")
    return Voiceprint(numbers.astype(np.float32), kept.embedder, kept.seconds)


def _cipher(words: str, salt: bytes) -> Any:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(hashlib.scrypt(words.encode(), salt=salt, n=N, r=R, p=P, maxmem=MEMORY, dklen=32))
