"""A small household, Home Assistant's English sentences, and two vocabularies."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from assistant.grammar.base import Range, Rule, Value, Vocabulary, Wildcard
from assistant.grammar.grammar import Grammar
from assistant.grammar.sentences import read_sentences
from assistant.home_assistant.package import sentence_data

_ROOMS = "kitchen,living room,bedroom,bathroom,hallway,office,garage,attic,cellar,garden,dining room,guest room,nursery"
AREAS = [*_ROOMS.split(","), "laundry room", "terrace"]
KINDS = {
    "light": "ceiling light",
    "switch": "coffee machine",
    "cover": "blinds",
    "climate": "thermostat",
    "lock": "door lock",
    "fan": "fan",
    "media_player": "speaker",
    "sensor": "thermometer",
    "binary_sensor": "window contact",
    "vacuum": "robot",
    "scene": "movie scene",
    "todo": "shopping",
    "person": "anna",
}


def devices(count: int) -> list[Value]:
    """That many named devices, each kind in each area."""
    names = []
    for turn in range(count // (len(AREAS) * len(KINDS)) + 1):
        for area in AREAS:
            for domain, name in KINDS.items():
                said = f"{area} {name}" + (f" {turn + 1}" if turn else "")
                names.append(Value(said, said.replace(" ", "_"), {"domain": domain, "area": area}))
    return names[:count]


@pytest.fixture(scope="session")
def intents() -> dict[str, Any]:
    """Home Assistant's English sentences; without those that begin with a wildcard, or hide a list in one."""
    return sentence_data("en")


def household(data: dict[str, Any], count: int) -> Grammar:
    """Home Assistant's sentences beside some devices."""
    grammar = Grammar()
    grammar.set_list("name", devices(count))
    grammar.set_list("area", [Value(area, area) for area in AREAS])
    grammar.set_list("floor", [Value(floor, floor) for floor in ("ground floor", "first floor", "basement")])
    grammar.set_sentences("ha", read_sentences(data, "ha", "en.json"))
    return grammar


@pytest.fixture(scope="session")
def large(intents: dict[str, Any]) -> Grammar:
    return household(intents, 200)


@pytest.fixture
def home() -> Grammar:
    """Lamps, fans, a thermostat; two devices share the name "fan"."""
    grammar = Grammar()
    grammar.set_list(
        "name",
        [
            Value("kitchen light", "kitchen_light", {"domain": "light", "area": "kitchen"}),
            Value("bed[ ]room lamp", "bedroom_lamp", {"domain": "light", "area": "bedroom"}),
            Value("fan", "bedroom_fan", {"domain": "fan", "area": "bedroom"}),
            Value("fan", "kitchen_fan", {"domain": "fan", "area": "kitchen"}),
        ],
    )
    grammar.set_list("area", [Value("kitchen", "kitchen"), Value("bedroom", "bedroom")])
    grammar.set_list("note", Wildcard(), "home")
    grammar.set_list("level", Range(-10, 10, 5), "home")
    grammar.set_rules(
        "home",
        [
            Rule("home", "On", ("[please] (turn|switch) on [<the>] {name}[ in [<the>] {area}]",)),
            Rule("home", "Lights", ("turn on [all] [<the>] light[s]",), requires={"area": {"slot": True}}),
            Rule(
                "home", "Dim", ("(set|dim) [<the>] {name} to {0..100:level}[%| percent]",), requires={"domain": "light"}
            ),
            Rule("home", "Warm", ("set [<the>] {area} to {temperature}",)),
            Rule("home", "Timer", ("set [a] {duration} timer", "set [a] timer for {duration}[ (called|named) {note}]")),
            Rule("home", "Wake", ("wake me at {time_of_day}",)),
            Rule("home", "Volume", ("volume {level}",), slots={"what": "volume"}),
            Rule("home", "Yes", ("yes [please]", "do it"), scope="yes_no"),
        ],
        {"the": "(the|my)"},
    )
    return grammar


@pytest.fixture(scope="session")
def moonshine() -> Vocabulary:
    """The recogniser's 32,768 pieces."""
    spec = find_spec("moonshine_voice")
    assert spec is not None and spec.origin is not None
    raw, at, pieces = (Path(spec.origin).parent / "assets/tiny-en/tokenizer.bin").read_bytes(), 0, []
    while at < len(raw):
        length, at = raw[at], at + 1
        if length >= 128:
            length, at = length - 128 + 128 * raw[at], at + 1
        pieces.append(raw[at : at + length].decode("utf-8", "ignore").replace("\u2581", " "))
        at += length
    return Vocabulary(tuple(pieces), eos=2)


@pytest.fixture(scope="session")
def letters() -> Vocabulary:
    """A vocabulary of single characters and a few words."""
    characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 '-.,:?!%°/"
    return Vocabulary(("", "<s>", "</s>", *characters, " the", " turn", " on", "igh", "\n", '"'), eos=2)
