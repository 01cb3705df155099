"""Decides by the rules. The same for every order; it knows nothing but its arguments.

What allows counts for whoever it *surely* is, what forbids for whoever it *may* be. So nobody gains a right by being
harder to recognise: who is not known has what guests have, less what is forbidden to anybody of the house who may be
hiding behind it. (A test holds every set of rules to this.)
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import time
from math import inf
from typing import Literal

from assistant.people.claim import CONSOLE, ODDS, Claim
from assistant.people.rules import EVERYONE, GUESTS, HOUSEHOLD, STEPS, Rules, Scope, Step

UNSURE = ODDS["likely"] / 2
"""Log-likelihood ratio that a doubtful claim is worth where something is risky: it speaks for somebody, and suffices
for nothing."""
Verdict = Literal["allow", "ask", "deny"]
Groups = Mapping[str, Collection[str]]
"""Persons of the house, and the groups that each belongs to beside the household."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants: a whole order, or one thing done."""

    skill: str = ""
    intent: str = ""
    command: str = ""
    """Empty: the order as a whole, before anything is done."""
    kind: str = ""
    names: tuple[str, ...] = ()
    """What the device is called, identifier among it."""
    area: str = ""
    risk: str = ""
    """Why it is risky; empty if it is not."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether it may be done, and why, or why not."""

    verdict: Verdict
    reason: str = ""
    steps: tuple[Step, ...] = ()
    """What has to be passed before."""
    say: str = ""
    """The answer to whoever may not; empty: the usual one."""
    unsure: bool = field(default=False)
    """Whether it would be allowed if it were surer who speaks: then it is decided anew."""


def decide(rules: Rules, people: Groups, claim: Claim, wish: Wish, now: time) -> Decision:
    """Whether a claim suffices for a wish."""
    if claim.person and claim.person not in people:
        claim = replace(claim, person="", llr=0.0)
    if claim.doubtful and wish.risk:
        claim = replace(claim, llr=min(claim.llr, UNSURE))
    found = _decide(rules, people, claim, wish, now)
    if found.verdict == "deny" and claim.channel == "page":
        return _by_pin(rules, people, wish, now) or found
    unlikely = not claim.person or claim.llr <= 0.0
    if found.verdict != "deny" or unlikely or claim.trusted or claim.llr == inf:
        return _complete(rules, people, claim, wish, now, found)
    if_sure = replace(claim, llr=inf)
    surely = _complete(rules, people, if_sure, wish, now, _decide(rules, people, if_sure, wish, now))
    if surely.verdict == "deny":
        return surely if _is_known_to_be_forbidden(rules, people, claim, wish, now) else found
    steps = _in_order({*surely.steps, "phrase", *_steps(rules, people, claim, wish, now)})
    return Decision("ask", f"it is not sure that {claim.person} speaks", steps, unsure=True)


def _by_pin(rules: Rules, people: Groups, wish: Wish, now: time) -> Decision | None:
    """Who knows the household's PIN may elsewhere what may be typed on this machine; None: nobody may."""
    here = decide(rules, people, CONSOLE, wish, now)
    if here.verdict == "deny":
        return None
    return Decision("ask", "typed elsewhere, by whoever it may be", _in_order({*here.steps, "pin"}), unsure=True)


def _decide(rules: Rules, people: Groups, claim: Claim, wish: Wish, now: time) -> Decision:
    """Allow or deny."""
    for forbidding in rules.deny:
        if _forbids(forbidding, wish, now) and _may_be(people, claim, forbidding):
            say = forbidding.say if _is_told(people, claim, forbidding) else ""
            return Decision("deny", f"forbidden to {forbidding}", say=say)
    for allowing in rules.allow:
        if _covers(allowing, wish, now) and _is_surely(people, claim, allowing):
            return Decision("allow", f"allowed to {allowing}")
    return Decision("deny", f"nothing allows it to {_called(claim)}")


def _complete(rules: Rules, people: Groups, claim: Claim, wish: Wish, now: time, found: Decision) -> Decision:
    """The decision, with what is asked for before."""
    if found.verdict != "allow":
        return found
    steps = _steps(rules, people, claim, wish, now)
    return replace(found, verdict="ask", reason=wish.risk or found.reason, steps=_in_order(steps)) if steps else found


def _steps(rules: Rules, people: Groups, claim: Claim, wish: Wish, now: time) -> set[Step]:
    asked = {step for rule in rules.ask if _forbids(rule, wish, now) and _may_be(people, claim, rule)
             for step in rule.steps}
    if claim.channel in ("console", "page"):  # nobody is heard there
        asked = {"pin" if step in ("phrase", "another") else step for step in asked}
    return asked


def _in_order(steps: Collection[Step]) -> tuple[Step, ...]:
    return tuple(step for step in STEPS if step in steps)


def _is_known_to_be_forbidden(rules: Rules, people: Groups, claim: Claim, wish: Wish, now: time) -> bool:
    """Whether the likeliest person may not, so that it may be said why."""
    return claim.holds("likely") and any(
        _forbids(rule, wish, now) and _is_one(people, claim.person, rule.who) for rule in rules.deny
    )


# Who.


def _is_surely(people: Groups, claim: Claim, rule: Scope) -> bool:
    if EVERYONE in rule.who or GUESTS in rule.who:
        return True  # what guests may, everybody may
    if claim.trusted:
        return HOUSEHOLD in rule.who
    return claim.holds(rule.certainty) and _is_one(people, claim.person, rule.who)


def _is_told(people: Groups, claim: Claim, rule: Scope) -> bool:
    """Whether the words of a rule that forbids are meant for whoever speaks: a stranger is no child."""
    if claim.trusted or not {EVERYONE, GUESTS}.isdisjoint(rule.who):
        return True
    return claim.holds("likely") and _is_one(people, claim.person, rule.who)


def _may_be(people: Groups, claim: Claim, rule: Scope) -> bool:
    if EVERYONE in rule.who:
        return True
    if claim.trusted:
        return HOUSEHOLD in rule.who
    if claim.holds(rule.certainty):
        return _is_one(people, claim.person, rule.who)
    return GUESTS in rule.who or any(_is_one(people, person, rule.who) for person in people)


def _is_one(people: Groups, person: str, who: Collection[str]) -> bool:
    return not {person, HOUSEHOLD, *people[person]}.isdisjoint(who)


def _called(claim: Claim) -> str:
    if claim.trusted:
        return HOUSEHOLD
    return claim.known or GUESTS


# What.


def _covers(rule: Scope, wish: Wish, now: time) -> bool:
    """Whether a rule that allows may cover it; of a whole order that is seen when something is to be done."""
    return _is_about(rule, wish, now) and (not wish.command or _touches(rule, wish))


def _forbids(rule: Scope, wish: Wish, now: time) -> bool:
    """Whether a rule that forbids, or asks for more, covers it; not a whole order for a device that it may be about."""
    return _is_about(rule, wish, now) and (_touches(rule, wish) if wish.command else not rule.of_devices)


def _is_about(rule: Scope, wish: Wish, now: time) -> bool:
    intent = f"{wish.skill}.{wish.intent}"
    return (
        _fits(rule.skills, wish.skill) and (not rule.intents or intent in rule.intents or wish.intent in rule.intents)
        and rule.is_at(now)
    )


def _touches(rule: Scope, wish: Wish) -> bool:
    named = not rule.devices or not {name.casefold() for name in wish.names}.isdisjoint(map(str.casefold, rule.devices))
    return (
        named and _fits(rule.kinds, wish.kind) and _fits(rule.areas, wish.area) and _fits(rule.commands, wish.command)
        and (rule.risky is None or rule.risky is bool(wish.risk))
    )


def _fits(named: Collection[str], one: str) -> bool:
    return not named or one in named
