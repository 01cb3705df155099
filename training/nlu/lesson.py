"""The sentences in numbers, computed once and kept beside the run: five seconds for each thousand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from assistant.errors import ModelError
from assistant.nlu.base import Example
from assistant.nlu.encoder import Encoder
from assistant.nlu.intents import Features, spelled
from assistant.nlu.learning import Lesson, encode
from assistant.nlu.tagger import Read
from assistant.nlu.words import spelling, words_of

FILE = "sentences.npz"


def lesson(examples: Sequence[Example], encoder: Encoder, folder: Path, say: Callable[[str], None]) -> Lesson:
    """The examples encoded, from the folder if they are there.

    Raises:
        ModelError: the folder's file is damaged or of other sentences.
    """
    path = folder / FILE
    if path.exists():
        return _load(path, examples)
    made = encode(examples, encoder, say)
    words = [one.states for one in made.sentences]
    new = folder / f".{FILE}"
    with new.open("wb") as file:
        np.savez(file, states=made.features.states, words=np.concatenate(words) if words else np.zeros((0, 0)))
    new.replace(path)
    return made


def _load(path: Path, examples: Sequence[Example]) -> Lesson:
    try:
        with np.load(path, allow_pickle=False) as file:
            states, words = file["states"], file["words"]
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise ModelError(f"is damaged: {error}", where=str(path), mend="delete it") from error
    letters = np.stack([spelled(example.text) for example in examples])
    if len(states) != len(examples):
        raise ModelError("is of other sentences", where=str(path), mend="delete it")
    sentences, at = list[Read](), 0
    for example in examples if words.size else ():
        found = tuple(words_of(example.text))
        letter = spelling(found).astype(np.float16) if found else np.zeros((0, 0), np.float16)
        sentences.append(Read(found, words[at : at + len(found)], letter))
        at += len(found)
    return Lesson(list(examples), Features(states, letters), sentences)
