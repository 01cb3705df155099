"""Homes in four languages, the package's sentences over them, and what people say there with what it means."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from assistant.bench.intent_links import Settled
from assistant.grammar.base import Match, View
from assistant.grammar.grammar import Grammar
from assistant.home.schema import Household
from assistant.home.vocabulary import vocabulary
from assistant.home_assistant.sentences import SKILL, WRITTEN, home_assistant_sentences, without_skipped

HERE = Path(__file__).parent


class Said(NamedTuple):
    """A sentence, the room it is said in, and what it means in Home Assistant's words."""

    text: str
    area: str
    intent: str
    slots: dict[str, Any]


def said(language: str) -> list[Said]:
    """The sentences of a language."""
    with (HERE / "said" / f"{language}.tsv").open(encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Said(row["text"], row["area"], row["intent"], json.loads(row["slots"])) for row in rows]


@cache
def home(language: str) -> Settled:
    """The home of a language."""
    return Settled(Household.load(HERE / ("home.yaml" if language == "en" else f"home.{language}.yaml")))


@cache
def grammar(language: str) -> Grammar:
    """All sentences of the package over that home."""
    made = Grammar()
    for name, values in vocabulary(home(language)).items():
        made.set_list(name, values)
    made.set_sentences(SKILL, home_assistant_sentences(language))
    return made


def meanings(language: str, text: str, area: str = "") -> list[Match]:
    """What a sentence means in writing."""
    view = View(("order", WRITTEN), area)
    return grammar(language).match(text, view) or grammar(language).match(without_skipped(text, language), view)
