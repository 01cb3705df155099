"""Consent: a sentence that only the person can have read aloud, for this voice, on this day."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from assistant.audio.frames import Pcm
from assistant.edits import edits
from assistant.errors import ModelError
from assistant.tts.clone.files import write_whole
from assistant.tts.clone.judge import Judge
from assistant.tts.clone.recordings import SOMEBODY_ELSE
from assistant.yamlfile import load_yaml

REQUEST_FILE = "consent.yaml"
WORDS = (
    "river", "copper", "garden", "winter", "marble", "velvet", "harbour", "pepper", "lantern", "meadow", "orange",
    "silver", "thunder", "violin", "walnut", "cactus",
)
"""One is drawn, so that no older recording will do."""
MOST_WRONG = 0.25
"""Share of the letters that the recogniser may hear otherwise; the drawn word must be there whole."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be read aloud."""

    name: str
    day: date
    word: str

    @property
    def sentence(self) -> str:
        return (f"My name is {self.name}, today is {self.day:%B} {self.day.day}, "
                f"and I agree that this assistant speaks with my voice. The word is {self.word}.")


def request(name: str, day: date) -> Request:
    """A sentence with a word drawn at random."""
    return Request(name, day, secrets.choice(WORDS))


def check(
    asked: Request, sound: Pcm, references: list[Pcm], judge: Judge, write: Callable[[Pcm], str]
) -> str:
    """Why a reading is no consent; empty if it is.

    Args:
        references: the recordings that the voice is made of.
        write: takes speech down.
    """
    heard = _letters(write(sound))
    if asked.word not in heard.split():
        return f"the word {asked.word!r} was not heard"
    wanted = _letters(asked.sentence)
    wrong = edits(wanted.replace(" ", ""), heard.replace(" ", "")) / len(wanted.replace(" ", ""))
    if wrong > MOST_WRONG:
        return f"another sentence was heard: {heard!r}"
    if float(judge.embed(sound) @ judge.embed_all(references)) < SOMEBODY_ELSE:
        return "the recordings are of somebody else than who read the sentence"
    return ""


def _letters(text: str) -> str:
    kept = "".join(character if character.isalnum() else " " for character in text.lower())
    return " ".join(kept.split())


def ask(folder: Path, asked: Request) -> None:
    """Note in a voice's folder what is to be read aloud.

    Raises:
        ModelError: it cannot be written.
    """
    note = {"name": asked.name, "day": asked.day.isoformat(), "word": asked.word}
    write_whole(folder / REQUEST_FILE, yaml.safe_dump(note, allow_unicode=True).encode())


def asked(folder: Path) -> Request:
    """What a voice's person was asked to read aloud.

    Raises:
        ModelError: nothing, or the note is damaged.
    """
    note = load_yaml(folder / REQUEST_FILE, ModelError).data
    try:
        return Request(str(note["name"]), date.fromisoformat(note["day"]), str(note["word"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError("the note of what is to be read is damaged", where=str(folder / REQUEST_FILE)) from error
