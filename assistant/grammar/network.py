"""The recursive network of one grammar: a net for each list under each filter, one for each longer expansion rule.

Lists change often (a device is found): then only the nets of that list are built again. Rules change rarely: then the
whole network is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from hassil.expression import INLINE_RANGE_PATTERN

from assistant.errors import GrammarError
from assistant.grammar.base import Phrase, Range, Rule, Value, View, Wildcard
from assistant.grammar.builder import Builder, Frame
from assistant.grammar.builtins import BUILTINS
from assistant.grammar.lists import (
    Composite,
    Conditions,
    ListSpec,
    Presence,
    ValueTable,
    filter_of,
    unpacked,
    wildcard_net,
)
from assistant.grammar.nodes import ANY, DEAD, Liveness, Node, Nodes
from assistant.grammar.numbers import number_net

RuleKey = tuple[str, int | tuple[str, ...]]
"""Skill and index; or the skill that asks an open question, whose lists and rules its answers may use, and they."""
HOUSEHOLD = ""
NO_CONDITIONS = Conditions()
NOT_JUDGED: tuple[frozenset[int], int] = frozenset(), -1
BUILTIN = "\x00builtin"
"""Owner of the lists that every skill sees."""


@dataclass(slots=True)
class Net:
    """One sub-network."""

    entry: Node
    owner: str = ""
    name: str = ""
    """Of the list; empty for an expansion rule."""
    conditions: Conditions = NO_CONDITIONS
    spec: ListSpec | None = None
    values: ValueTable | None = None
    callees: frozenset[int] = frozenset()


@dataclass(slots=True)
class Skill:
    """A skill's rules and expansion rules."""

    rules: tuple[Rule, ...] = ()
    expansions: dict[str, str] = field(default_factory=dict)


class Network:
    """Nodes and nets of a set of skills and lists."""

    def __init__(self, skills: Mapping[str, Skill], lists: Mapping[tuple[str, str], ListSpec]) -> None:
        self.nodes = Nodes()
        self.nets: list[Net] = []
        self._skills = dict(skills)
        self._lists = dict(lists)
        self._ids: dict[tuple[object, ...], int] = {}
        self._tables: dict[tuple[str, str], ValueTable] = {}
        self._filling: list[tuple[str, str]] = []
        """Lists whose entries are being compiled, outermost first."""
        self._builder = Builder(self)
        self._liveness = Liveness(self.nodes)
        self._judged = NOT_JUDGED
        """Empty lists and number of nets for which that was worked out."""
        self.baseline = 0
        """Nodes at the first use; walking makes more."""
        self._entries: dict[tuple[RuleKey, tuple[str, ...]], Node] = {}
        self._begins: dict[Node, frozenset[str]] = {}

    # What the builder asks.

    def expansions(self, skill: str) -> Mapping[str, str]:
        held = self._skills.get(skill)
        return held.expansions if held else {}

    def entry(self, net: int) -> Node:
        return self.nets[net].entry

    def rule_net(self, frame: Frame, name: str, presence: Presence) -> int | None:
        conditions = Conditions(frame.requires, frame.excludes, presence)
        key = ("rule", frame.skill, name, conditions)
        if key not in self._ids:
            layers = tuple(layer for layer, _ in presence)
            inner = replace(frame, layers=layers, rules=(*frame.rules, name))
            text = self.expansions(frame.skill)[name]
            entry = self._builder.bringing(text, inner, [there for _, there in presence])
            self._ids[key] = self._add(Net(entry, callees=self._reached(entry)))
        net = self._ids[key]
        return None if self.nets[net].entry == DEAD else net

    def list_net(self, frame: Frame, name: str, presence: Presence) -> int | None:
        owner, spec = self.resolve(frame.skill, name)
        if any(there for _, there in presence) and isinstance(spec, Range | Wildcard | Phrase | Composite):
            return None
        valued = not isinstance(spec, Range | Wildcard | Phrase | Composite)
        conditions = Conditions(frame.requires, frame.excludes, presence) if valued else NO_CONDITIONS
        key = ("list", owner, name, conditions)
        if key not in self._ids:
            net = Net(DEAD, owner, name, conditions)
            self._fill(net, spec)
            self._ids[key] = self._add(net)
        return self._ids[key]

    # Lists.

    def resolve(self, skill: str, name: str) -> tuple[str, ListSpec | None]:
        """Whose list a name means to a skill: its own, the household's, a built-in one, an inline range, or none."""
        for owner in (skill, HOUSEHOLD):
            if (owner, name) in self._lists:
                return owner, self._lists[owner, name]
        if name in BUILTINS:
            return BUILTIN, BUILTINS[name]
        if (parts := INLINE_RANGE_PATTERN.match(name)) is not None:
            start, stop, step = parts.groups()
            return BUILTIN, Range(int(start), int(stop), int(step or 1))
        return HOUSEHOLD, None

    def replace_list(self, owner: str, name: str, spec: ListSpec) -> None:
        """Build the nets of one list again; only for a list that the rules already resolve to."""
        self._lists[owner, name] = spec
        self._tables.pop((owner, name), None)
        self._begins.clear()
        for number, net in enumerate(list(self.nets)):
            if net.name == name and net.owner == owner:
                self._fill(net, spec)
                if self._liveness.dead(net.entry) != (number in self._liveness.empty):
                    self._judged = NOT_JUDGED

    def compact(self) -> None:
        """Let go of nodes that walking, old lists and old questions have made; walkers keep the arena they walk."""
        entries = {key: entry for key, entry in self._entries.items() if isinstance(key[0][1], int)}
        roots = {*entries.values(), *(net.entry for net in self.nets)}
        roots |= {node for table in self._tables.values() for node, _ in table.templates}
        self.nodes, moved = self.nodes.copied(roots)
        self._entries = {key: moved[entry] for key, entry in entries.items()}
        self._builder = Builder(self)
        self._liveness, self._judged = Liveness(self.nodes), NOT_JUDGED
        self._begins.clear()
        for table in self._tables.values():
            table.move(self.nodes, moved)
        for net in self.nets:
            net.entry = moved[net.entry]
        self.baseline = len(self.nodes)

    def _add(self, net: Net) -> int:
        self.nets.append(net)
        return len(self.nets) - 1

    def _reached(self, entry: Node) -> frozenset[int]:
        """The nets that a net calls."""
        seen, todo, nets = {entry}, [entry], set()
        while todo:
            node = todo.pop()
            near = set(self.nodes.beyond(node))
            for net, back, _ in self.nodes.calls[node]:
                nets.add(net)
                near.add(back)
            todo.extend(near - seen)
            seen |= near
        return frozenset(nets)

    def ranks(self) -> list[int]:
        """A number for each net, greater than those of the nets it calls."""
        ranks = [-1] * len(self.nets)

        def rank(net: int) -> int:
            if ranks[net] < 0:
                ranks[net] = 1 + max((rank(callee) for callee in self.nets[net].callees), default=0)
            return ranks[net]

        for net in range(len(ranks)):
            rank(net)
        return ranks

    def dead_nodes(self) -> Callable[[Node], bool]:
        """Tells whether a node cannot end, because all ways from it lead through empty lists."""
        empty = frozenset(i for i, net in enumerate(self.nets) if net.entry == DEAD)
        if (empty, len(self.nets)) != self._judged:
            self._judged = empty, len(self.nets)
            self._liveness = self._alive(self.ranks())
        return self._liveness.dead

    def _alive(self, ranks: Sequence[int]) -> Liveness:
        """Settles the nets that are called before those that call them."""
        liveness = Liveness(self.nodes)
        for net in sorted(range(len(ranks)), key=ranks.__getitem__):
            if liveness.dead(self.nets[net].entry):
                liveness.empty.add(net)
        return liveness

    def _fill(self, net: Net, spec: ListSpec | None) -> None:
        net.spec, net.values, net.callees = spec, None, frozenset()
        if isinstance(spec, Range):
            net.entry = number_net(self.nodes, spec)
        elif isinstance(spec, Wildcard):
            net.entry = wildcard_net(self.nodes, spec)
        elif isinstance(spec, Phrase | Composite):
            net.entry = self._shaped(net, spec)
            net.callees = self._reached(net.entry)
        else:
            net.values = self._table(net.owner, net.name, spec or ())
            net.entry = net.values.entry(net.conditions)
            if net.values.templates:
                net.callees = self._reached(net.entry)

    def _table(self, owner: str, name: str, values: Sequence[Value]) -> ValueTable:
        key = (owner, name)
        with self._no_circle(key):
            if key not in self._tables:
                frame = Frame(owner, where=f"list {{{name}}}")
                self._tables[key] = ValueTable(
                    self.nodes, values, lambda text: self._builder.template(text, frame)
                )
        return self._tables[key]

    def _shaped(self, net: Net, spec: Phrase | Composite) -> Node:
        owner = net.owner
        if isinstance(spec, Composite):
            owner = f"{BUILTIN}.{net.name}"
            self._lists |= {(owner, name): inner for name, inner in spec.lists.items()}
        frame = Frame(owner, where=f"list {{{net.name}}}")
        with self._no_circle((net.owner, net.name)):
            return self.nodes.union(self._builder.template(text, frame) for text in spec.sentences)

    @contextmanager
    def _no_circle(self, key: tuple[str, str]) -> Iterator[None]:
        """While a list is being compiled it may not be needed to compile itself."""
        if key in self._filling:
            chain = " -> ".join(f"{{{inner}}}" for _, inner in (*self._filling, key))
            raise GrammarError(f"lists refer to each other in a circle: {chain}", where=f"list {{{key[1]}}}",
                               mend="write out what the entry means instead of the list's name")
        self._filling.append(key)
        try:
            yield
        finally:
            self._filling.pop()

    # Rules.

    def rules(self, view: View) -> Iterator[tuple[RuleKey, Rule]]:
        """The rules that a view allows, each with a key that names it as long as the network lives."""
        for name, skill in self._skills.items():
            if view.skills is None or name in view.skills:
                yield from (((name, i), rule) for i, rule in enumerate(skill.rules) if rule.scope in view.scopes)
        if view.sentences:
            asking = view.skills[0] if view.skills and len(view.skills) == 1 else HOUSEHOLD
            yield (asking, view.sentences), Rule("", "answer", view.sentences, where="an open question's answers")

    def rule_entry(self, key: RuleKey, rule: Rule, view: View) -> Node:
        """Where a rule's sentences begin under a view; DEAD if its context conditions cannot hold."""
        given = {"area": view.area} if view.area else {}
        for name, held in given.items():
            wanted = unpacked(rule.requires[name]) if name in rule.requires else None
            unwanted = unpacked(rule.excludes[name]) if name in rule.excludes else None
            if (wanted is not None and held not in wanted) or (unwanted is not None and held in unwanted):
                return DEAD
        layers = tuple(sorted(set(rule.requires) - set(given)))
        known = self._entries.get((key, layers))
        if known is None:
            known = self._entries[key, layers] = self._compile(key[0], rule, layers)
        return known

    def _compile(self, skill: str, rule: Rule, layers: tuple[str, ...]) -> Node:
        where = rule.where or f"{rule.skill}.{rule.intent}"
        frame = Frame(skill, where, filter_of(rule.requires), filter_of(rule.excludes), layers)
        if not rule.around:
            return self.nodes.union(self._builder.template(text, frame) for text in rule.sentences)
        end = self._builder.after(rule.around, frame)
        inner = self.nodes.union(self._builder.template(text, frame, end) for text in rule.sentences)
        return self._builder.before(rule.around, inner, frame)

    def add(self, name: str, skill: Skill) -> None:
        """Take in a skill that is not there yet; the nets of the others stay.

        Raises:
            GrammarError: a template, an expansion rule or a permutation is wrong. The network is then of no use.
        """
        self._skills[name] = skill
        self.baseline = 0
        self.check(name)

    def check(self, skill: str) -> None:
        """Compile a skill's rules, so that what is wrong is said now.

        Raises:
            GrammarError: a template, an expansion rule or a permutation is wrong.
        """
        for i, rule in enumerate(self._skills[skill].rules):
            self.rule_entry((skill, i), rule, View())

    def begins(self, node: Node) -> frozenset[str]:
        """Symbols with which the sentences from a node on begin; ANY among them where it could be any."""
        known = self._begins.get(node)
        if known is None:
            first = self.nodes.skip(node)
            called = (self.begins(self.nets[net].entry) for net, _, _ in self.nodes.calls[first])
            known = self._begins[node] = self.nodes.begins(first).union(*called)
        return known

    def open_beginnings(self) -> list[str]:
        """Rules with a sentence that begins with a wildcard: anything that is said could be one."""
        found = []
        for skill, held in self._skills.items():
            for i, rule in enumerate(held.rules):
                if ANY in self.begins(self.rule_entry((skill, i), rule, View())):
                    found.append(rule.where or f"{skill}.{rule.intent}")
        return found

    def unknown_lists(self) -> list[str]:
        """Names in templates that no list answers to: their sentences cannot be said."""
        return sorted({net.name for net in self.nets if net.name and net.spec is None})
