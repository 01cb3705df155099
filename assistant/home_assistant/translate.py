"""An order in Home Assistant's words as one for our skills, so that it is carried out and answered as theirs are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from assistant.grammar.base import Match, Rule
from assistant.home.colours import name_white
from assistant.home.schema import Device
from assistant.home_assistant.names import KINDS, NOUNS, PLACES, ROWS, SAME, SECONDS, SLOTS, Row, fitting
from assistant.home_assistant.sentences import SKILL, Able

Intents = Collection[tuple[str, str]]
"""Skills and intents that somebody can carry out."""
OPEN_STATES = {"on": "open", "off": "closed"}
IMPLIED = {"HassClimateSetTemperature": "climate", "HassFanSetSpeed": "fan"}
"""Domains of intents that need not say theirs."""
GROUPS = {"lock": "locks", "fan": "fans", "switch": "switch"}
"""What skills call all devices of a domain."""
EVERYWHERE = ("light_all", "lights_all", "fan_all", "fans_all")
"""Answers about a whole home."""


def translated(match: Match, devices: Mapping[str, Device], intents: Intents) -> Match | None:
    """What an order of the package's sentences means here, one of our own as it is; None: nobody can do that.

    Args:
        devices: by identifier.
    """
    if match.skill != SKILL:
        return match
    said = _said(match)
    named = devices.get(str(said.get("name")))
    domain = named.kind if named is not None else str(said.get("domain", ""))
    device_class = named.device_class if named is not None else ""
    response = match.rule.response if match.rule is not None else None
    for row in fitting(match.intent, said, domain, device_class, response):
        if (row.skill, row.intent) in intents:
            slots = {**row.adds, **_slots(row, said, named, response or "")}
            return replace(match, skill=row.skill, intent=row.intent, slots=slots, origin=match)
    return None


def best(matches: Sequence[Match], devices: Mapping[str, Device], intents: Intents) -> Match | None:
    """The first meaning that somebody can carry out."""
    return next(filter(None, (translated(match, devices, intents) for match in matches)), None)


def able_to(intents: Intents, rows: Callable[[Row], bool] = lambda row: True) -> Able:
    """Leaves of a rule what skills with these intents can carry out; ``rows`` says which meanings are wanted at all."""

    def able(rule: Rule) -> Rule | None:
        slots, domains = _filled(rule), _domains(rule)

        def known(domain: str) -> bool:
            found = fitting(rule.intent, slots, domain, response=rule.response)
            return any((row.skill, row.intent) in intents and rows(row) for row in found)

        kept = [domain for domain in domains if (not domain or domain in KINDS) and known(domain)]
        if not kept:
            return None
        return replace(rule, requires={**rule.requires, "domain": kept}) if "domain" in rule.requires else rule

    return able


def _domains(rule: Rule) -> list[str]:
    """Domains that a rule's sentences may be about."""
    required = rule.requires.get("domain") or rule.slots.get("domain") or IMPLIED.get(rule.intent, "")
    return [required] if isinstance(required, str) else list(required)


def _filled(rule: Rule) -> dict[str, Any]:
    """Slots that some sentence of a rule fills."""
    return dict.fromkeys(rule.fills) | dict(rule.slots)


def _said(match: Match) -> dict[str, Any]:
    """The slots, without an area that is only where somebody stands: our skills know that themselves."""
    slots = dict(match.slots)
    if match.rule is not None and "area" in match.rule.requires and "area" not in _filled(match.rule):
        slots.pop("area", None)
    if "name" not in slots and match.intent in IMPLIED:
        slots.setdefault("domain", IMPLIED[match.intent])
    return slots


def _slots(row: Row, said: Mapping[str, Any], named: Device | None, response: str) -> dict[str, Any]:
    """Our slots."""
    names = SLOTS.get(row.skill, {})
    kept = (*SAME, *names, *PLACES)
    slots = {names.get(slot, slot): said[slot] for slot in said if slot in kept}
    if row.skill == "home":
        _of_the_home(slots, row, said, named, response)
    elif row.skill == "timers":
        _of_timers(slots, said)
    elif isinstance(slots.get("direction"), int | float):
        slots["direction"] = "up" if slots["direction"] > 0 else "down"
    return slots


def _of_the_home(
    slots: dict[str, Any], row: Row, said: Mapping[str, Any], named: Device | None, response: str
) -> None:
    """Which devices are meant: one by its name, or a group by what it is."""
    domain = said.get("domain", "")
    if row.intent == "SetColour" and "temperature" in slots:
        slots["colour"] = name_white(float(slots.pop("temperature")))
    if row.intent == "SetTemperature":
        slots["temperature"] = float(slots["temperature"])
    if row.intent == "IsOpen" and slots["wanted"] in OPEN_STATES:
        slots["wanted"] = OPEN_STATES[slots["wanted"]]
    if row.intent == "GetState":
        slots.pop("wanted", None)
    if named is not None:
        return
    if domain == "light":
        slots["lights"] = "many"
    elif domain == "cover" and "device_class" in said:
        slots["noun"] = said["device_class"]
    elif domain in GROUPS:
        slots["noun"] = GROUPS[domain]
    if response == "all" or (response in EVERYWHERE and not {"area", "floor"} & slots.keys()):
        slots["all"] = True


def _of_timers(slots: dict[str, Any], said: Mapping[str, Any]) -> None:
    """Lengths in seconds; a timer of a room is called like the room."""
    for name, prefix in (("duration", ""), ("length", "start_")):
        seconds = sum(float(said[prefix + unit]) * length for unit, length in SECONDS if prefix + unit in said)
        if seconds:
            slots[name] = round(seconds)
    if (room := slots.pop("area", None)) is not None:
        slots.setdefault("timer_name", str(room))
    if "timer_name" in slots:
        slots["timer_name"] = str(slots["timer_name"]).strip()


def in_home_assistants_words(match: Match, devices: Mapping[str, Device]) -> tuple[str, dict[str, Any]]:
    """Intent and slots of an order; one that Home Assistant has no name for keeps ours, with its skill before it."""
    match = match.origin or match
    slots = dict(match.slots)
    if "name" in slots and slots["name"] in devices:
        slots["name"] = devices[slots["name"]].name
    if match.skill == SKILL:
        return match.intent, slots
    row = _row_of(match.skill, match.intent)
    if row is None:
        return f"{match.skill}.{match.intent}", slots
    alone = slots.get("name") is None or row.theirs == "HassGetState"
    found: dict[str, Any] = {**row.gives, **({"domain": row.domain[0]} if row.told and alone else {})}
    if row.theirs == "HassLightSet":
        slots.pop("direction", None)
        found |= {"domain": "light"} if slots.get("name") is None else {}
    theirs = {ours: name for name, ours in SLOTS.get(match.skill, {}).items()}
    kept = (*SAME, *PLACES, *theirs)
    found |= {theirs.get(name, name): value for name, value in slots.items() if name in kept}
    if "lights" in slots:
        found["domain"] = "light"
    if isinstance(slots.get("noun"), str):
        found |= NOUNS.get(slots["noun"], {"domain": "cover", "device_class": slots["noun"]})
    if match.skill == "timers" and "duration" in slots:
        found |= _parts(float(slots["duration"]))
    return row.theirs, found


@lru_cache(maxsize=256)
def _row_of(skill: str, intent: str) -> Row | None:
    return next((row for row in ROWS if (row.skill, row.intent) == (skill, intent)), None)


def _parts(seconds: float) -> dict[str, int]:
    """``{"hours": 1, "minutes": 30}``."""
    parts, left = {}, round(seconds)
    for name, length in SECONDS:
        if left >= length:
            parts[name], left = divmod(left, length)
    return parts
