"""A person to a file, and from one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import ConfigError, ModelError, StoreError
from assistant.people.private import write_new
from assistant.people.transfer import LARGEST, exported, imported

if TYPE_CHECKING:
    from assistant.people.register import Person, Register
    from assistant.speaker.scoring import Voiceprint


async def write(register: Register, name: str, path: Path, words: str) -> None:
    """Write the file, whole or not at all; nobody else may read it.

    Raises:
        AssistantError: there is no such person or voice, or the file cannot be written.
    """
    person = await register.find(name)
    voices = {embedder: (await register.voices(embedder))[person.name] for embedder in person.voices or {}}
    write_new(path, exported(person, voices, words))


async def read(register: Register, path: Path, words: str) -> Person:
    """Take the person of a file in, whole or not at all.

    Raises:
        AssistantError: it is no such file, somebody has the name, or it cannot be kept.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", where=str(path)) from error
    try:
        name, groups, voices = imported(data, words)
        for voice in voices.values():
            _check(voice)
    except ConfigError as error:
        raise ConfigError(error.what, where=str(path), mend=error.mend) from error
    person = await register.add(name, groups)
    try:
        for voice in voices.values():
            await register.keep(person, voice)
    except StoreError:
        await register.drop(person)
        raise
    return await register.find(name)


def _check(voice: Voiceprint) -> None:
    """Raises ConfigError where it cannot be compared with what its embedder hears here."""
    from assistant.speaker.calibration import calibration_of

    try:
        wanted = calibration_of(voice.embedder).cohort.shape[1]
    except ModelError:  # of an embedder that only the other machine has
        return
    if voice.embeddings.shape[1] != wanted:
        raise ConfigError(f"a voice of {voice.embedder} has {wanted} numbers, and this one {voice.embeddings.shape[1]}",
                          mend="enrol again: assistant people enrol NAME")
