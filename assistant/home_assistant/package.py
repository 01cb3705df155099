"""What the package home-assistant-intents holds: a file of sentences and answers for each of 65 languages."""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from assistant.errors import GrammarError

PACKAGE = "home-assistant-intents"
OPEN = re.compile(
    r"timer_command|\{zone|^([\[(][^\])]*[\])] *)*\{(timer_name|message|search_query|shopping|todo)"
)
"""Sentences that begin with anything at all, or hide another list in open words: they would fit whatever is said."""


@cache
def languages() -> tuple[str, ...]:
    """Languages of the package, as it spells them: ``en``, ``de-CH``.

    Raises:
        GrammarError: it is not installed.
    """
    return tuple(sorted(file.stem for file in _folder().glob("*.json")))


def language_of(wanted: str) -> str:
    """The package's language for one of the configuration: ``de`` for ``de-AT``; empty if it has none."""
    known = {name.casefold(): name for name in languages()}
    return known.get(wanted.casefold()) or known.get(wanted.split("-")[0].casefold(), "")


def package_data(language: str) -> dict[str, Any]:
    """A language's file as it is.

    Raises:
        GrammarError: the package or the language is not there.
    """
    try:
        data: dict[str, Any] = json.loads((_folder() / f"{language}.json").read_text("utf8"))
    except OSError as error:
        mend = f"one of: {', '.join(languages())}"
        raise GrammarError(f"there are no sentences for {language!r}", where=PACKAGE, mend=mend) from error
    return data


@lru_cache(maxsize=4)
def responses(language: str) -> dict[str, Any]:
    """Answers as Jinja2 templates: ``intents`` by intent and name, ``errors`` by name. Raises as ``package_data``."""
    data: dict[str, Any] = package_data(language)["responses"]
    return data


def sentence_data(language: str) -> dict[str, Any]:
    """A language's file without its open sentences. Raises as ``package_data``."""
    data = package_data(language)
    for intent in data["intents"].values():
        for block in intent["data"]:
            block["sentences"] = [text for text in block["sentences"] if not OPEN.search(text)]
        intent["data"] = [block for block in intent["data"] if block["sentences"]]
    return data


def _folder() -> Path:
    spec = find_spec("home_assistant_intents")
    if spec is None or spec.origin is None:
        raise GrammarError(f"{PACKAGE} is not installed", mend=f"pip install {PACKAGE}")
    return Path(spec.origin).parent / "data"
