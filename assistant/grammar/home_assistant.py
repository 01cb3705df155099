"""Home Assistant's own sentences (package home-assistant-intents) as rules of a grammar."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from assistant.errors import GrammarError
from assistant.grammar.sentences import Sentences, read_sentences

SKILL = "home assistant"
"""Owner of its rules and lists."""
PACKAGE = "home-assistant-intents"
_OPEN = re.compile(r"timer_command|\{zone|^(\[[^\]]*\] *)*\{(timer_name|message|search_query|shopping|todo)")
"""Sentences that begin with anything at all, or hide another list in open words: they would fit whatever is said."""


@cache
def home_assistant_sentences(language: str = "en") -> Sentences:
    """The sentences of a language, without those that any speech would fit.

    Raises:
        GrammarError: the package or the language is not there.
    """
    return read_sentences(sentence_data(language), SKILL, f"{language}.json")


def sentence_data(language: str) -> dict[str, Any]:
    """What the package says, less its open sentences; the keys of a sentence file.

    Raises:
        GrammarError: the package or the language is not there.
    """
    spec = find_spec("home_assistant_intents")
    if spec is None or spec.origin is None:
        raise GrammarError(f"{PACKAGE} is not installed", mend=f"pip install {PACKAGE}")
    file = Path(spec.origin).parent / "data" / f"{language}.json"
    try:
        data: dict[str, Any] = json.loads(file.read_text("utf8"))
    except OSError as error:
        raise GrammarError(f"there are no sentences for {language!r}", where=PACKAGE) from error
    for intent in data["intents"].values():
        for block in intent["data"]:
            block["sentences"] = [text for text in block["sentences"] if not _OPEN.search(text)]
        intent["data"] = [block for block in intent["data"] if block["sentences"]]
    return data
