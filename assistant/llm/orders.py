"""The skills as tools: what an intent of theirs is called with is said as a sentence of that skill.

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
from assistant.grammar.phrasing import Form, Forms, Phrasing, Ref, plain, shortest
from assistant.grammar.templates import is_template
from assistant.llm.base import Tool
from assistant.skills import builtin

INTENT = "intent"
"""The argument that says which intent of the skill is meant."""
LEFT_OUT = (builtin.SKILL, "conversation")
"""Stop, yes and small talk: of these a model has no need."""
MOST_NAMED = 50
"""Entries of a list that are named one by one."""
MOST_SENTENCES = 5
"""Sentences that show how the arguments of an intent go together."""
LONGEST_NAME = 60
"""Characters of an entry: devices name themselves."""


@dataclass(frozen=True, slots=True)
class Skill:
    """What a tool stands for."""

    name: str
    intents: Forms

    @property
    def forms(self) -> Iterator[Form]:
        """Of all intents."""
        return (form for forms in self.intents.values() for form in forms)

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
    """The tools of a grammar's skills, and what a call of one means.

    One tool for each skill, its intents a choice: a tool for each intent would say of every slot twenty times what may
    fill it, and a small model has no room for that.

    Args:
        only: skills that are offered; None for all.
    """

    def __init__(self, phrasing: Phrasing, only: Sequence[str] | None = None) -> None:
        self._phrasing = phrasing
        self._only = only
        self._version = -1
        self._skills: dict[str, Skill] = {}
        self._tools: tuple[Tool, ...] = ()

    @property
    def tools(self) -> Sequence[Tool]:
        """One for each skill; described anew when a sentence or a device is new."""
        version = self._phrasing.grammar.version
        if self._version != version:
            names = [name for name in self._phrasing.skills if name not in LEFT_OUT]
            offered = [name for name in names if self._only is None or name in self._only]
            self._skills = {name: Skill(name, self._phrasing.forms(name)) for name in offered}
            self._tools = tuple(map(self._tool, self._skills.values()))
            self._version = version
        return self._tools

    def meant(self, name: str, arguments: str, view: View) -> Match:
        """The order that a call stands for.

        Raises:
            SkillError: there is no such tool, or no sentence says that; told to the model.
        """
        skill = self._skills.get(name)
        if skill is None:
            raise SkillError(f"there is no tool {name!r}")
        words = _words(arguments)
        intent = words.pop(INTENT, "")
        if intent not in skill.intents:
            raise SkillError(f"{INTENT} should be one of: {', '.join(skill.intents)}")
        slots = {slot for form in skill.intents[intent] for slot in form.slots}
        for slot in words:
            if slot not in slots:
                there = ", ".join(sorted(slots)) or "none"
                raise SkillError(f"{slot!r} is no argument of {intent}; there are: {there}")
        match = self._phrasing.match(name, intent, words, view)
        if match is None:
            raise SkillError(self._why(skill, intent, words))
        return match

    def _why(self, skill: Skill, intent: str, words: Mapping[str, str]) -> str:
        for slot, refs in skill.slots.items():
            if slot in words and not any(self._phrasing.value(skill.name, ref, words[slot]) for ref in refs):
                return f"{slot} cannot be {words[slot]!r}"
        return f"these arguments do not go together here; one says: {_together(skill.intents[intent])}"

    # What the model is told.

    def _tool(self, skill: Skill) -> Tool:
        properties: dict[str, Any] = {INTENT: {"type": "string", "enum": list(skill.intents)}}
        for slot, refs in skill.slots.items():
            properties[slot] = self._property(skill, refs)
        for slot, values in skill.held.items():
            properties.setdefault(slot, {"type": "string", "enum": values})
        told = [f"{intent}: {_together(forms)}" for intent, forms in skill.intents.items()]
        schema = {"type": "object", "properties": properties, "required": [INTENT]}
        return Tool(skill.name, "\n".join(("What one says, and how its arguments go together:", *told)), schema)

    def _property(self, skill: Skill, refs: Sequence[Ref]) -> dict[str, Any]:
        parts = [self._described(skill, ref) for ref in refs]
        enums = [part["enum"] for part in parts if "enum" in part]
        if len(enums) == len(parts):
            return {"type": "string", "enum": list(dict.fromkeys(word for enum in enums for word in enum))}
        told = [part.get("description") or f"or one of: {', '.join(part['enum'])}" for part in parts]
        return {"type": "string", "description": "; ".join(dict.fromkeys(told))}

    def _described(self, skill: Skill, ref: Ref) -> dict[str, Any]:
        _, spec = self._phrasing.grammar.network.resolve(skill.name, ref.list)
        if isinstance(spec, Wildcard):
            return {"description": f"any words, at most {spec.words}"}
        if isinstance(spec, Range):
            return {"description": f"a number from {spec.start} to {spec.stop}"}
        if isinstance(spec, Sequence):
            words = list(_entries(spec, skill, ref))
            if 0 < len(words) <= MOST_NAMED:
                return {"enum": words}
            return {"description": f"as it is called, such as {', '.join(words[:10])}"}
        view = View(scopes=(), sentences=(f"{{{ref.list}:{ref.slot}}}",), skills=(skill.name,))
        examples = self._phrasing.grammar.sentences(view, limit=3, seed=0)
        return {"description": f"as one says it, such as: {', '.join(examples)}"}


def _entries(values: Sequence[Value], skill: Skill, ref: Ref) -> Iterator[str]:
    """What the entries of a list are called, each by its first name, where some sentence of the skill admits it."""
    conditions = [
        Conditions(filter_of(form.rule.requires), filter_of(form.rule.excludes))
        for form in skill.forms if ref in form.refs
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
