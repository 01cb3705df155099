"""What stands in the grammar beside the skill that is measured: a large home, and everything that may be said to it."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from assistant.grammar.grammar import Grammar
from assistant.home.schema import Area, Device, Floor, Group
from assistant.home.vocabulary import vocabulary
from assistant.home_assistant.sentences import SKILL, home_assistant_sentences
from assistant.paths import shipped_dir
from assistant.skills import builtin
from assistant.skills.loader import find_skills, load_skill

ROOMS = (
    "kitchen", "living room", "bedroom", "bathroom", "hallway", "office", "garage", "attic", "cellar", "garden",
    "dining room", "guest room", "nursery", "laundry room", "terrace",
)
FLOORS = ("ground floor", "first floor", "basement")
THINGS = (
    ("light", "ceiling light"), ("light", "reading lamp"), ("switch", "coffee machine"), ("cover", "blinds"),
    ("climate", "thermostat"), ("lock", "door lock"), ("switch", "fan"), ("switch", "radio"), ("light", "floor lamp"),
    ("sensor", "thermometer"), ("binary_sensor", "window contact"), ("switch", "heater"), ("light", "night light"),
    ("cover", "curtains"),
)
DEVICES = 200
OTHERS = (
    "music", "shopping", "weather", "alarms", "calendar", "recipes", "news", "radio", "podcasts", "reminders",
    "translation", "sums", "units", "jokes", "quiz", "vacuum", "television", "messages", "calls", "notes",
)
"""Skills that people add, as sentence files: each 4 to 8 intents with lists as long as they are in life."""
SENTENCES = Path(__file__).parent / "sentences"
"""Where those are."""


class LargeHome:
    """So many devices, each kind in each room before the next of a kind."""

    def __init__(self, devices: int = DEVICES) -> None:
        self.floors = {name: Floor(name=name) for name in FLOORS}
        self.areas = {room: Area(name=room, floor=FLOORS[n % len(FLOORS)]) for n, room in enumerate(ROOMS)}
        self.groups: dict[str, Group] = {}
        self.devices: dict[str, Device] = {}
        for turn in count(1):
            for kind, thing in THINGS:
                for room in ROOMS:
                    if len(self.devices) == devices:
                        return
                    name = f"{room} {thing}" + (f" {turn}" if turn > 1 else "")
                    device = Device.model_validate({
                        "id": name.replace(" ", "_"), "name": name, "kind": kind, "area": room,
                    })
                    self.devices[device.id] = device


def other_skills(count: int = len(OTHERS)) -> dict[str, str]:
    """Texts of the first so many sentence files of skills that people add, by name."""
    return {name: (SENTENCES / f"{name}.yaml").read_text("utf-8") for name in OTHERS[:count]}


def shipped_skills() -> dict[str, str]:
    """Texts of the sentence files of the skills that ship, by name."""
    files = sorted((shipped_dir() / "skills").glob("*/sentences.yaml"))
    return {file.parent.name: file.read_text("utf-8") for file in files}


def crowded(skills: list[Path], *, only: bool = False, devices: int = DEVICES) -> Grammar:
    """A grammar that holds these skills beside the shipped ones, Home Assistant's sentences and a large home.

    Args:
        only: nothing but these skills.
    """
    grammar = Grammar()
    for loaded in map(load_skill, skills):
        grammar.set_sentences(loaded.name, loaded.sentences)
    if only:
        return grammar
    for name, values in vocabulary(LargeHome(devices)).items():
        grammar.set_list(name, values)
    for loaded in find_skills([shipped_dir() / "skills"])[0]:
        grammar.set_sentences(loaded.name, loaded.sentences)
    grammar.set_rules(builtin.SKILL, builtin.RULES)
    grammar.set_sentences(SKILL, home_assistant_sentences())
    return grammar
