"""Reads labelled sentences: our own JSON and TSV, and the files of CLINC150 and of the Snips benchmark as they are.

Our own: a JSON list of ``{"text": ..., "intent": ..., "slots": {name: words}}``, ``oos`` as the intent of what is out
of scope; or TSV with the columns ``text``, ``intent`` and, if there are any, ``slots`` (a JSON object).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import ConfigError
from assistant.nlu.base import Example, Slot

FORMATS = "see assistant/nlu/corpora.py for what may be given"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence of a file."""

    example: Example
    values: Mapping[str, Any]
    """Its slots as the file has them, said in the text or not."""


def read_examples(*paths: Path) -> list[Example]:
    """What a model learns from the sentences of ``read_labelled``; raises as it does."""
    return [one.example for path in paths for one in read_labelled(path)]


def read_labelled(path: Path) -> list[Labelled]:
    """Sentences of a file, or of all JSON and TSV files of a folder.

    Raises:
        ConfigError: it cannot be read, or is of none of the formats; says which entry.
    """
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix in (".json", ".tsv"))
        return [one for file in files for one in read_labelled(file)]
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", where=str(path)) from error
    except UnicodeDecodeError as error:
        raise ConfigError("is not UTF-8 text", where=str(path)) from error
    return list(_table(text, path) if path.suffix == ".tsv" else _json(text, path))


def _json(text: str, path: Path) -> Iterator[Labelled]:
    try:
        data = json.loads(text)
    except ValueError as error:
        raise ConfigError(f"is not JSON: {error}", where=str(path)) from error
    if isinstance(data, dict):
        for intent, entries in data.items():
            for number, entry in enumerate(_list(entries, f"intent {intent}", path)):
                yield _snips(intent, entry, f"{path}, entry {number + 1} of {intent}")
        return
    for number, entry in enumerate(_list(data, "the file", path)):
        yield _entry(entry, f"{path}, entry {number + 1}")


def _list(data: Any, what: str, path: Path) -> list[Any]:
    if not isinstance(data, list):
        raise ConfigError(f"{what} must be a list, not {type(data).__name__}", where=str(path), mend=FORMATS)
    return data


def _entry(entry: Any, where: str) -> Labelled:
    if isinstance(entry, list) and len(entry) == 2 and all(isinstance(part, str) for part in entry):
        return Labelled(Example(entry[0], entry[1]), {})
    if not isinstance(entry, dict):
        raise ConfigError("must be an object with text and intent, or a pair of both", where=where, mend=FORMATS)
    text, intent = entry.get("text"), entry.get("intent")
    if not isinstance(text, str) or not isinstance(intent, str):
        raise ConfigError("needs a text and an intent", where=where, mend=FORMATS)
    values = _slots(entry.get("slots"), where)
    return Labelled(Example(text, intent, tuple(_found(text, values))), values)


def _slots(slots: Any, where: str) -> Mapping[str, Any]:
    if slots is not None and not isinstance(slots, dict):
        raise ConfigError("slots must be an object of names and words", where=where, mend=FORMATS)
    return slots or {}


def _found(text: str, slots: Mapping[str, Any]) -> Iterator[Slot]:
    """The slots whose words stand in the text; a value that nobody said teaches no words."""
    low = text.lower()
    for name, value in slots.items():
        at = low.find(str(value).lower())
        if at >= 0 and str(value):
            yield Slot(name, at, at + len(str(value)))


def _snips(intent: str, entry: Any, where: str) -> Labelled:
    if not isinstance(entry, dict) or not isinstance(entry.get("data"), list):
        raise ConfigError("needs a list called data", where=where, mend=FORMATS)
    text, slots = "", list[Slot]()
    for part in entry["data"]:
        if not isinstance(part, dict) or not isinstance(part.get("text"), str):
            raise ConfigError("has a part without a text", where=where, mend=FORMATS)
        piece = part["text"]
        start = len(text) + len(piece) - len(piece.lstrip())
        if part.get("entity") and piece.strip():
            slots.append(Slot(part["entity"], start, start + len(piece.strip())))
        text += piece
    example = Example(text, intent, tuple(slots))
    return Labelled(example, example.values())


def _table(text: str, path: Path) -> Iterable[Labelled]:
    rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    for row in rows:
        where = f"{path}:{rows.line_num}"
        try:
            slots = json.loads(row.get("slots") or "{}")
        except ValueError as error:
            raise ConfigError(f"slots are not JSON: {error}", where=where) from error
        yield _entry({"text": row.get("text"), "intent": row.get("intent"), "slots": slots}, where)
