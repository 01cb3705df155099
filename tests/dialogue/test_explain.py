"""Why a sentence means what it means."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.dialogue.chain import Chain, Found, LateLink
from assistant.dialogue.explain import SEVERAL, Risk, explain, unlike
from assistant.errors import WorkerLost
from assistant.grammar.base import Match, View
from assistant.testing.fake_services import taught
from assistant.turns.views import FOLLOW_UPS


def risk_of(match: Match) -> Risk:
    return Risk(match.intent == "Unlock", "it unlocks", "Unlock the door?")


async def guess(words: str, view: View) -> Found | None:
    return Found(Match("fake", "Tale", {}, "tell me a tale"), "trained", sure=False, certainty=0.7)


async def weigh(words: str) -> dict[str, Any]:
    return {"guesses": [("fake.Tale", 0.7), ("fake.TurnOn", 0.2)], "certainty": 0.7, "ask": 0.4, "sure": 0.95}


async def lost(words: str, view: View) -> Found | None:
    raise WorkerLost("is being restarted", where="worker understanding")


def chain(*late: LateLink) -> tuple[Chain, Any]:
    keeper = taught()
    return Chain([("grammar", keeper.by_reading), ("open words", keeper.by_open_text)], late), keeper.grammar


async def test_the_template_and_the_link_that_won() -> None:
    found = await explain(*chain(), "turn on the light in the bedroom", FOLLOW_UPS, risk_of)
    assert found.won == "grammar" and [one.link for one in found.links] == ["grammar", "open words", SEVERAL]
    [best] = found.candidates
    assert (best.skill, best.intent, best.slots) == ("fake", "TurnOn", {"area": "bedroom"})
    assert best.template == "turn on the light [in the {area}]" and best.literal == len("turnonthelightinthe")
    assert found.followed is None and found.risk == Risk(False, "it unlocks", "Unlock the door?")
    assert "turn on the light in the bedroom" not in found.near and "turn on the light in the kitchen" in found.near


async def test_what_is_risky_is_said() -> None:
    found = await explain(*chain(), "unlock the door", FOLLOW_UPS, risk_of)
    assert found.risk is not None and found.risk.asks and found.risk.question == "Unlock the door?"


async def test_several_orders_in_one_sentence() -> None:
    found = await explain(*chain(), "turn on the light and tell me a tale", FOLLOW_UPS, risk_of)
    assert found.won == SEVERAL
    assert [one.intent for one in found.links[2].meanings] == ["TurnOn", "Tale"]


async def test_how_far_it_could_be_followed_and_what_was_guessed() -> None:
    late = LateLink("trained", guess, 1.0, weigh)
    found = await explain(*chain(late), "tell us a tale", FOLLOW_UPS, risk_of)
    assert found.candidates == [] and found.followed is not None
    assert (found.followed.words, found.followed.expected) == ("tell", ("me",))
    assert found.near[0] == "tell me a tale"
    assert found.won == "trained" and not found.links[-1].sure and found.links[-1].weighed == await weigh("")


async def test_a_link_that_fails_is_named_and_stops_nothing() -> None:
    found = await explain(*chain(LateLink("trained", lost, 1.0)), "frobnicate", FOLLOW_UPS, risk_of)
    assert found.won == "" and found.risk is None and "is being restarted" in found.links[-1].problem


@pytest.mark.parametrize(("text", "why"), [("turn on the light", ""), ("frobnicate", "")])
async def test_nothing_is_said_of_a_rank_that_nobody_contests(text: str, why: str) -> None:
    assert unlike((await explain(*chain(), text, FOLLOW_UPS, risk_of)).candidates) == why
