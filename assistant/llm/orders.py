"""The skills as tools: each intent is a function, and what it is called with is said as a sentence of that skill.

So a call is an order as a speaker would give it: the same grammar, permissions and questions. What no sentence says is
not done; the model is told why.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.errors import SkillError
from assistant.grammar.base import Match, Range, Value, View, Wildcard
from assistant.grammar.lists import Conditions, filter_of
from assistant.grammar.phrasing import Form, Phrasing, Ref, plain, shortest
from assistant.grammar.templates import is_template
from assistant.llm.base import Tool
from assistant.skills import builtin

BETWEEN = "__"
"""Between skill and intent in a tool's name."""
LEFT_OUT = (builtin.SKILL, "conversation")
"""Stop, yes and small talk: of these a model has no need."""
MOST_NAMED = 50
"""Entries of a list that are named one by one."""
MOST_SENTENCES = 8
"""Sentences that show how the arguments of a tool go together."""
LONGEST_NAME = 60
"""Characters of an entry: devices name themselves."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What a tool stands for."""

    skill: str
    name: str
    forms: tuple[Form, ...]

    @property
    def slots(self) -> dict[str, list[Ref]]:
        """The lists that may fill each slot."""
        found: dict[str, dict[Ref, None]] = {}
        for form in self.forms:
            for ref in form.refs:
                found.setdefault(ref.slot, {})[ref] = None
        return {slot: list(refs) for slot, refs in found.items()}

    @property
    def held(self) -> dict[str, list[str]]:
        """Slots that some sentences hold without saying them, and their values."""
        found: dict[str, dict[str, None]] = {}
        for form in self.forms:
            for slot, value in form.rule.slots.items():
                found.setdefault(slot, {})[plain(value)] = None
        return {slot: list(values) for slot, values in found.items()}


class Orders:
    """The tools of a grammar's skills, and what a call of one means."""

    def __init__(self, phrasing: Phrasing) -> None:
        self._phrasing = phrasing
        self._version = -1
        self._intents: dict[str, Intent] = {}
        self._tools: tuple[Tool, ...] = ()

    @property
    def tools(self) -> Sequence[Tool]:
        """One for each intent; described anew when a sentence or a device is new."""
        version = self._phrasing.grammar.version
        if self._version != version:
            self._intents = {_name(intent): intent for intent in self._read()}
            self._tools = tuple(self._tool(name, intent) for name, intent in self._intents.items())
            self._version = version
        return self._tools

    def __contains__(self, name: str) -> bool:
        return any(tool.name == name for tool in self.tools)

    def meant(self, name: str, arguments: str, view: View) -> Match:
        """The order that a call stands for.

        Raises:
            SkillError: there is no such tool, or no sentence says that; told to the model.
        """
        intent = self._intents.get(name)
        if intent is None:
            raise SkillError(f"there is no tool {name!r}")
        words = _words(arguments)
        known = {*intent.slots, *intent.held}
        for slot in words:
            if slot not in known:
                raise SkillError(f"{slot!r} is no argument; there are: {', '.join(sorted(known)) or 'none'}")
        match = self._phrasing.match(intent.skill, intent.name, words, view)
        if match is None:
            raise SkillError(self._why(intent, words))
        return match

    def _why(self, intent: Intent, words: Mapping[str, str]) -> str:
        for slot, refs in intent.slots.items():
            if slot in words and not any(self._phrasing.value(intent.skill, ref, words[slot]) for ref in refs):
                return f"{slot} cannot be {words[slot]!r}"
        return f"these arguments do not go together here; one says: {_together(intent.forms)}"

    def _read(self) -> Iterator[Intent]:
        for skill in self._phrasing.skills:
            if skill not in LEFT_OUT:
                for name, forms in self._phrasing.forms(skill).items():
                    yield Intent(skill, name, forms)

    # What the model is told.

    def _tool(self, name: str, intent: Intent) -> Tool:
        properties = {slot: self._property(intent, refs) for slot, refs in intent.slots.items()}
        for slot, values in intent.held.items():
            if slot not in properties:
                properties[slot] = {"type": "string", "enum": values}
        needed = frozenset[str].intersection(*(form.slots for form in intent.forms))
        schema = {
            "type": "object", "properties": properties, "required": sorted(needed), "additionalProperties": False
        }
        return Tool(name, f"Does what one says so: {_together(intent.forms)}", schema)

    def _property(self, intent: Intent, refs: Sequence[Ref]) -> dict[str, Any]:
        parts = [self._described(intent, ref) for ref in refs]
        enums = [part["enum"] for part in parts if "enum" in part]
        if len(enums) == len(parts):
            return {"type": "string", "enum": list(dict.fromkeys(word for enum in enums for word in enum))}
        told = [part.get("description") or f"or one of: {', '.join(part['enum'])}" for part in parts]
        return {"type": "string", "description": "; ".join(dict.fromkeys(told))}

    def _described(self, intent: Intent, ref: Ref) -> dict[str, Any]:
        _, spec = self._phrasing.grammar.network.resolve(intent.skill, ref.list)
        if isinstance(spec, Wildcard):
            return {"description": f"any words, at most {spec.words}"}
        if isinstance(spec, Range):
            unit = spec.multiplier or 1
            return {"description": f"a number from {spec.start} to {spec.stop}{'' if unit == 1 else ', as it is said'}"}
        if isinstance(spec, Sequence):
            words = list(_entries(spec, intent, ref))
            if 0 < len(words) <= MOST_NAMED:
                return {"enum": words}
            return {"description": f"as it is called, such as {', '.join(words[:10])}"}
        view = View(scopes=(), sentences=(f"{{{ref.list}:{ref.slot}}}",), skills=(intent.skill,))
        examples = self._phrasing.grammar.sentences(view, limit=3, seed=0)
        return {"description": f"as one says it, such as: {', '.join(examples)}"}


def _entries(values: Sequence[Value], intent: Intent, ref: Ref) -> Iterator[str]:
    """What the entries of a list are called, each by its first name, where some sentence of the intent admits it."""
    conditions = [
        Conditions(filter_of(form.rule.requires), filter_of(form.rule.excludes))
        for form in intent.forms if ref in form.refs
    ]
    seen = set()
    for value in values:
        called = shortest(value.said) if is_template(value.said) else value.said
        # A short name means its device only within the room.
        short = "within" in value.context or not called or len(called) > LONGEST_NAME
        if not short and repr(value.value) not in seen and any(one.admit(value.context) for one in conditions):
            seen.add(repr(value.value))
            yield called


def _together(forms: Sequence[Form]) -> str:
    """Sentences that show which arguments go together, those with few first."""
    told = dict.fromkeys(_shown(form) for form in forms)
    return "; ".join(list(told)[:MOST_SENTENCES])


def _shown(form: Form) -> str:
    held = ", ".join(f"{slot}={plain(value)}" for slot, value in form.rule.slots.items())
    return f"“{form.filled({})}”{f' ({held})' if held else ''}"


def _words(arguments: str) -> dict[str, str]:
    """The arguments of a call, each as words.

    Raises:
        SkillError: they are none.
    """
    try:
        given = json.loads(arguments or "{}")
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise SkillError("the arguments are no JSON object")
    for slot, value in given.items():
        if not isinstance(value, str | int | float | bool | None):
            raise SkillError(f"{slot} should be words or a number")
    return {str(slot): plain(value).strip() for slot, value in given.items() if value not in ("", None)}


def _name(intent: Intent) -> str:
    return f"{intent.skill}{BETWEEN}{intent.name}"[:64]
