"""The grammar of the loaded skills and the household: understanding, decoding and tests use this one object."""

from __future__ import annotations

import logging
from collections import OrderedDict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from assistant.errors import GrammarError
from assistant.grammar.base import Match, Phrase, Range, Rule, Value, View, Vocabulary, Wildcard
from assistant.grammar.branches import Branch, Entered, branches, possible
from assistant.grammar.builtins import BUILTINS
from assistant.grammar.checks import check_list
from assistant.grammar.constraint import Masks, ViewConstraint
from assistant.grammar.edits import list_from, list_to, rule_from, rule_to
from assistant.grammar.hearing import unheard
from assistant.grammar.lists import ListSpec
from assistant.grammar.matching import matches
from assistant.grammar.network import Network, Skill
from assistant.grammar.nodes import Node
from assistant.grammar.sampling import Sampler
from assistant.grammar.sentences import Sentences
from assistant.grammar.symbols import symbols_of
from assistant.grammar.templates import is_template
from assistant.grammar.vocabulary import PieceTree
from assistant.grammar.walker import Set, Walker

MOST_EDITS = 256
"""Edits kept for workers; one that is further behind gets a whole copy."""
MOST_EDITED = 20_000
"""Rules and entries of lists that these edits may hold together."""
MOST_STATES = 10_000
"""Sets of positions kept (about 3 KB each, with masks and nodes); more than these and the next utterance starts with an
empty cache."""
MOST_VIEWS = 64
MOST_MATCHES = 128
MOST_VOCABULARIES = 4
MOST_WALKED = 60_000
"""Nodes (about 0.4 KB each) that walking, edits and open questions may add before those in use are copied."""
MOST_WARNED = 1024
"""Warnings remembered, so that each is told once."""
Edit = dict[str, Any]
logger = logging.getLogger(__name__)


class Grammar:
    """Rules and lists, versioned.

    One object may be used by one thread at a time. Constraints already given out stay valid (for the version they name)
    while the grammar is edited.
    """

    def __init__(self) -> None:
        self.version = 0
        self._skills: dict[str, Skill] = {}
        self._lists: dict[tuple[str, str], ListSpec] = {}
        self._edits: deque[Edit] = deque(maxlen=MOST_EDITS)
        self._network: Network | None = None
        self._unheard: set[tuple[str, str]] = set()
        """Lists whose entries nobody has compared yet with what a recogniser writes."""
        self._warned: OrderedDict[str, None] = OrderedDict()
        self._stale: set[tuple[str, str]] = set()
        """Lists to build again before the network is used: devices are found by the dozen."""
        self._walker: Walker | None = None
        self._masks: dict[int, Masks] = {}
        self._trees: dict[int, tuple[Vocabulary, PieceTree]] = {}
        self._constraints: OrderedDict[tuple[int, View], ViewConstraint] = OrderedDict()
        self._roots: OrderedDict[View, Node] = OrderedDict()
        self._branches: OrderedDict[View, tuple[Branch, ...]] = OrderedDict()
        self._matches: OrderedDict[tuple[str, View], list[Match]] = OrderedDict()

    # Editing.

    def set_rules(self, skill: str, rules: Sequence[Rule], expansions: Mapping[str, str] | None = None) -> None:
        """Replace a skill's rules and expansion rules.

        Raises:
            GrammarError: a template is wrong; says which, where in it, and what. The grammar is then unchanged.
        """
        candidate = Skill(tuple(rules), dict(expansions or {}))
        if candidate == self._skills.get(skill):
            return
        network = self._with_skill(skill, candidate)
        self._skills.pop(skill, None)
        self._skills[skill] = candidate
        self._stale.clear()
        data = [rule_to(rule) for rule in rules]
        self._changed({"op": "rules", "skill": skill, "rules": data, "expansions": candidate.expansions})
        self._network = network

    def _with_skill(self, name: str, skill: Skill) -> Network:
        """The network with a skill's rules: the one at hand if they are its first, else a new one."""
        others = {other: held for other, held in self._skills.items() if other != name}
        network = self.network if len(others) == len(self._skills) else Network(others, self._lists)
        try:
            network.add(name, skill)
        except GrammarError:
            self._network = None  # it may hold half of the skill
            raise
        return network

    def set_sentences(self, skill: str, sentences: Sentences) -> None:
        """Replace a skill's rules, expansion rules and lists by those of a sentence file.

        Raises:
            GrammarError: a template is wrong. The grammar may then hold some of the new lists.
        """
        for name in [name for owner, name in self._lists if owner == skill and name not in sentences.lists]:
            self.set_list(name, (), skill)
        for name, values in sentences.lists.items():
            self.set_list(name, values, skill)
        self.set_rules(skill, sentences.rules, sentences.expansions)

    def remove_skill(self, skill: str) -> None:
        """Forget a skill's rules and lists; unknown names are no error."""
        self._skills.pop(skill, None)
        self._lists = {key: spec for key, spec in self._lists.items() if not skill or key[0] != skill}
        self._stale.clear()
        self._changed({"op": "remove", "skill": skill})
        self._network = None

    def set_list(self, name: str, values: Sequence[Value] | Range | Wildcard | Phrase, skill: str = "") -> None:
        """Replace a list: a skill's own, or with no skill the household's (``name``, ``area``, ``floor``, ``person``).

        Raises:
            GrammarError: an entry's template is wrong. The grammar is then unchanged.
        """
        spec: ListSpec = values if isinstance(values, Range | Wildcard | Phrase) else tuple(values)
        key = (skill, name)
        if self._lists.get(key) == spec:
            return
        check_list(self._skills, self._lists, key, spec)
        shadows = key not in self._lists and (skill in self._skills if skill else name in BUILTINS)
        network = None if shadows else self._network
        self._lists = {**self._lists, key: spec}
        self._changed({"op": "list", "skill": skill, "name": name, **list_to(spec)})
        self._network = network
        self._stale.add(key)
        self._unheard.add(key)

    def _changed(self, edit: Edit) -> None:
        self.version += 1
        self._edits.append({**edit, "version": self.version})
        while len(self._edits) > 1 and sum(map(_length, self._edits)) > MOST_EDITED:
            self._edits.popleft()
        self._forget()

    def _forget(self) -> None:
        self._walker = None
        self._masks.clear()
        self._constraints.clear()
        self._roots.clear()
        self._branches.clear()
        self._matches.clear()

    # Copies.

    def dump(self) -> dict[str, Any]:
        """Everything, as plain data."""
        return {
            "op": "load",
            "version": self.version,
            "skills": {
                name: {"rules": [rule_to(rule) for rule in skill.rules], "expansions": skill.expansions}
                for name, skill in self._skills.items()
            },
            "lists": [{"skill": skill, "name": name, **list_to(spec)} for (skill, name), spec in self._lists.items()],
        }

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Grammar:
        """The grammar that ``dump`` described."""
        grammar = cls()
        grammar.apply(data)
        return grammar

    def edits_since(self, version: int) -> list[Edit]:
        """The edits that bring a copy of that version up to date; one edit with everything where it is too old."""
        newer = [edit for edit in self._edits if edit["version"] > version]
        if len(newer) == self.version - version:
            return newer
        return [self.dump()]

    def apply(self, edit: Mapping[str, Any]) -> None:
        """Repeat an edit of another grammar, which must be the next one (or a whole ``dump``).

        Raises:
            GrammarError: an edit is missing in between.
        """
        if edit["op"] == "load":
            self._load(edit)
            return
        if edit["version"] != self.version + 1:
            what = f"edit {edit['version']} does not follow version {self.version}"
            raise GrammarError(what, mend="ask for edits_since this version")
        if edit["op"] == "rules":
            self.set_rules(edit["skill"], [rule_from(r) for r in edit["rules"]], edit["expansions"])
        elif edit["op"] == "remove":
            self.remove_skill(edit["skill"])
        else:
            self.set_list(edit["name"], list_from(edit), edit["skill"])

    def _load(self, data: Mapping[str, Any]) -> None:
        self._skills = {
            name: Skill(tuple(rule_from(rule) for rule in skill["rules"]), dict(skill["expansions"]))
            for name, skill in data["skills"].items()
        }
        self._lists = {(entry["skill"], entry["name"]): list_from(entry) for entry in data["lists"]}
        self.version = data["version"]
        self._edits.clear()
        self._stale.clear()
        self._unheard = set(self._lists)
        self._network = None
        self._forget()

    # Use.

    def match(self, text: str, view: View | None = None) -> list[Match]:
        """Every meaning of a sentence under a view, the best first; empty if it is none.

        Best: fewest wildcards, then most literal text, then least text in open slots, then names of devices in the
        view's area. Slot values are typed: list values as given, numbers int, or float where the list has fractions,
        wildcards the words as text.
        """
        view = view or View()
        symbols = symbols_of(text)
        known = self._matches.get((symbols, view))
        if known is None:
            rules = self._possible(symbols, view)
            known = matches(self.network, symbols, view, rules) if rules else []
            self._matches[symbols, view] = known
            if len(self._matches) > MOST_MATCHES:
                self._matches.popitem(last=False)
        return [replace(match, written=text) for match in known]

    def contains(self, text: str, view: View | None = None) -> bool:
        """Whether a text is a whole sentence of a view."""
        return self._accepts(symbols_of(text), view or View())

    def _accepts(self, symbols: str, view: View) -> bool:
        walker = self.walker
        return walker.accepts(self._start(view, walker), symbols)

    def _possible(self, symbols: str, view: View) -> list[Entered]:
        """Rules of which a text may be a sentence."""
        if not self._accepts(symbols, view):
            return []
        walker, network = self.walker, self.network
        if view not in self._branches:
            self._branches[view] = branches(network, view)
            if len(self._branches) > MOST_VIEWS:
                self._branches.popitem(last=False)
        return list(possible(walker, self._branches[view], symbols))

    def constraint(self, vocabulary: Vocabulary, view: View | None = None) -> ViewConstraint:
        """What a decoder with this vocabulary may write; remembered until the grammar changes."""
        view = view or View()
        walker, key = self.walker, (id(vocabulary), view)
        known = self._constraints.get(key)
        if known is None:
            if id(vocabulary) not in self._masks:
                tree = self._tree(vocabulary)
                self._masks[id(vocabulary)] = Masks(walker, tree)
                self._warn(tree.alphabet)
            known = ViewConstraint(self._masks[id(vocabulary)], self._start(view, walker), self.version)
            self._constraints[key] = known
            if len(self._constraints) > MOST_VIEWS:
                self._constraints.popitem(last=False)
        self._constraints.move_to_end(key)
        return known

    def sentences(self, view: View | None = None, limit: int = 100, seed: int | None = None) -> Iterator[str]:
        """Different sentences of a view: with a seed, ``limit`` drawn at random; without, the first ones in order."""
        view = view or View()
        network = self.network
        entries = [network.rule_entry(key, rule, view) for key, rule in network.rules(view)]
        sampler = Sampler(network)
        yield from sampler.draw(entries, limit, seed) if seed is not None else sampler.enumerate(entries, limit)

    def problems(self) -> list[str]:
        """What is no error and yet harms: lists that nobody has set, sentences that begin with anything at all."""
        unset = [f"nothing has set the list {{{name}}}" for name in self.network.unknown_lists()]
        begin = self.network.open_beginnings()
        return unset + [f"{where}: a sentence begins with a wildcard, so anything is one" for where in begin]

    @property
    def names(self) -> tuple[str, ...]:
        """What the lists call devices, rooms, people and things, as they are spelled; entries with choices are none."""
        values = [value for spec in self._lists.values() if isinstance(spec, tuple) for value in spec]
        return tuple(dict.fromkeys(value.said for value in values if not is_template(value.said)))

    @property
    def skills(self) -> Mapping[str, Skill]:
        """The rules and expansion rules of each skill."""
        return self._skills

    # Caches.

    @property
    def network(self) -> Network:
        """The network of the present version."""
        if self._network is None:
            self._network = Network(self._skills, self._lists)
            for skill in self._skills:
                self._network.check(skill)
        else:
            for key in self._stale:
                self._network.replace_list(*key, self._lists[key])
        self._stale.clear()
        return self._network

    @property
    def walker(self) -> Walker:
        """The walker of the present version."""
        if self._walker is not None and len(self._walker) > MOST_STATES:
            self._forget()
        if self._walker is None:
            network = self.network
            if network.baseline and len(network.nodes) > network.baseline + MOST_WALKED:
                network.compact()
            self._walker = Walker(network)
        return self._walker

    def start(self, view: View) -> Set:
        """Where a walk with ``walker`` begins under a view."""
        return self._start(view, self.walker)

    def _start(self, view: View, walker: Walker) -> Set:
        root = self._roots.get(view)
        if root is None:
            network = self.network
            root = network.nodes.union(network.rule_entry(key, rule, view) for key, rule in network.rules(view))
            network.baseline = network.baseline or len(network.nodes)
            self._roots[view] = root
            if len(self._roots) > MOST_VIEWS:
                self._roots.popitem(last=False)
        return walker.start(root)

    def _warn(self, alphabet: frozenset[str]) -> None:
        """Tell once of each entry that a recogniser with this alphabet cannot hear."""
        for owner, name in sorted(self._unheard & self._lists.keys()):
            for warning in unheard(name, self._lists[owner, name], alphabet):
                if warning not in self._warned:
                    logger.warning("%s", warning)
                self._warned[warning] = None
                if len(self._warned) > MOST_WARNED:
                    self._warned.popitem(last=False)
        self._unheard.clear()

    def _tree(self, vocabulary: Vocabulary) -> PieceTree:
        known = self._trees.get(id(vocabulary))
        if known is None:
            known = self._trees[id(vocabulary)] = (vocabulary, PieceTree(vocabulary))
            if len(self._trees) > MOST_VOCABULARIES:
                dropped = next(iter(self._trees))
                del self._trees[dropped]
                self._masks.pop(dropped, None)
                self._constraints.clear()
        return known[1]


def _length(edit: Edit) -> int:
    return 1 + len(edit.get("values", ())) + len(edit.get("rules", ()))
