"""What a sentence means: the decoder's network, walked once more with a note of which list read which words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

from assistant.grammar.base import Match, Phrase, Range, Rule, View, Wildcard
from assistant.grammar.lists import Composite
from assistant.grammar.network import Network
from assistant.grammar.nodes import ANY, DEAD, Node
from assistant.grammar.number_values import number_value
from assistant.grammar.symbols import GAP, MARK_GAP, readable

MOST_READINGS = 64
"""Readings kept of one rule: names that many devices share, several wildcards."""
MOST_WALKED = 20_000
"""Places of one walk: with each further wildcard in a row they multiply, while everybody waits. Then it is given up."""


@dataclass(frozen=True, slots=True)
class Span:
    """A slot filled by the words between two symbols."""

    slot: str
    net: int
    start: int
    end: int
    inner: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Meaning:
    """One value of a span, and the context that it brings."""

    value: Any
    context: Mapping[str, Any]
    meant: Any = None
    """What it means, where the value is the words."""

    @property
    def inside(self) -> Any:
        """What a list is told that it is a part of."""
        return self.value if self.meant is None else self.meant


Reading = tuple[int, bool, tuple[Span, ...]]
"""Where a net ended, whether the last symbol read was a gap, and the slots filled on the way."""


class Parse:
    """All readings of one sentence."""

    def __init__(self, network: Network, symbols: str) -> None:
        self._network = network
        self._nodes = network.nodes
        self._symbols = symbols
        self._readings: dict[tuple[Node, int, bool], tuple[Reading, ...]] = {}

    def sentences(self, entry: Node) -> list[tuple[Span, ...]]:
        """Slots of each way in which the whole sentence is one of those that begin at a node."""
        last = len(self._symbols)
        found = (spans for end, _, spans in self._read(entry, 0, True) if end == last)
        return list(dict.fromkeys(islice(found, MOST_READINGS)))

    def _read(self, entry: Node, start: int, gap: bool) -> tuple[Reading, ...]:
        key = (entry, start, gap)
        if key not in self._readings:
            self._readings[key] = tuple(self._walk(entry, start, gap))
        return self._readings[key]

    def _walk(self, entry: Node, start: int, gap: bool) -> Iterator[Reading]:
        nodes, last = self._nodes, len(self._symbols)
        todo: list[tuple[Node, int, bool, tuple[Span, ...]]] = [(entry, start, gap, ())]
        seen = set(todo)
        while todo and len(seen) < MOST_WALKED:
            node, at, gap, spans = todo.pop()
            if gap or at == last:
                node = nodes.skip(node)
            if nodes.final[node] and at > start:
                yield at, gap, spans
            fresh = [(target, at + 1, after, spans) for target, after in self._steps(node, at)]
            for net, back, slot in nodes.calls[node]:
                fresh += [(back, end, after, spans + found) for end, after, found in self._call(net, slot, at, gap)]
            todo += [item for item in fresh if item not in seen]
            seen.update(fresh)

    def _steps(self, node: Node, at: int) -> Iterator[tuple[Node, bool]]:
        if at == len(self._symbols):
            return
        symbol = self._symbols[at]
        if (target := self._nodes.step(node, symbol)) != DEAD:
            yield target, symbol == GAP
        if symbol == MARK_GAP and (target := self._nodes.step(node, GAP)) != DEAD:
            yield target, True

    def _call(self, net: int, slot: str, at: int, gap: bool) -> Iterator[Reading]:
        held = self._network.nets[net]
        if held.entry == DEAD or at == len(self._symbols):
            return
        readings = self._read(held.entry, at, gap)
        if isinstance(held.spec, Phrase):
            readings = self._least_open(readings)
        for end, after, inner in readings:
            yield end, after, (Span(slot, net, at, end, inner),) if held.name else inner

    def _least_open(self, readings: Iterable[Reading]) -> tuple[Reading, ...]:
        """Of a phrase only the text counts, and how much of it could be anything: each text read the surest way."""
        best: dict[tuple[int, bool], tuple[Span, ...]] = {}
        for end, after, inner in readings:
            found = tuple(opened(self._network, inner))
            known = best.get((end, after))
            if known is None or _openness(found) < _openness(known):
                best[end, after] = found
        return tuple((end, after, found) for (end, after), found in best.items())

    # Values.

    def meanings(self, span: Span) -> list[Meaning]:
        """What the words of a span may mean, the list's first entry first."""
        net, text = self._network.nets[span.net], self._symbols[span.start : span.end].strip()
        if isinstance(net.spec, Wildcard | Phrase):
            return [Meaning(readable(text), {})]
        if isinstance(net.spec, Range):
            value = number_value(text, net.spec)
            return [] if value is None else [Meaning(value, {})]
        if isinstance(net.spec, Composite):
            choices = [[(inner.slot, m.inside) for m in self.meanings(inner)] for inner in span.inner]
            made = (net.spec.combine(dict(chosen)) for chosen in product(*choices))
            return [Meaning(readable(text), {}, one) if net.spec.as_said else Meaning(one, {}) for one in made]
        if net.values is None:
            return []
        for said in dict.fromkeys((text, text.replace(MARK_GAP, GAP))):
            found = [Meaning(v.value, v.context) for v in net.values.meanings(said, net.conditions, self._accepts)]
            if found:
                return found
        return []

    def _accepts(self, node: Node, symbols: str) -> bool:
        return bool(Parse(self._network, symbols).sentences(node))


def opened(network: Network, spans: Iterable[Span]) -> Iterator[Span]:
    """The open ones of some spans, those within phrases too."""
    for span in spans:
        spec = network.nets[span.net].spec
        if isinstance(spec, Wildcard):
            yield span
        elif isinstance(spec, Phrase):
            yield from span.inner


def _openness(spans: tuple[Span, ...]) -> tuple[int, int]:
    """How many there are, and their symbols together."""
    return len(spans), sum(span.end - span.start for span in spans)


@dataclass(frozen=True, slots=True)
class _Ranked:
    match: Match
    apart: bool
    """An area is named, and the device is in another one."""
    here: bool
    """A device of the view's area is meant."""
    named: int
    """0: a device is called by its name; 1: none is named; 2: by a short form that means it in its room only."""
    open: int
    """Characters in open slots."""

    @property
    def order(self) -> tuple[int, bool, int, bool, int, int, bool]:
        """Less comes first. Where rules yield, a name goes before a group; our own say by their order which does."""
        match = self.match
        yields = match.rule is not None and match.rule.yields
        return (
            match.wildcards, yields, -match.literal, self.apart, self.named if yields else 0, self.open, not self.here
        )


def matches(network: Network, symbols: str, view: View, rules: Iterable[tuple[Rule, Node]]) -> list[Match]:
    """Every meaning that rules, given with where their sentences begin, give a sentence.

    The best first: fewest wildcards, rules that do not yield, most literal text, devices of the area that is named,
    least in open slots, devices of this area.
    """
    parse = Parse(network, symbols)
    found: list[_Ranked] = []
    for rule, entry in rules:
        if not network.begins(entry).isdisjoint((symbols[0], ANY)):
            found += _readings(parse, network, rule, entry, symbols, view)
    found.sort(key=lambda ranked: ranked.order)
    unique: dict[str, Match] = {}
    for ranked in found:
        m = ranked.match
        unique.setdefault(repr((m.skill, m.intent, sorted(m.slots.items()))), m)
    return list(unique.values())


def rule_matches(network: Network, rule: Rule, entry: Node, symbols: str, view: View) -> list[Match]:
    """Every meaning that one rule gives a sentence; ``entry`` is where its sentences begin."""
    found = _readings(Parse(network, symbols), network, rule, entry, symbols, view)
    return [ranked.match for ranked in found]


def _readings(
    parse: Parse, network: Network, rule: Rule, entry: Node, symbols: str, view: View
) -> Iterator[_Ranked]:
    if entry != DEAD:
        for spans in parse.sentences(entry):
            yield from _meanings(parse, network, rule, spans, symbols, view)


def _meanings(
    parse: Parse, network: Network, rule: Rule, spans: tuple[Span, ...], symbols: str, view: View
) -> Iterator[_Ranked]:
    wildcards, open_text = _openness(tuple(opened(network, spans)))
    held = sum(len(symbols[span.start : span.end].replace(GAP, "")) for span in spans)
    literal = len(symbols.replace(GAP, "")) - held
    text = readable(symbols)
    for chosen in islice(product(*(parse.meanings(span) for span in spans)), MOST_READINGS):
        context: dict[str, Any] = {"area": view.area} if view.area else {}
        slots, meant = dict(rule.slots), dict[str, Any]()
        for span, meaning in zip(spans, chosen, strict=True):
            context.update(meaning.context)
            if span.slot:
                slots[span.slot] = meaning.value
                if meaning.meant is not None:
                    meant[span.slot] = meaning.meant
        for name, wanted in rule.requires.items():
            if isinstance(wanted, Mapping) and wanted.get("slot") and name in context:
                slots.setdefault(name, context[name])
        places = {meaning.context["area"] for meaning in chosen if "area" in meaning.context}
        named = {meaning.value for span, meaning in zip(spans, chosen, strict=True) if span.slot == "area"}
        match = Match(rule.skill, rule.intent, slots, text, literal, wildcards, meant=meant, rule=rule)
        apart = bool(named and places and not named & places)
        yield _Ranked(match, apart, bool(view.area) and view.area in places, _named(chosen), open_text)


def _named(chosen: Iterable[Meaning]) -> int:
    """See ``_Ranked.named``: only devices bring a domain."""
    devices = [meaning.context for meaning in chosen if "domain" in meaning.context]
    return 1 if not devices else 2 if any("within" in context for context in devices) else 0
