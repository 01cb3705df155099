"""Answers in another language than our skills speak: those that the package has for its sentences.

Its templates say what was done whether or not it was. So they are asked for only where everything that was ordered is
confirmed; else the package's words for what went wrong are said. What has no words there is answered as the skill did.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from jinja2 import Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from assistant.dialogue.tongues import tongue
from assistant.grammar.base import Match
from assistant.home.actions import Outcome
from assistant.home.schema import Device
from assistant.home_assistant.package import responses
from assistant.home_assistant.states import Places, State, parted, state_of, targets
from assistant.home_assistant.wording import CLASSES, STATES, words_of
from assistant.skills.messages import Answer

LONGEST_TEMPLATE = 20_000
"""Characters; what is longer is no answer."""
LONGEST_REPLY = 600
MOST_DEVICES = 200
"""That an answer may go through: with the template's length it bounds the time that rendering takes."""
WELL = ("done", "already", "info")
TIMERS = ("HassCancelTimer", "HassIncreaseTimer", "HassDecreaseTimer")
"""Intents that fail for want of a timer."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What an answer may tell beside the order itself."""

    timers: Sequence[Any]
    """Those that run now, as ``TimerState``."""
    cancelled: int
    """How many fewer there are than before."""
    now: datetime


class Replies:
    """The answers of one language.

    Args:
        language: as the package spells it.
    """

    def __init__(self, language: str, home: Places) -> None:
        self._language = language
        self._home = home

    def reply(self, match: Match, answer: Answer, outcomes: Sequence[Outcome], facts: Facts) -> Answer:
        """The same answer in this language.

        Args:
            match: the order in their words, its rule among them.
            answer: what our skill said.
            outcomes: what became of each action.
        """
        slots = dict(match.slots)
        found = targets(slots, self._home) or [
            self._home.devices[device] for device in answer.devices if device in self._home.devices
        ]
        if answer.outcome in WELL and all(outcome.ok for outcome in outcomes):
            name = match.rule.response if match.rule is not None else ""
            text = self.told(match.intent, name or "default", slots, found, facts)
        else:
            text = self._fault(match.intent, slots, found, answer)
        return replace(answer, text=text) if text is not None else answer

    def told(
        self, intent: str, name: str, slots: Mapping[str, Any], found: Sequence[Device], facts: Facts
    ) -> str | None:
        """An answer by its name; None if there is none, or it cannot be given."""
        source = responses(self._language)["intents"].get(intent, {}).get(name)
        if source is None:
            return None
        words = {} if "'on'" in source or '"on"' in source else words_of(self._language, STATES)
        states = [state_of(device, words) for device in found[:MOST_DEVICES]]
        if intent == "HassClimateGetTemperature":
            states = sorted(filter(_measures, states), key=lambda state: state.domain != "sensor")
            if not states:
                return self.error("no_domain", domain="sensor")
        return _rendered(source, {
            "slots": self._slots(source, slots, facts), "state": states[0] if states else None,
            "query": parted(states, str(slots.get("state", ""))), "state_attr": _attributes(states),
        })

    def error(self, name: str, **values: Any) -> str | None:
        """What the package says of something that went wrong; None if it has no words for it."""
        source = responses(self._language)["errors"].get(name)
        return _rendered(source, values) if source is not None else None

    def _slots(self, source: str, slots: Mapping[str, Any], facts: Facts) -> dict[str, Any]:
        """Slots as their templates expect them: words, and names instead of identifiers."""
        told: dict[str, Any] = {name: _number(value) for name, value in slots.items()}
        device = self._home.devices.get(told.get("name", ""))
        if device is not None:
            told["name"] = device.name
        for slot, lists in (("device_class", CLASSES), ("state", STATES)):
            code = told.get(slot)
            if code is not None and f"'{code}'" not in source and f'"{code}"' not in source:
                told[slot] = words_of(self._language, lists).get(code, code)
        told |= {"time": facts.now.time(), "date": facts.now.date(), "timers": list(facts.timers)}
        return told | {"canceled": facts.cancelled, "media": True}

    def _fault(self, intent: str, slots: Mapping[str, Any], found: Sequence[Device], answer: Answer) -> str | None:
        """What went wrong. A refusal and a change of mind have no words there."""
        if intent in TIMERS:
            return self.error("timer_not_found")
        if answer.outcome in ("refused", "cancelled"):
            spoken = tongue(self._language)
            return None if spoken is None else spoken.declined if answer.outcome == "cancelled" else spoken.refused
        if found:
            return self.error("handle_error")
        device = self._home.devices.get(str(slots.get("name")))
        what = "entity" if device is not None else "device_class" if "device_class" in slots else "domain"
        place = next((f"_in_{place}" for place in ("area", "floor") if place in slots), "")
        values = {**slots, "entity": device.name if device is not None else slots.get("name", "")}
        return self.error(f"no_{what}{place}", **values) or self.error("handle_error")


def _measures(state: State) -> bool:
    if state.domain == "climate":
        return state.attributes.get("current_temperature") is not None
    return state.domain == "sensor" and state.attributes.get("device_class") == "temperature"


def _number(value: Any) -> Any:
    """A number as a word: "5", "20.5"."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return str(int(value)) if float(value).is_integer() else str(value)


def _attributes(states: Sequence[State]) -> Callable[[str, str], Any]:
    by_id = {state.entity_id: state for state in states}

    def state_attr(entity: str, name: str) -> Any:
        return by_id[entity].attributes.get(name) if entity in by_id else None

    return state_attr


def _rendered(source: str, values: Mapping[str, Any]) -> str | None:
    """A template with its values on one line; None if it cannot be filled in, or is too long to be an answer."""
    if len(source) > LONGEST_TEMPLATE:
        return None
    try:
        text = " ".join(_template(source).render(values).split())
    except (TemplateError, TypeError, ValueError, AttributeError, LookupError):
        return None  # it wants what this home does not know
    return text.replace(" ,", ",") if len(text) <= LONGEST_REPLY else None


@lru_cache(maxsize=128)
def _template(source: str) -> Template:
    environment = ImmutableSandboxedEnvironment(extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"])
    return environment.from_string(source)
