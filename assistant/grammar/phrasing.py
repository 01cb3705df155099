"""From an intent with words for its slots to a sentence that means it, and so to a meaning of the grammar's own.

Whoever knows what is wanted but not how it is said (a language model, another understanding) gets no further than a
speaker would: what no sentence says is not done, and slots are typed by the skill's own lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import islice

from hassil.expression import Alternative, Expression, Group, ListReference, RuleReference, TextChunk

from assistant.grammar.base import Match, Rule, View
from assistant.grammar.grammar import Grammar
from assistant.grammar.network import Skill
from assistant.grammar.templates import parse_template

MOST_WAYS = 64
"""Choices of slots of one template; beyond them the longest are left out."""
MOST_TRIED = 32
"""Sentences that the grammar is asked about for one meaning."""
SCOPE = "order"


@dataclass(frozen=True, slots=True)
class Ref:
    """A slot in a sentence, and the list that fills it."""

    list: str
    slot: str


Part = str | Ref
Way = tuple[Part, ...]
"""A sentence with its slots open."""
Ways = dict[frozenset[Ref], Way]
"""One way to say each choice of slots."""


@dataclass(frozen=True, slots=True)
class Form:
    """One way to say an intent."""

    rule: Rule
    parts: Way

    @property
    def refs(self) -> tuple[Ref, ...]:
        """The slots that are said, in their order."""
        return tuple(dict.fromkeys(part for part in self.parts if isinstance(part, Ref)))

    @property
    def said(self) -> frozenset[str]:
        """Slots that are said."""
        return frozenset(ref.slot for ref in self.refs)

    @property
    def slots(self) -> frozenset[str]:
        """Slots that are said, and those that hold without being said."""
        return self.said | frozenset(self.rule.slots)

    def filled(self, words: Mapping[str, str]) -> str:
        """The sentence with these words for its slots; a slot without words shows its name in braces."""
        said = [part if isinstance(part, str) else words.get(part.slot, f"{{{part.slot}}}") for part in self.parts]
        return " ".join("".join(said).split())


Forms = Mapping[str, tuple[Form, ...]]
"""By intent."""


class Phrasing:
    """The ways to say each intent of a grammar; a skill is read again when it was edited."""

    def __init__(self, grammar: Grammar) -> None:
        self.grammar = grammar
        self._read: dict[str, tuple[Skill, Forms]] = {}
        """What was read of each skill; devices come and go without another reading."""

    @property
    def skills(self) -> list[str]:
        """Those that have orders of their own; rules that yield only say the orders of others in other words."""
        held = self.grammar.skills.items()
        owners = [name for name, skill in held if any(rule.skill == name and not rule.yields for rule in skill.rules)]
        return [name for name in owners if self.forms(name)]

    def forms(self, skill: str) -> Forms:
        """The forms of each intent of a skill, those with few slots first; of orders, not of what only follows one."""
        held = self.grammar.skills.get(skill)
        if held is None:
            return {}
        known = self._read.get(skill)
        if known is None or known[0] is not held:
            known = self._read[skill] = (held, _read(held))
        return known[1]

    def match(self, skill: str, intent: str, words: Mapping[str, str], view: View) -> Match | None:
        """The meaning of a sentence of this intent with just these words for its slots; None: no sentence says that.

        Args:
            words: of each slot; of one that holds without being said its value as text, such as "true".
        """
        forms = self.forms(skill).get(intent, ())
        return self._first((form for form in forms if _fits(form, words)), words, view)

    def match_said(self, skill: str, intent: str, words: Mapping[str, str], view: View) -> Match | None:
        """The same for whoever knows only what was said: slots that hold without it are as they come."""
        forms = self.forms(skill).get(intent, ())
        return self._first((form for form in forms if form.said == words.keys()), words, view)

    def _first(self, forms: Iterable[Form], words: Mapping[str, str], view: View) -> Match | None:
        for form in islice(forms, MOST_TRIED):
            for match in self.grammar.match(form.filled(words), view):
                meant = (match.skill, match.intent) == (form.rule.skill, form.rule.intent)
                if meant and match.slots.keys() == form.slots:
                    return match
        return None

    def value(self, skill: str, ref: Ref, words: str) -> bool:
        """Whether words may fill a slot of a skill."""
        view = View(scopes=(), sentences=(f"{{{ref.list}:{ref.slot}}}",), skills=(skill,))
        return self.grammar.contains(words, view)


def _fits(form: Form, words: Mapping[str, str]) -> bool:
    held = form.rule.slots
    return form.slots == words.keys() and all(words[slot] == plain(held[slot]) for slot in held)


def plain(value: object) -> str:
    """A value as text, as JSON would write it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def shortest(template: str) -> str:
    """The shortest text of a template without slots; empty if there is none."""
    way = _Reader({}).ways(parse_template(template)).get(frozenset(), ())
    return " ".join("".join(part for part in way if isinstance(part, str)).split())


def _read(skill: Skill) -> Forms:
    reader, found = _Reader(skill.expansions), dict[str, list[Form]]()
    for rule in skill.rules:
        if rule.scope == SCOPE and rule.intent:
            found.setdefault(rule.intent, []).extend(Form(rule, way) for way in reader.rule(rule).values())
    return {intent: tuple(sorted(forms, key=lambda form: len(form.slots))) for intent, forms in found.items()}


class _Reader:
    """Reads templates; an expansion rule once."""

    def __init__(self, expansions: Mapping[str, str]) -> None:
        self._expansions = expansions
        self._known: dict[str, Ways] = {}

    def rule(self, rule: Rule) -> Ways:
        """The ways of a rule; of each choice of slots the one that stands first."""
        found: Ways = {}
        for text in rule.sentences:
            found = self.ways(parse_template(text, rule.where)) | found
        return found

    def ways(self, expression: Expression) -> Ways:
        """The ways of an expression, what may be left out left out."""
        if isinstance(expression, TextChunk):
            return {frozenset(): (expression.original_text,)}
        if isinstance(expression, ListReference):
            ref = Ref(expression.list_name, expression.slot_name)
            return {frozenset([ref]): (ref,)}
        if isinstance(expression, RuleReference):
            return self._expansion(expression.rule_name)
        items = [self.ways(item) for item in expression.items] if isinstance(expression, Group) else []
        if isinstance(expression, Alternative):
            shortest_first = sorted(items, key=lambda ways: frozenset() not in ways or any(ways[frozenset()]))
            return {refs: way for ways in reversed(shortest_first) for refs, way in ways.items()}
        return reduce(_joined, items, {frozenset(): ()})  # one order of a permutation is enough

    def _expansion(self, name: str) -> Ways:
        if name not in self._known:
            body = self._expansions.get(name)
            self._known[name] = {}  # a rule that refers to itself says nothing
            if body is not None:
                self._known[name] = self.ways(parse_template(body))
        return self._known[name]


def _joined(first: Ways, second: Ways) -> Ways:
    found: Ways = {}
    for one, before in first.items():
        for two, after in second.items():
            found.setdefault(one | two, (*before, *after))
    if len(found) > MOST_WAYS:
        return dict(sorted(found.items(), key=lambda item: len(item[0]))[:MOST_WAYS])
    return found
