"""Why a sentence means what it means: what each link of the chain makes of it, which one wins, what was near."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from assistant.dialogue.chain import TALKER, Chain, Found, LateLink, Link
from assistant.errors import AssistantError
from assistant.grammar.base import Match, View
from assistant.grammar.following import Followed, follow, near
from assistant.grammar.grammar import Grammar
from assistant.grammar.matching import rule_matches
from assistant.grammar.symbols import symbols_of

MOST_MATCHES = 5
SEVERAL = "several orders"
"""What is tried where no single meaning fits."""

Orders = Callable[[str, View], Sequence[Match]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A meaning that the grammar gives a sentence."""

    skill: str
    intent: str
    slots: dict[str, Any]
    template: str = ""
    """The sentence template that fits."""
    where: str = ""
    """File and line of it."""
    literal: int = 0
    """Characters matched by fixed words."""
    wildcards: int = 0
    """Open slots."""


@dataclass(frozen=True, slots=True)
class LinkView:
    """What one link made of a sentence."""

    link: str
    meanings: list[Candidate]
    """Empty: nothing; several where a sentence holds several orders."""
    milliseconds: float
    sure: bool = True
    """False: it would ask first."""
    weighed: dict[str, Any] = field(default_factory=dict)
    """See ``Weigher``."""
    problem: str = ""
    """Why it could not say."""


@dataclass(frozen=True, slots=True)
class Risk:
    """Whether what a sentence means is asked about before it is done."""

    asks: bool
    reason: str = ""
    question: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """All of it."""

    text: str
    area: str
    candidates: list[Candidate]
    """Of the grammar, the best first."""
    links: list[LinkView]
    """In their order, each asked for itself."""
    won: str
    """The first link with a meaning; empty: none had one."""
    near: list[str]
    """Sentences of the grammar that are much like it."""
    followed: Followed | None
    """How far the grammar could follow; None where it fits."""
    risk: Risk | None


async def explain(
    chain: Chain, grammar: Grammar, text: str, view: View, risk_of: Callable[[Match], Risk]
) -> Explanation:
    """Ask every link about a typed sentence; nothing is done.

    Args:
        grammar: the agent's; a copy of it is searched, off the event loop.
        risk_of: tells whether a meaning would be asked about.
    """
    links: list[LinkView] = []
    match: Match | None = None
    at_once: list[tuple[str, Orders]] = [(name, partial(_one, link)) for name, link in chain.links]
    for name, orders in (*at_once, (SEVERAL, chain.compound)):
        began = time.perf_counter()
        found = orders(text, view)
        links.append(LinkView(name, [_candidate(one) for one in found], _since(began)))
        match = match or next(iter(found), None)
    for late in chain.late:
        view_of, guessed = await _ask(late, text, view)
        links.append(view_of)
        match = match or (guessed.match if guessed is not None else None)
    if chain.talker is not None:
        links.append(LinkView(TALKER, [], 0.0, problem="it answers in words of its own, and is not asked here"))
    won = next((one.link for one in links if one.meanings), "")
    candidates, alike, followed = await asyncio.to_thread(_search, grammar.dump(), text, view)
    risk = risk_of(match) if match is not None else None
    return Explanation(text, view.area, candidates, links, won, alike, followed, risk)


def _one(link: Link, text: str, view: View) -> tuple[Match, ...]:
    found = link(text, text, view)
    return (found,) if found is not None else ()


async def _ask(late: LateLink, text: str, view: View) -> tuple[LinkView, Found | None]:
    began = time.perf_counter()
    try:
        weighed = await late.weigh(text) if late.weigh is not None else {}
        began = time.perf_counter()
        async with asyncio.timeout(late.seconds):
            found = await late.guess(text, view)
    except TimeoutError:
        return LinkView(late.name, [], _since(began), problem=f"it had no answer within {late.seconds:g} s"), None
    except AssistantError as error:
        return LinkView(late.name, [], _since(began), problem=str(error)), None
    sure = found.sure if found is not None else True
    meanings = [_candidate(found.match)] if found is not None else []
    return LinkView(late.name, meanings, _since(began), sure, weighed), found


def _search(dump: dict[str, Any], text: str, view: View) -> tuple[list[Candidate], list[str], Followed | None]:
    """What a copy of the grammar says: its meanings, sentences near it, how far it goes."""
    grammar = Grammar.load(dump)
    matches = grammar.match(text, view)[:MOST_MATCHES]
    candidates = [_sourced(grammar, match, text, view) for match in matches]
    said = symbols_of(text)
    alike = [sentence for sentence in near(grammar, text, view, 4) if symbols_of(sentence) != said][:3]
    return candidates, alike, None if matches else follow(grammar, text, view)


def _sourced(grammar: Grammar, match: Match, text: str, view: View) -> Candidate:
    """A meaning, with the template that gives it."""
    network, symbols, plain = grammar.network, symbols_of(text), _candidate(match)
    for (skill, number), rule in network.rules(view):
        if (rule.skill, rule.intent) != (match.skill, match.intent):
            continue
        for sentence in rule.sentences:
            alone = replace(rule, sentences=(sentence,))
            entry = network.rule_entry((skill, (f"explained {number}", sentence)), alone, view)
            if any(found.slots == match.slots for found in rule_matches(network, alone, entry, symbols, view)):
                return replace(plain, template=sentence, where=rule.where)
    return plain


def _candidate(match: Match) -> Candidate:
    return Candidate(match.skill, match.intent, dict(match.slots), literal=match.literal, wildcards=match.wildcards)


def _since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 2)


def unlike(candidates: Sequence[Candidate]) -> str:
    """Why the first of several meanings ranks before the second; empty where there is no second."""
    if len(candidates) < 2:
        return ""
    first, second = candidates[:2]
    if first.wildcards != second.wildcards:
        return f"it has {first.wildcards} open slots, the second {second.wildcards}"
    if first.literal != second.literal:
        return f"{first.literal} of its letters are fixed words, of the second {second.literal}"
    return "both fit alike: what is about this room counts first, then what is written first"
