"""What ``bench latency`` makes of a protocol: right, wrong, cut off, silent, whole and then more."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.bench.latency import Score, States, judge, summary
from assistant.bench.orders import HomeOrder, RecordedOrder
from assistant.bench.rig import Protocol, Sounded
from assistant.bench.takes import Take
from assistant.events import (
    ActionRequested,
    Answered,
    Event,
    PlaybackFinished,
    StageTimed,
    TurnEnded,
    TurnReopened,
    Understood,
)

END = 5.0
COFFEE = RecordedOrder(Path("a.flac"), "OrderCoffee", {"coffeeDrink": "latte", "size": "small"})
LIGHT = HomeOrder(("turn on the light", "in the bedroom"), {}, {"bedroom": {"on": True}, "living": {"on": False}})


def take(order: RecordedOrder | HomeOrder = COFFEE, pause: str = "none") -> Take:
    return Take("a", order, np.zeros(320, np.int16), END, pause)


def home(**states: Mapping[str, Any]) -> States:
    return states


RIGHT_HOME = home(bedroom={"on": True, "brightness": 80}, living={"on": False})


def understood(**slots: object) -> Understood:
    return Understood(skill="coffee", intent="OrderCoffee", slots={"coffeeDrink": "latte", "size": "small", **slots})


def protocol(*events: tuple[float, Event], answer: float | None = 5.6) -> Protocol:
    sounded = [] if answer is None else [Sounded(answer, "answer", "One latte.")]
    return Protocol(list(events), sounded)


def course(
    *before: tuple[float, Event], meaning: Understood | None = None, outcome: str = "done", answer: float | None = 5.6
) -> Protocol:
    """An ordinary course: understood, acted, answered, heard to its end; ``before`` comes first."""
    return protocol(
        *before, (5.3, meaning or understood()), (5.3, ActionRequested(device="bedroom", command="turn_on")),
        (5.3, StageTimed(stage="endpoint", seconds=0.25)), (5.5, StageTimed(stage="act", seconds=0.2)),
        (5.5, Answered(text="One latte.", outcome=outcome)),
        (7.0, PlaybackFinished(what="answer", completed=True)), (7.0, TurnEnded(outcome=outcome)), answer=answer,
    )


def judged(
    protocol: Protocol, one: Take | None = None, after: States = RIGHT_HOME, before: States | None = None
) -> Score:
    return judge(one or take(), protocol, after if before is None else before, after)


def test_an_order_that_changed_another_device_too_is_wrong() -> None:
    lamp = HomeOrder(("turn on the lamp",), {}, {"bedroom": {"on": True}})
    before = home(bedroom={"on": False}, hall={"on": False})
    both = home(bedroom={"on": True}, hall={"on": True})
    assert judged(course(), take(lamp), home(bedroom={"on": True}, hall={"on": False}), before).right
    assert not judged(course(), take(lamp), both, before).right


def test_the_answer_to_a_question_must_hold_the_fact() -> None:
    assert judged(course(), take(HomeOrder(("?",), {}, {}, says="latte"))).right
    assert not judged(course(), take(HomeOrder(("?",), {}, {}, says="21.5"))).right


def test_a_right_order_is_timed_from_its_true_end_to_the_answer() -> None:
    score = judged(course())
    assert score.right and not score.cut_off and score.answers == 1 and score.said == "One latte."
    assert score.seconds == pytest.approx(0.6) and score.stages == {"endpoint": 0.25, "act": 0.2}


def test_a_sound_before_the_end_is_no_answer_to_the_whole_order() -> None:
    told = course()
    told.sounded.insert(0, Sounded(4.0, "answer", "early"))
    score = judged(told)
    assert score.seconds == pytest.approx(0.6) and score.cut_off


def test_a_chime_is_no_answer_and_cuts_nobody_off() -> None:
    told = course(answer=None)
    told.sounded = [Sounded(2.0, "chime", ""), Sounded(5.1, "chime", ""), Sounded(5.7, "answer", "One latte.")]
    score = judged(told)
    assert score.seconds == pytest.approx(0.7) and not score.cut_off


@pytest.mark.parametrize(
    ("meaning", "outcome"),
    [
        (understood(size="large"), "done"), (understood(milkAmount="some"), "done"), (understood(), "failed"),
        (understood(), "not_understood"), (Understood(skill="a", intent="b", slots={"size": "small"}), "done"),
    ],
    ids=["another slot", "a surplus slot", "failed", "not understood", "a slot missing"],
)
def test_a_wrong_order_is_wrong_and_never_answered(meaning: Understood, outcome: str) -> None:
    score = judged(course(meaning=meaning, outcome=outcome))
    assert not score.right and score.seconds == math.inf


def test_silence_is_wrong() -> None:
    assert judged(Protocol()).seconds == math.inf and not judged(Protocol()).right
    silent = judged(course(answer=None))
    assert silent.right and silent.seconds == math.inf


def test_the_latest_meaning_counts() -> None:
    assert judged(course((4.9, understood(size="large")))).right
    late = course()
    late.events.append((8.0, understood(size="large")))
    assert not judged(late).right


def test_an_order_to_the_home_is_judged_by_the_home() -> None:
    assert judged(course(), take(LIGHT)).right
    assert judged(course(outcome="already"), take(LIGHT)).right
    elsewhere = home(bedroom={"on": True}, living={"on": True})
    assert not judged(course(), take(LIGHT), elsewhere).right, "done in the wrong room as well"
    assert not judged(course(), take(LIGHT), home(bedroom={}, living={"on": False})).right
    assert not judged(course(outcome="refused"), take(LIGHT)).right


@pytest.mark.parametrize(
    "early",
    [TurnEnded(outcome="cancelled"), ActionRequested(device="a", command="b")], ids=["the turn closed", "it acted"],
)
@pytest.mark.parametrize(("at", "cut"), [(4.5, True), (4.97, True), (4.99, False), (5.2, False)])
def test_who_closes_or_acts_before_the_end_has_cut_the_speaker_off(early: Event, at: float, cut: bool) -> None:
    assert judged(course((at, early))).cut_off is cut


def test_a_question_before_the_end_cuts_off_too() -> None:
    told = course()
    told.sounded.insert(0, Sounded(4.0, "question", "What?"))
    assert judged(told).cut_off


def whole(*, answers: int = 1, after: States = RIGHT_HOME) -> Score:
    """The light went on in one room, the speaker went on, the turn re-opened."""
    told = course(
        (4.0, Understood(skill="home", intent="TurnOn", provisional=True)),
        (4.0, ActionRequested(device="living", command="turn_on")), (4.2, Answered(text="On.", outcome="done")),
        (4.6, PlaybackFinished(what="answer", completed=answers > 1)), (5.2, TurnReopened(text="in the bedroom")),
    )
    return judged(told, take(LIGHT, "whole"), after)


def test_only_answers_heard_to_their_end_count() -> None:
    assert whole().answers == 1 and whole(answers=2).answers == 2 and whole().right


def test_the_summary_counts_each_kind_apart() -> None:
    scores = [
        *[judged(course())] * 6, *[judged(course(outcome="failed"))] * 2,
        judged(course((4.0, TurnEnded(outcome="cancelled"))), take(pause="incomplete")),
        judged(course(answer=5.9), take(pause="incomplete")),
        whole(), whole(answers=2), whole(after=home(bedroom={"on": True}, living={"on": True})), whole(),
    ]
    results = summary(scores)
    assert (results["wrong"]["value"], results["wrong"]["n"]) == (0.2, 10), "whole-then-more is counted apart"
    assert (results["early_cutoff_rate"]["value"], results["early_cutoff_none"]["value"]) == (0.1, 0.0)
    assert (results["early_cutoff_incomplete"]["value"], results["early_cutoff_incomplete"]["n"]) == (0.5, 2)
    assert (results["whole_then_more_right"]["value"], results["whole_then_more_right"]["n"]) == (0.5, 4)
    assert results["p50_ms"]["value"] == pytest.approx(600) and results["p95_ms"]["value"] == math.inf
    assert results["stage_act_ms"]["value"] == pytest.approx(200) and results["stage_act_ms"]["n"] == 10


def test_a_summary_of_nothing_has_no_numbers() -> None:
    results = summary([])
    assert results["wrong"]["n"] == 0 and math.isnan(results["p50_ms"]["value"])
