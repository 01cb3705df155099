"""Rules, lists and views as plain data, for the copies of the grammar that workers hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.errors import GrammarError
from assistant.grammar.base import Phrase, Range, Rule, Value, View, Wildcard
from assistant.grammar.lists import Composite, ListSpec


def rule_to(rule: Rule) -> dict[str, Any]:
    return {
        "skill": rule.skill,
        "intent": rule.intent,
        "sentences": list(rule.sentences),
        "scope": rule.scope,
        "slots": dict(rule.slots),
        "requires": dict(rule.requires),
        "excludes": dict(rule.excludes),
        "where": rule.where,
        "response": rule.response,
        "around": rule.around,
        "yields": rule.yields,
        "later": rule.later,
    }


def rule_from(data: Mapping[str, Any]) -> Rule:
    return Rule(**{**data, "sentences": tuple(data["sentences"])})


def list_to(spec: ListSpec) -> dict[str, Any]:
    if isinstance(spec, Range):
        fields = (spec.start, spec.stop, spec.step, spec.fractions, spec.multiplier)
        return {"kind": "range", "range": list(fields)}
    if isinstance(spec, Wildcard):
        return {"kind": "wildcard", "words": spec.words}
    if isinstance(spec, Phrase):
        return {"kind": "phrase", "sentences": list(spec.sentences)}
    if isinstance(spec, Composite):
        raise GrammarError("a composite list cannot be set")
    return {"kind": "values", "values": [[value.said, value.value, dict(value.context)] for value in spec]}


def list_from(data: Mapping[str, Any]) -> Any:
    if data["kind"] == "range":
        return Range(*data["range"])
    if data["kind"] == "wildcard":
        return Wildcard(data["words"])
    if data["kind"] == "phrase":
        return Phrase(tuple(data["sentences"]))
    return tuple(Value(said, value, context) for said, value, context in data["values"])


def view_to(view: View) -> dict[str, Any]:
    return {
        "scopes": list(view.scopes),
        "area": view.area,
        "sentences": list(view.sentences),
        "skills": None if view.skills is None else list(view.skills),
    }


def view_from(data: Mapping[str, Any]) -> View:
    skills = data.get("skills")
    return View(
        tuple(data.get("scopes", ("order",))),
        data.get("area", ""),
        tuple(data.get("sentences", ())),
        None if skills is None else tuple(skills),
    )
