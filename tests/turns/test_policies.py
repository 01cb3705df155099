"""The small policies of turn taking: endpoint, judge, wake windows."""

from __future__ import annotations

import pytest

from assistant.asr.base import Hypothesis, Reading
from assistant.audio.frames import SAMPLE_RATE
from assistant.turns.endpoint import Endpoint, EndpointConfig, decide
from assistant.turns.judge import Thresholds, Verdict, judge
from assistant.wake.windows import WakeWindowConfig, WakeWindows


def heard(confidence: float = 0.9, *, complete: bool = True, can_go_on: bool = False, free: str = "x") -> Hypothesis:
    reading = Reading("turn on the light", 0.0, confidence, complete, can_go_on)
    return Hypothesis(readings=(reading,), free_text=free)


@pytest.mark.parametrize(
    ("silence", "hypothesis", "risky", "expected"),
    [
        (0.10, heard(), False, Endpoint.WAIT),
        (0.20, heard(), False, Endpoint.END),
        (0.20, heard(can_go_on=True), False, Endpoint.WAIT),
        (0.26, heard(can_go_on=True), False, Endpoint.PROVISIONAL),
        (0.90, heard(confidence=0.2), False, Endpoint.WAIT),
        (0.90, heard(complete=False), False, Endpoint.WAIT),
        (0.90, Hypothesis(free_text="hm"), False, Endpoint.WAIT),
        (1.20, Hypothesis(free_text="hm"), False, Endpoint.END),
        (0.50, heard(), True, Endpoint.WAIT),
        (1.20, heard(), True, Endpoint.END),
        (5.00, None, False, Endpoint.WAIT),
    ],
)
def test_endpoint(silence: float, hypothesis: Hypothesis | None, risky: bool, expected: Endpoint) -> None:
    assert decide(EndpointConfig(), silence, hypothesis, 0.6, risky=risky) is expected


@pytest.mark.parametrize(
    ("confidence", "addressed", "expected"),
    [
        (0.95, True, Verdict.ACCEPT), (0.7, True, Verdict.ACCEPT), (0.4, True, Verdict.ASK_BACK),
        (0.1, True, Verdict.REFUSE), (0.95, False, Verdict.ACCEPT), (0.7, False, Verdict.IGNORE),
        (0.1, False, Verdict.IGNORE),
    ],
)
def test_judge(confidence: float, addressed: bool, expected: Verdict) -> None:
    assert judge(Thresholds(), heard(confidence), addressed=addressed).verdict is expected


def test_nothing_heard_is_ignored_even_when_addressed() -> None:
    assert judge(Thresholds(), Hypothesis(), addressed=True).verdict is Verdict.IGNORE


def seconds(value: float) -> int:
    return round(value * SAMPLE_RATE)


def test_windows_are_scored_at_ages_and_at_the_pause() -> None:
    windows = WakeWindows(WakeWindowConfig(whole=()))
    windows.onset(seconds(1.0))
    assert windows.due(seconds(1.5)) == []
    assert windows.due(seconds(1.86)) == [(seconds(0.75), seconds(1.86))]
    assert windows.due(seconds(1.9)) == []
    assert windows.offset(seconds(2.0), seconds(2.1)) == (seconds(0.75), seconds(2.1))


def test_a_window_goes_on_through_a_pause_while_somebody_speaks() -> None:
    windows = WakeWindows(WakeWindowConfig(whole=()))
    windows.onset(seconds(1.0))
    assert windows.offset(seconds(1.7), seconds(1.8)) == (seconds(0.75), seconds(1.8))
    assert windows.due(seconds(1.86)) == [], "nobody speaks"
    windows.onset(seconds(2.0))
    assert windows.due(seconds(2.2)) == [(seconds(0.75), seconds(2.2))]
    assert windows.due(seconds(2.6)) == [(seconds(0.75), seconds(2.6)), (seconds(1.75), seconds(2.6))]
    windows.close()
    assert not windows.waiting and windows.due(seconds(3.6)) == []


def test_windows_open_in_steps_while_somebody_speaks_and_are_scored_whole() -> None:
    windows = WakeWindows(WakeWindowConfig(ages=(), early=0.0, every=0.5, whole=(1.0,)))
    windows.onset(0)
    found = [window for now in range(0, seconds(3.0), 320) for window in windows.due(now)]
    assert [start for start, _ in found] == [0, seconds(0.5), seconds(1.0), seconds(1.5)]
    assert all(0 <= end - start - seconds(1.0) < 320 for start, end in found)


def test_a_window_that_opened_just_before_the_pause_is_not_scored() -> None:
    windows = WakeWindows(WakeWindowConfig(ages=(), early=0.0, every=0.5, whole=(1.0,)))
    windows.onset(0)
    windows.due(seconds(1.1))
    windows.offset(seconds(1.15), seconds(1.25))
    assert windows.waiting
    assert windows.due(seconds(3.0)) == [(seconds(0.5), seconds(2.7))]
    assert not windows.waiting


def test_a_click_is_not_scored() -> None:
    windows = WakeWindows(WakeWindowConfig())
    windows.onset(seconds(1.0))
    assert windows.offset(seconds(1.1), seconds(1.2)) is None
    assert windows.due(seconds(4.0)) == []


def test_an_onset_s_windows_never_exceed_the_longest_and_are_not_scored_after_long_speech() -> None:
    windows = WakeWindows(WakeWindowConfig(whole=()))
    windows.onset(0)
    assert windows.due(seconds(0.9)) == [(0, seconds(0.9))]
    assert windows.due(seconds(9.0)) == [(0, seconds(2.2))]
    assert windows.due(seconds(9.5)) == []
    assert windows.offset(seconds(10), seconds(10.1)) is None
