"""A voice that was made: a folder with its profile, its style and its card, which any machine can take over.

``profile.yaml`` says how it speaks, where it comes from, who consented, and what was measured; ``style.npy`` is read as
numbers, never executed. Reading proves both, so a damaged folder is named and the assistant goes on with another voice.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import yaml

from assistant.errors import ModelError
from assistant.packaged import file_sha256
from assistant.paths import data_dir, folders
from assistant.tts.clone.files import write_whole
from assistant.tts.kokoro import STYLE_FILE
from assistant.yamlfile import load_yaml, nearest

PROFILE_FILE, CARD_FILE = "profile.yaml", "CARD.md"
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
UNVERIFIED = "unverified"
LICENCE = "Kokoro-82M: Apache-2.0; the voice itself belongs to the person"


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of a made voice."""

    name: str
    grade: str
    """``fitted``."""
    made: str
    """Date, ISO."""
    source: str
    """Which recordings: how many, how long."""
    sha256: str
    """Of the style."""
    consent: str = UNVERIFIED
    """Who, when and with which word; ``unverified`` where nobody read the sentence."""
    measured: dict[str, float] = field(default_factory=dict)

    @property
    def private(self) -> bool:
        """Whether it may not leave this machine."""
        return self.consent == UNVERIFIED


def check_name(name: str) -> str:
    """The name, if a folder can bear it.

    Raises:
        ModelError: it cannot.
    """
    if not NAME.fullmatch(name):
        raise ModelError(f"{name!r} is no name for a voice", mend="small letters, digits, - and _, 40 at most")
    return name


def voice_folder(name: str) -> Path:
    """Where a voice of this name is made."""
    return data_dir() / "voices" / check_name(name)


def made_voices() -> list[Profile | ModelError]:
    """All that were made here; what cannot be read is told as its error."""
    found: dict[str, Profile | ModelError] = {}
    for folder in folders("voices"):
        for file in sorted(folder.glob(f"*/{PROFILE_FILE}")):
            try:
                found.setdefault(file.parent.name, read_profile(file.parent))
            except ModelError as error:
                found.setdefault(file.parent.name, error)
    return list(found.values())


def find_voice(name: str) -> Path:
    """The folder of a made voice, proved.

    Raises:
        ModelError: there is none of this name, or it is damaged.
    """
    for folder in folders("voices"):
        if (folder / check_name(name) / PROFILE_FILE).is_file():
            read_profile(folder / name)
            return folder / name
    known = sorted(file.parent.name for folder in folders("voices") for file in folder.glob(f"*/{PROFILE_FILE}"))
    raise ModelError(f"there is no voice {name!r}", mend=nearest(name, known) if known else "assistant voices clone")


def write_profile(folder: Path, profile: Profile) -> None:
    """Write profile and card.

    Raises:
        ModelError: they cannot be written.
    """
    text = yaml.safe_dump(asdict(profile), sort_keys=False, allow_unicode=True)
    write_whole(folder / CARD_FILE, card(profile).encode())
    write_whole(folder / PROFILE_FILE, text.encode())


def read_profile(folder: Path) -> Profile:
    """The profile of a voice's folder, its style proved to be the one that was made.

    Raises:
        ModelError: something is missing or damaged.
    """
    mend = "copy the folder again, or make the voice again: assistant voices clone"
    data: Any = load_yaml(folder / PROFILE_FILE, ModelError).data
    try:
        profile = Profile(**data)
    except TypeError as error:
        raise ModelError(f"is no profile of a voice: {error}", where=str(folder / PROFILE_FILE), mend=mend) from error
    style = folder / STYLE_FILE
    if not style.is_file() or file_sha256(style) != profile.sha256:
        raise ModelError(f"{STYLE_FILE} is missing or damaged", where=str(folder), mend=mend)
    return profile


def export(name: str, target: Path) -> None:
    """Copy a voice for another machine.

    Raises:
        ModelError: nobody consented, or it cannot be written.
    """
    folder = find_voice(name)
    if read_profile(folder).private:
        raise ModelError(f"{name} stays on this machine: nobody consented to it",
                         mend=f"assistant voices consent {name} --reading FILE")
    part, copy = target / f"{name}.part", target / name
    if copy.exists():
        raise ModelError("is there already", where=str(copy), mend="take another folder")
    try:
        shutil.copytree(folder, part)
        part.rename(copy)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise ModelError(f"cannot be copied: {error}", where=str(target)) from error


def card(profile: Profile) -> str:
    """The card, for people."""
    measured = "\n".join(f"- {name.replace('_', ' ')}: {value:.3g}" for name, value in profile.measured.items())
    return f"""# {profile.name}

A voice that resembles a person; it is not a convincing copy.

- made: {profile.made}, grade "{profile.grade}"
- from: {profile.source}
- consent: {profile.consent}
- licence: {LICENCE}

Measured:

{measured or "- nothing yet"}
"""
