"""Who may do what: the rules that ship by a table, any rules by properties."""

from __future__ import annotations

from datetime import time
from math import inf
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import ConfigError
from assistant.paths import shipped_dir
from assistant.people.claim import CONSOLE, HOUSE, NOBODY, ODDS, PAGE, Claim
from assistant.people.rights import Decision, Wish, decide
from assistant.people.rules import FILE, STEPS, Ask, Deny, Rules, Scope, check_names, load_rules

SHIPPED = shipped_dir() / "configs" / FILE
PEOPLE = {"Anna": (), "Ben": ("children",), "Carl": ("friends",)}
NOON, NIGHT = time(12, 0), time(22, 0)
ANNA, UNSURE_ANNA = Claim("Anna", ODDS["sure"]), Claim("Anna", 1.0)
BEN, UNSURE_BEN = Claim("Ben", ODDS["sure"]), Claim("Ben", ODDS["likely"])
LAMP = Wish("home", "TurnOn", "turn_on", "light", ("lamp",), "kitchen")
UNLOCK = Wish("home", "Unlock", "unlock", "lock", ("front door",), "hall", "it unlocks")
LOCK = Wish("home", "Lock", "lock", "lock", ("front door",), "hall")
MUSIC, LISTS, UNLOCKING = Wish("media", "Play"), Wish("lists", "What"), Wish("home", "Unlock")


@pytest.mark.parametrize(("who", "wish", "now", "verdict", "steps"), [
    (ANNA, LAMP, NOON, "allow", ()),
    (ANNA, LISTS, NOON, "allow", ()),
    (ANNA, UNLOCKING, NOON, "allow", ()),
    (ANNA, UNLOCK, NOON, "ask", ("yes", "phrase")),
    (ANNA, LOCK, NOON, "allow", ()),
    (ANNA, MUSIC, NIGHT, "allow", ()),
    (UNSURE_ANNA, LAMP, NOON, "allow", ()),
    (UNSURE_ANNA, LISTS, NOON, "ask", ("phrase",)),
    (UNSURE_ANNA, UNLOCK, NOON, "ask", ("yes", "phrase")),
    (UNSURE_ANNA, MUSIC, NIGHT, "ask", ("phrase",)),
    (NOBODY, LAMP, NOON, "allow", ()),
    (NOBODY, MUSIC, NOON, "allow", ()),
    (NOBODY, LISTS, NOON, "deny", ()),
    (NOBODY, UNLOCK, NOON, "deny", ()),
    (NOBODY, LOCK, NOON, "deny", ()),
    (NOBODY, MUSIC, NIGHT, "deny", ()),
    (BEN, LISTS, NOON, "allow", ()),
    (BEN, UNLOCK, NOON, "deny", ()),
    (BEN, MUSIC, NOON, "allow", ()),
    (BEN, MUSIC, NIGHT, "deny", ()),
    (UNSURE_BEN, MUSIC, NIGHT, "deny", ()),
    (UNSURE_BEN, LISTS, NOON, "ask", ("phrase",)),
    (Claim("Zoe", inf), LISTS, NOON, "deny", ()),
    (CONSOLE, LISTS, NOON, "allow", ()),
    (CONSOLE, MUSIC, NIGHT, "allow", ()),
    (CONSOLE, UNLOCK, NOON, "ask", ("yes", "pin")),
    (HOUSE, LOCK, NIGHT, "allow", ()),
    (PAGE, LAMP, NOON, "allow", ()),
    (PAGE, LISTS, NOON, "ask", ("pin",)),
    (PAGE, UNLOCK, NOON, "ask", ("yes", "pin")),
])
def test_the_rules_that_ship(who: Claim, wish: Wish, now: time, verdict: str, steps: tuple[str, ...]) -> None:
    decision = decide(load_rules(SHIPPED), PEOPLE, who, wish, now)
    assert (decision.verdict, decision.steps) == (verdict, steps)
    assert decision.reason


def test_a_child_hears_why() -> None:
    rules = load_rules(SHIPPED)
    assert decide(rules, PEOPLE, BEN, MUSIC, NIGHT).say.startswith("It's bedtime")
    assert decide(rules, PEOPLE, UNSURE_BEN, MUSIC, NIGHT).say.startswith("It's bedtime")
    assert "20:30-06:30" in decide(rules, PEOPLE, BEN, MUSIC, NIGHT).reason


def test_without_children_nobody_is_taken_for_one() -> None:
    assert decide(load_rules(SHIPPED), {"Anna": ()}, NOBODY, MUSIC, NIGHT).verdict == "allow"


@pytest.mark.parametrize(("hours", "at", "inside"), [
    ("20:30-06:30", time(20, 30), True), ("20:30-06:30", time(6, 30), False), ("20:30-06:30", time(3, 0), True),
    ("20:30-06:30", time(12, 0), False), ("8:00-9:00", time(8, 59), True), ("8:00-9:00", time(9, 0), False),
    ("", time(0, 0), True),
])
def test_hours(hours: str, at: time, inside: bool) -> None:
    assert Scope(hours=hours).is_at(at) is inside


# Any rules at all.

NAMES = st.sampled_from(("Anna", "Ben", "Carl", "household", "children", "guests", "everyone", "friends"))
PICKED = {
    "who": st.lists(NAMES, min_size=1, max_size=3).map(tuple),
    "skills": st.sampled_from(((), ("home",), ("media",))),
    "kinds": st.sampled_from(((), (), ("light",), ("lock",))),
    "areas": st.sampled_from(((), (), ("hall",))),
    "risky": st.sampled_from((None, True, False)),
    "hours": st.sampled_from(("", "20:00-06:00")),
    "certainty": st.sampled_from(("likely", "sure", "certain")),
}
RULES = st.builds(
    Rules, allow=st.lists(st.builds(Scope, **PICKED), max_size=3).map(tuple),
    deny=st.lists(st.builds(Deny, **PICKED), max_size=3).map(tuple),
    ask=st.lists(st.builds(
        Ask, **PICKED, steps=st.lists(st.sampled_from(STEPS), min_size=1, max_size=2).map(tuple)
    ), max_size=3).map(tuple),
)
WISHES = st.sampled_from((LAMP, UNLOCK, LOCK, MUSIC, LISTS, UNLOCKING))
RATIOS = st.sampled_from((-3.0, 0.0, *ODDS.values(), 20.0)) | st.floats(-10, 20)
RANKS = {"deny": 0, "ask": 1, "allow": 2}


def is_no_more(less: Decision, more: Decision) -> bool:
    """Whether one decision gives no right that the other does not."""
    return RANKS[less.verdict] < RANKS[more.verdict] or (
        less.verdict == more.verdict and set(less.steps) >= set(more.steps)
    )


@given(RULES, st.sampled_from(tuple(PEOPLE)), WISHES, st.sampled_from((NOON, NIGHT)), RATIOS, RATIOS)
def test_never_more_rights_for_less_certainty(
    rules: Rules, person: str, wish: Wish, now: time, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    less, more = (decide(rules, PEOPLE, Claim(person, llr), wish, now) for llr in (low, high))
    assert is_no_more(less, more), (less, more)


@given(RULES, st.sampled_from(tuple(PEOPLE)), WISHES, st.sampled_from((NOON, NIGHT)), RATIOS)
def test_never_more_rights_for_who_is_in_doubt(
    rules: Rules, person: str, wish: Wish, now: time, llr: float
) -> None:
    doubtful, clear, nobody = (
        decide(rules, PEOPLE, claim, wish, now)
        for claim in (Claim(person, llr, doubtful=True), Claim(person, llr), NOBODY)
    )
    assert is_no_more(doubtful, clear) and is_no_more(nobody, doubtful)


@pytest.mark.parametrize(("wish", "verdict", "steps"), [
    (UNLOCK, "ask", ("yes", "phrase")), (LOCK, "allow", ()), (LISTS, "allow", ()), (UNLOCKING, "allow", ()),
])
def test_what_is_risky_is_not_given_to_who_is_in_doubt(wish: Wish, verdict: str, steps: tuple[str, ...]) -> None:
    rules = Rules(allow=(Scope(who=("household",)),), ask=(Ask(risky=True, steps=("yes",)),))
    decision = decide(rules, PEOPLE, Claim("Anna", 20.0, doubtful=True), wish, NOON)
    assert (decision.verdict, decision.steps) == (verdict, steps)
    assert decision.unsure is (wish is UNLOCK), "after the phrase it is decided anew"


@given(RULES, st.sampled_from(tuple(PEOPLE)), WISHES, st.sampled_from((NOON, NIGHT)), RATIOS)
def test_nobody_has_no_more_rights_than_anybody(rules: Rules, person: str, wish: Wish, now: time, llr: float) -> None:
    unknown = decide(rules, PEOPLE, NOBODY, wish, now)
    assert is_no_more(unknown, decide(rules, PEOPLE, Claim(person, llr), wish, now))


@given(RULES, WISHES, st.sampled_from((NOON, NIGHT)))
def test_a_page_elsewhere_has_no_more_than_the_console_and_without_the_pin_no_more_than_anybody(
    rules: Rules, wish: Wish, now: time
) -> None:
    typed, nobody = decide(rules, PEOPLE, PAGE, wish, now), decide(rules, PEOPLE, NOBODY, wish, now)
    assert is_no_more(typed, decide(rules, PEOPLE, CONSOLE, wish, now))
    assert "pin" in typed.steps or RANKS[typed.verdict] <= RANKS[nobody.verdict]


@given(RULES, WISHES, st.sampled_from((NOON, NIGHT)), RATIOS)
def test_a_forgotten_person_is_nobody(rules: Rules, wish: Wish, now: time, llr: float) -> None:
    left = {person: groups for person, groups in PEOPLE.items() if person != "Anna"}
    assert decide(rules, left, Claim("Anna", llr), wish, now) == decide(rules, left, NOBODY, wish, now)


@given(WISHES, st.sampled_from((*PEOPLE, "")), st.sampled_from((NOON, NIGHT)), RATIOS)
def test_what_no_rule_allows_is_not_allowed(wish: Wish, person: str, now: time, llr: float) -> None:
    assert decide(Rules(), PEOPLE, Claim(person, llr), wish, now).verdict == "deny"


@given(RULES, WISHES, st.sampled_from((NOON, NIGHT)), RATIOS, st.sampled_from(tuple(PEOPLE)))
def test_more_rules_that_forbid_never_allow_more(
    rules: Rules, wish: Wish, now: time, llr: float, person: str
) -> None:
    stricter = Rules(allow=rules.allow, deny=(*rules.deny, Deny(who=("children",))), ask=rules.ask)
    claim = Claim(person, llr)
    assert is_no_more(decide(stricter, PEOPLE, claim, wish, now), decide(rules, PEOPLE, claim, wish, now))


# The file.


@pytest.mark.parametrize(("text", "what"), [
    ("allow:\n  - who: household\n    skils: [home]\n", ":3"),
    ("deny:\n  - who: children\n    hours: evening\n", ":3"),
    ("ask:\n  - risky: true\n    steps: [fingerprint]\n", ":3"),
])
def test_a_wrong_rule_is_named_with_its_line(text: str, what: str, tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_rules(path)
    assert what in caught.value.where


def test_a_rule_for_nobody_there_is_told(tmp_path: Path) -> None:
    path = tmp_path / FILE
    path.write_text("allow:\n  - who: household\ndeny:\n  - who: bne\n    skills: [media]\n")
    with pytest.raises(ConfigError, match="nobody called 'bne'") as caught:
        check_names(path, ("Anna", "ben"))
    assert caught.value.where.endswith(":4") and "ben" in caught.value.mend
    check_names(SHIPPED, ())
