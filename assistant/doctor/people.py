"""Who lives here: whether the rules are right, and whether everybody's voice can be told."""

from __future__ import annotations

import json
from collections.abc import Iterator

from assistant.config import Config
from assistant.doctor.finding import Finding, bad, good, note
from assistant.errors import AssistantError, StoreError
from assistant.store.beside import opened

NAME = "people"


def people(config: Config) -> Iterator[Finding]:
    """The rules, the key of the voices, and voices that another backend has heard."""
    from assistant.people.register import key_file
    from assistant.people.rules import check_names, rules_file

    known, voices = _known(config)
    path = config.people.rules or rules_file()
    try:
        check_names(path, [*known, *{group for groups in known.values() for group in groups}])
    except AssistantError as error:
        yield bad(NAME, f"{error.where}: {error.what}", error.mend)
    heard = [name for name, embedders in voices.items() if embedders]
    if not heard:
        yield good(NAME, "nobody's voice is known: everybody may everything, what is risky is asked about")
        return
    if not key_file().is_file():
        yield bad(NAME, f"{key_file()}: the key of the voices is lost: everybody is a guest",
                  "put it back, or forget the people and enrol them again")
        return
    backend = config.speaker.backend
    others = [name for name in heard if backend not in {one.partition("/")[0] for one in voices[name]}]
    for name in others:
        yield note(NAME, f"{name} was never heard by {backend}, and is a guest to it", f"assistant people enrol {name}")
    if not others:
        yield good(NAME, f"{len(heard)} are known by voice; rules: {path}")


def _known(config: Config) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Everybody's groups, and what has heard their voices, by name; nobody before the first start."""
    try:
        with opened(config.store_path) as database:
            if database is None:
                return {}, {}
            tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master").fetchall()}
            if "people" not in tables:
                return {}, {}
            people = database.execute("SELECT id, name, groups FROM people").fetchall()
            heard = database.execute("SELECT person, embedder FROM voiceprints").fetchall()
    except StoreError:
        return {}, {}  # the check of the disk tells of it
    groups = {name: json.loads(listed) for _, name, listed in people}
    return groups, {name: [one for person, one in heard if person == number] for number, name, _ in people}
