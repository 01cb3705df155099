"""A detector is judged by the segments that overlap the speech; what it makes up beside it are false alarms."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE
from assistant.bench.vad import Segment, bench, judge, segments
from assistant.errors import ConfigError
from assistant.vad.base import VadResult

START, END = 2 * SAMPLE_RATE, 3 * SAMPLE_RATE
"""Of the speech."""


def ms(milliseconds: int) -> int:
    return milliseconds * SAMPLE_RATE // 1000


SEEN = Segment(START + ms(100), START + ms(10), END + ms(300), END - ms(20))


def test_segments_are_read_from_the_changes() -> None:
    results = [VadResult(False, 0.1)] * 10
    results[2] = VadResult(True, 0.9, 100)
    results[5] = VadResult(False, 0.1, 1500)
    results[8] = VadResult(True, 0.9, 2700)
    assert segments(results) == [Segment(3 * FRAME_SAMPLES, 100, 6 * FRAME_SAMPLES, 1500), Segment(2880, 2700)]


def test_the_first_and_the_last_segment_of_the_speech_are_measured() -> None:
    again = Segment(START + ms(700), START + ms(600), END + ms(400), END + ms(30))
    first = Segment(START + ms(100), START + ms(10), START + ms(500), START + ms(300))
    verdict = judge([first, again], START, END)
    assert verdict.figures == {"onset_told": 100, "onset_placed": 10, "end_told": 400, "end_placed": 30}
    assert not verdict.missed and verdict.false_alarms == 0


def test_a_false_alarm_before_the_speech_is_no_onset() -> None:
    alarm = Segment(ms(500), ms(400), ms(900), ms(700))
    verdict = judge([alarm, SEEN], START, END)
    assert verdict.false_alarms == 1 and verdict.figures == judge([SEEN], START, END).figures


@pytest.mark.parametrize("last", [Segment(END + ms(900), END + ms(800), END + ms(1300), END + ms(1200)),
                                  Segment(END + ms(900), END + ms(800))])
def test_a_false_alarm_after_the_speech_is_no_end(last: Segment) -> None:
    verdict = judge([SEEN, last], START, END)
    assert verdict.false_alarms == 1 and verdict.figures == judge([SEEN], START, END).figures


def test_an_alarm_that_lasts_into_the_speech_gives_no_onset_but_an_end() -> None:
    verdict = judge([Segment(START - ms(300), START - ms(400), END + ms(300), END)], START, END)
    assert verdict.false_alarms == 1 and not verdict.missed
    assert verdict.figures == {"end_told": 300, "end_placed": 0}


@pytest.mark.parametrize("found", [[], [Segment(ms(500), ms(400), ms(900), ms(700))], [Segment(START + 9, START)]])
def test_speech_without_a_segment_of_its_own_or_without_an_end_is_missed(found: list[Segment]) -> None:
    assert judge(found, START, END).missed and not judge(found, START, END).figures


def test_where_there_is_nothing_to_measure_with_that_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ASSISTANT_TEST_DATA", str(tmp_path / "none"))
    with pytest.raises(ConfigError, match="no recordings") as caught:
        bench()
    assert str(tmp_path / "none") in caught.value.where and "ASSISTANT_TEST_DATA" in caught.value.mend
