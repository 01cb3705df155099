"""Between what is understood and what is done: decisions, what is asked for, and why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pytest

from assistant.audio.frames import Pcm
from assistant.events import Event, RightDecided, StepTaken
from assistant.grammar.base import Match, View
from assistant.home.schema import Device
from assistant.paths import shipped_dir
from assistant.people.challenge import LENGTH, WORDS, phrase
from assistant.people.claim import CONSOLE, NOBODY, ODDS, PAGE, Claim, stood
from assistant.people.claims import MOST_TURNS, Claims
from assistant.people.guard import STRANGER, Guard
from assistant.people.permissions import Action, Permissions
from assistant.people.pin import Pin
from assistant.people.rules import FILE, Ask, Rules, Scope, load_rules
from assistant.people.steps import LOCKED, NO_PIN, NOT_THE_VOICE, WRONG_PIN, StepUps
from assistant.skills.calls import SkillCall
from assistant.skills.effects import Effects
from assistant.skills.manifest import Manifest
from assistant.skills.messages import Answer, HandleRequest
from assistant.store.store import Store

PEOPLE = {"Anna": (), "Ben": ("children",), "Carl": ()}
ANNA, BEN = Claim("Anna", ODDS["sure"]), Claim("Ben", ODDS["sure"])
DOOR = Device.model_validate({"kind": "lock", "name": "front door", "state": {"locked": True}})
SOUND = np.ones(16_000, np.int16)


class Speaker:
    """Says yes, reads what it is asked to read, types a PIN."""

    def __init__(self, yes: bool = True, reads: bool = True, pin: str | None = None) -> None:
        self.yes, self.reads, self.pin = yes, reads, pin
        self.asked: list[str] = []
        self.cancelled = False

    async def confirm(self, question: str) -> bool:
        self.asked.append("yes")
        return self.yes

    async def ask(self, question: str, view: View, expects: str = "choice") -> Match | None:
        raise AssertionError("nothing else is asked")

    async def read_aloud(self, question: str, wanted: str, others: Sequence[str], seconds: float) -> Pcm | None:
        assert wanted in question and wanted not in others and seconds == 6.0
        self.asked.append("phrase")
        return SOUND if self.reads else None

    async def secret(self, question: str) -> str | None:
        self.asked.append("pin")
        return self.pin


class House:
    """A guard, a lock, and whose voice reads the phrase."""

    def __init__(self, store: Store, claim: Claim, voice: Mapping[str, float], hour: int = 12) -> None:
        self.events: list[Event] = []
        self.done: list[str] = []
        self.voice = voice
        self.pin = Pin(store)
        claims = Claims()
        claims.put("t", claim)
        permissions = Permissions(
            load_rules(shipped_dir() / "configs" / FILE), lambda: PEOPLE, lambda: datetime(2026, 5, 1, hour)
        )
        self.guard = Guard(permissions, claims, StepUps(self.scores, self.pin, lambda: PEOPLE), self.events.append)

    async def scores(self, pcm: Pcm) -> Mapping[str, float]:
        return self.voice

    async def order(self, skill: str, intent: str, speaker: Speaker | None) -> Answer:
        order = HandleRequest(skill, intent, text="do it", source="hall", turn="t")
        return await self.guard.handle(self._skill, order, Effects(), speaker)

    async def _skill(self, order: HandleRequest, effects: Any, asker: Any) -> Answer:
        self.person = order.person
        if order.intent != "Unlock":
            self.done.append(order.intent)
            return Answer("Done.")
        call = SkillCall(order, Manifest(name="home", grants=("home",)), effects, asker)
        decision = self.guard.judge(call, Action("unlock", DOOR))
        if decision.verdict == "deny" or (
            decision.verdict == "ask" and await self.guard.passed(call, [decision], "Shall I unlock?") is not None
        ):
            return Answer("I left it.", "refused")
        self.done.append("unlock")
        return Answer("Unlocked.")


async def test_a_member_unlocks_by_yes_and_phrase(store: Store) -> None:
    house, anna = House(store, ANNA, {"Anna": 6.0, "Carl": -5.0}), Speaker()
    assert (await house.order("home", "Unlock", anna)).text == "Unlocked."
    assert anna.asked == ["yes", "phrase"] and house.done == ["unlock"] and house.person == "Anna"
    decided = [(one.about, one.verdict) for one in house.events if isinstance(one, RightDecided)]
    assert decided == [("home.Unlock", "allow"), ("unlock front door", "ask")]
    assert [(one.step, one.passed) for one in house.events if isinstance(one, StepTaken)] == [
        ("yes", True), ("phrase", True)]


@pytest.mark.parametrize(("claim", "speaker", "voice", "say", "asked"), [
    (NOBODY, Speaker(), {}, STRANGER, []),
    (BEN, Speaker(), {"Ben": 9.0}, "Please ask a grown-up.", []),
    (ANNA, Speaker(yes=False), {"Anna": 9.0}, "I left it.", ["yes"]),
    (ANNA, Speaker(reads=False), {"Anna": 9.0}, "I did not hear those words, so I'll leave it.", ["yes", "phrase"]),
    (ANNA, Speaker(), {"Anna": -4.0, "Carl": -1.0}, NOT_THE_VOICE, ["yes", "phrase"]),
    (ANNA, Speaker(), {"Anna": -4.0, "Carl": 9.0}, NOT_THE_VOICE, ["yes", "phrase"]),
    (ANNA, Speaker(), {}, NOT_THE_VOICE, ["yes", "phrase"]),
])
async def test_others_do_not(
    store: Store, claim: Claim, speaker: Speaker, voice: dict[str, float], say: str, asked: list[str]
) -> None:
    house = House(store, claim, voice)
    answer = await house.order("home", "Unlock", speaker)
    assert (answer.outcome, answer.text) == ("refused", say) and answer.why
    assert speaker.asked == asked and house.done == []


async def test_a_member_with_a_cold_is_asked_and_then_surer(store: Store) -> None:
    house, anna = House(store, Claim("Anna", 1.0), {"Anna": 6.0}), Speaker()
    assert (await house.order("lists", "Show", anna)).text == "Done."
    assert anna.asked == ["phrase"] and house.person == "Anna"


@pytest.mark.parametrize(("voice", "outcome"), [({"Anna": 6.0}, "done"), ({"Carl": 6.0}, "refused")])
async def test_who_is_in_doubt_reads_the_phrase_before_what_is_risky(
    store: Store, voice: dict[str, float], outcome: str
) -> None:
    rules = Rules(allow=(Scope(who=("household",)),), ask=(Ask(risky=True, steps=("yes",)),))
    house, anna = House(store, Claim("Anna", 20.0, doubtful=True), voice), Speaker()
    house.guard.permissions.rules = rules
    assert (await house.order("home", "Unlock", anna)).outcome == outcome
    assert anna.asked == ["yes", "phrase"] and bool(house.done) is (outcome == "done")


async def test_what_was_refused_is_not_held_for_every_turn_there_ever_was(store: Store) -> None:
    house = House(store, NOBODY, {})
    for number in range(3 * MOST_TURNS):
        order = HandleRequest("home", "Unlock", source="hall", turn=f"turn {number}")
        house.guard.judge(SkillCall(order, Manifest(name="home", grants=("home",)), Effects(), None),
                          Action("unlock", DOOR))
    assert len(house.guard._refused) == MOST_TURNS


async def test_who_only_sounds_a_little_like_a_member_gets_no_list(store: Store) -> None:
    house, guest = House(store, Claim("Anna", 1.0), {"Anna": 1.0}), Speaker()
    answer = await house.order("lists", "Show", guest)
    assert answer.text == NOT_THE_VOICE and house.done == []


@pytest.mark.parametrize(("hour", "outcome"), [(12, "done"), (22, "refused")])
async def test_no_music_for_a_child_after_bedtime(store: Store, hour: int, outcome: str) -> None:
    answer = await House(store, BEN, {}, hour).order("media", "Play", Speaker())
    assert answer.outcome == outcome
    assert hour == 12 or ("bedtime" in answer.text and "20:30-06:30" in answer.why)


async def test_where_nobody_can_be_asked_it_is_not_done(store: Store) -> None:
    house = House(store, ANNA, {"Anna": 9.0})
    assert (await house.order("home", "Unlock", None)).outcome == "refused" and house.done == []


async def test_stop_is_everybodys(store: Store) -> None:
    assert (await House(store, NOBODY, {}).order("builtin", "Stop", None)).text == "Done."


async def test_on_the_console_the_pin_stands_for_the_phrase(store: Store) -> None:
    house = House(store, CONSOLE, {})
    assert (await house.order("home", "Unlock", Speaker(pin="2580"))).text == NO_PIN
    await house.pin.set("2580")
    typing = Speaker(pin="2580")
    assert (await house.order("home", "Unlock", typing)).text == "Unlocked." and typing.asked == ["yes", "pin"]


async def test_a_wrong_pin_opens_nothing_and_locks_in_the_end(store: Store) -> None:
    house = House(store, CONSOLE, {})
    await house.pin.set("2580")
    for _ in range(5):
        assert (await house.order("home", "Unlock", Speaker(pin="1357"))).text == WRONG_PIN
    assert (await house.order("home", "Unlock", Speaker(pin="2580"))).text == LOCKED.format(minutes=15)
    assert house.done == [] and "1357" not in repr(house.events) and "2580" not in repr(house.events)


async def test_of_a_forgotten_person_nothing_is_done_in_their_name(store: Store) -> None:
    house = House(store, Claim("Zoe", 20.0), {})
    assert (await house.order("clock", "Time", Speaker())).text == "Done." and house.person == ""
    assert (await house.order("lists", "Show", Speaker())).text == STRANGER


async def test_what_no_skill_does_is_guarded_as_well(store: Store) -> None:
    order = HandleRequest("mcp", "files.search", source="hall", turn="t")
    assert "guests" in await House(store, NOBODY, {}).guard.refused(order, Speaker())
    assert await House(store, ANNA, {}).guard.refused(order, Speaker()) == ""


async def test_what_was_planned_has_the_rights_of_who_planned_it(store: Store) -> None:
    house = House(store, NOBODY, {})
    for claim, outcome in ((ANNA, "done"), (CONSOLE, "done"), (PAGE, "refused"), (Claim("Anna", 1.0), "refused"),
                           (Claim("Zoe", 20.0), "refused")):
        house.guard.claims.put("later", stood(claim.person, claim.standing))
        order = HandleRequest("lists", "Show", source="hall", turn="later", person=claim.person)
        assert (await house.guard.handle(house._skill, order, Effects(), None)).outcome == outcome, claim


async def test_a_name_on_an_order_is_no_right(store: Store) -> None:
    house = House(store, NOBODY, {})
    order = HandleRequest("lists", "Show", source="hall", turn="another", person="Anna")
    assert (await house.guard.handle(house._skill, order, Effects(), None)).outcome == "refused"


@pytest.mark.parametrize("llr", [-2.0, 0.0, 3.0, 5.0, 9.0])
@pytest.mark.parametrize("doubtful", [False, True])
def test_who_plans_is_no_surer_when_it_is_due(llr: float, doubtful: bool) -> None:
    due = stood("Anna", Claim("Anna", llr, doubtful=doubtful).standing)
    assert due.llr <= max(0.0, llr) and due.doubtful is (doubtful and bool(due.person))
    assert due.known == Claim("Anna", llr).known


async def test_elsewhere_the_pin_makes_a_typed_order_the_households(store: Store) -> None:
    house = House(store, PAGE, {})
    assert (await house.order("clock", "Time", Speaker())).outcome == "done"
    assert (await house.order("lists", "Show", Speaker())).text == NO_PIN
    await house.pin.set("2580")
    assert (await house.order("lists", "Show", Speaker(pin="1357"))).text == WRONG_PIN
    speaker = Speaker(pin="2580")
    assert (await house.order("home", "Unlock", speaker)).outcome == "done"
    assert sorted(speaker.asked) == ["pin", "yes"], "the PIN is asked for once"


def test_phrases_are_never_the_same_and_have_no_word_twice() -> None:
    drawn = [phrase().split() for _ in range(500)]
    assert len({" ".join(words) for words in drawn}) == 500
    assert all(len(set(words)) == LENGTH for words in drawn) and len(set(WORDS)) == len(WORDS)
