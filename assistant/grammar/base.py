"""The words of the grammar: rules, lists, views, and what the decoder and the router ask of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

State = int
"""A place in the grammar after some words: an interned set of network positions."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Sentences that mean one intent of one skill."""

    skill: str
    intent: str
    sentences: tuple[str, ...]
    """Home Assistant's template language (hassil)."""
    scope: str = "order"
    """When it may be said: ``order`` always; ``follow_up``, ``yes_no``, ``stop`` or a name of the skill's own."""
    slots: Mapping[str, Any] = field(default_factory=dict)
    """Slots that hold without being said."""
    requires: Mapping[str, Any] = field(default_factory=dict)
    """hassil's ``requires_context``: ``{"domain": "light"}`` filters ``{name}``; ``{"area": {"slot": true}}``."""
    excludes: Mapping[str, Any] = field(default_factory=dict)
    """hassil's ``excludes_context``."""
    where: str = ""
    """File and line the sentences come from, for messages."""
    response: str = ""
    """Name of the answer that the sentences' own package has for them."""
    fills: frozenset[str] = frozenset()
    """Slots that some of the sentences fill, where somebody has looked."""
    around: str = ""
    """Expansion rule of words that may stand before and after each sentence."""
    yields: bool = False
    """Whether it gives way where a rule that does not yield fits the same words as surely."""
    later: bool = False
    """Whether a time of day, or a while, at the end of an open slot says when, and is no part of what it holds."""


@dataclass(frozen=True, slots=True)
class Value:
    """One entry of a list: what is said and what it means."""

    said: str
    """Text or hassil template ("(bed room|bedroom) lamp")."""
    value: Any
    context: Mapping[str, Any] = field(default_factory=dict)
    """E.g. ``{"domain": "light", "area": "kitchen"}``."""


@dataclass(frozen=True, slots=True)
class Range:
    """A list of numbers, said in digits or words; slot values are int, or float where there are fractions."""

    start: int
    stop: int
    """Included."""
    step: int = 1
    fractions: str = ""
    """``halves`` (21.5, "21 and a half"), ``tenths`` (21.3, "twenty one point three"), ``decimals`` (3.14, "three
    point one four", "two and three quarters"), or empty for whole numbers."""
    multiplier: float = 1
    """Slot value = number said times this."""


@dataclass(frozen=True, slots=True)
class Wildcard:
    """A list of anything: an open slot of some words; its value is the text said."""

    words: int = 12
    """At most so many."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A list whose entries are sentences, with lists and expansion rules of their skill; its value is the text said."""

    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The sub-word pieces a recogniser writes with."""

    pieces: tuple[str, ...]
    """Text of each token id; a piece that begins a word begins with a space. Empty: never allowed."""
    eos: int
    """Token that ends the text; never among the allowed ones, see ``is_final``."""


FREE = "free"
"""Scope of sentences that are understood in typed and freely recognised text, and not listened for: each that is costs
the others some certainty."""


@dataclass(frozen=True, slots=True)
class View:
    """Which part of the grammar may be said in one utterance; plain data, sent to workers."""

    scopes: tuple[str, ...] = ("order",)
    area: str = ""
    """Area of the source."""
    sentences: tuple[str, ...] = ()
    """Extra templates for this utterance only (the answers of an open question); intent ``answer`` of skill ``""``."""
    skills: tuple[str, ...] | None = None
    """Only these skills; None for all."""


@dataclass(frozen=True, slots=True)
class Match:
    """A meaning of a sentence."""

    skill: str
    intent: str
    slots: dict[str, Any]
    text: str
    """Canonical text that matched."""
    literal: int = 0
    """Characters matched by fixed words: more is surer."""
    wildcards: int = 0
    """Open slots: what they hold could be anything."""
    written: str = ""
    """The text as it was given, with its capitals and marks."""
    meant: Mapping[str, Any] = field(default_factory=dict)
    """What those slots mean whose values are the words as said."""
    rule: Rule | None = field(default=None, compare=False, repr=False)
    """Whose sentence it was."""
    origin: Match | None = field(default=None, compare=False, repr=False)
    """The meaning in another's words that it was translated from."""


class TokenConstraint(Protocol):
    """What a decoder may write next, for one vocabulary and one view.

    States are small ints; they belong to this object and stay valid as long as it lives, also after edits.
    """

    @property
    def start(self) -> State: ...

    def allowed(self, state: State) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Token ids that may follow, and the state after each (same length); memoised. Both empty at a dead end."""
        ...

    def after(self, state: State, token: int) -> State | None:
        """The state after one more token, None where it may not follow: for few tokens cheaper than ``allowed``."""
        ...

    def possible(self, state: State, tokens: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Some tokens without most of those that ``after`` would not allow, in the same order."""
        ...

    def is_open(self, state: State) -> bool:
        """Whether any word may follow, or any letter: inside an open slot."""
        ...

    def is_named(self, state: State, token: int) -> bool:
        """Of an open state, whether a token that may follow could also be written if the slot took no other words."""
        ...

    def is_final(self, state: State) -> bool:
        """Whether the words so far are a whole sentence."""
        ...

    def can_go_on(self, state: State) -> bool:
        """Whether at least one more word may follow."""
        ...

    def advance(self, state: State, text: str) -> State | None:
        """The state after more text, or None if the grammar does not allow it. Case and punctuation are free."""
        ...


class Constraints(Protocol):
    """What a recogniser asks of the grammar."""

    @property
    def version(self) -> int: ...

    @property
    def names(self) -> tuple[str, ...]:
        """What the lists call devices, rooms, people and things, as they are spelled."""
        ...

    def constraint(self, vocabulary: Vocabulary, view: View) -> TokenConstraint: ...
