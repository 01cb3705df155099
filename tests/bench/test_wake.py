"""A wake word is judged by its first firing around a phrase's end; all other firings are false accepts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.audio.frames import SAMPLE_RATE, Frame, Pcm
from assistant.bench.wake import Heard, sound_files
from assistant.bench.wake_listeners import FrameWise, listener
from assistant.bench.wake_streams import Place, Stream, Surroundings, fired, judge, quiet_between, running
from assistant.errors import AudioError, ConfigError
from assistant.wake.base import WakeHit

HIT = WakeHit("x", 0, 1, 1.0)
CLIP: Pcm = np.concatenate([np.full(SAMPLE_RATE, 8_000, np.int16), np.zeros(SAMPLE_RATE, np.int16)])


def stream(*places: Place, seconds: int = 3600) -> Stream:
    return Stream(places=list(places), length=seconds * SAMPLE_RATE)


def test_the_first_firing_around_the_end_is_the_hit() -> None:
    verdict = judge(stream(Place(16_000, 32_000)), [34_000, 39_000])
    assert (verdict.missed, verdict.count, verdict.false_accepts) == (0, 1, 1)
    assert verdict.delays == (125.0,) and verdict.hours == 1.0


@pytest.mark.parametrize("told", [15_000, 16_000, 32_000 + SAMPLE_RATE // 2 + 1])
def test_a_firing_elsewhere_is_a_false_accept_and_the_phrase_is_missed(told: int) -> None:
    verdict = judge(stream(Place(16_000, 32_000)), [told])
    assert (verdict.missed, verdict.false_accepts, verdict.delays) == (1, 1, ())


def test_one_firing_counts_for_one_phrase() -> None:
    verdict = judge(stream(Place(0, 1_000), Place(900, 2_000)), [1_500])
    assert (verdict.missed, verdict.count, verdict.false_accepts) == (1, 2, 0)


def test_three_seconds_of_room_lie_between_clips_and_ends_are_the_speech_s() -> None:
    joined = quiet_between([CLIP, CLIP], Surroundings())
    assert joined.length == len(joined.sound) == 2 * len(CLIP) + 9 * SAMPLE_RATE
    assert [place.start for place in joined.places] == [3 * SAMPLE_RATE, 3 * SAMPLE_RATE + len(CLIP) + 3 * SAMPLE_RATE]
    assert all(place.end - place.start == SAMPLE_RATE for place in joined.places)
    assert joined.sound[: 3 * SAMPLE_RATE].any(), "a room is not digital silence"


def test_other_people_run_into_the_phrase_at_its_level() -> None:
    talk = np.asarray(np.random.default_rng(0).normal(0, 300, 5 * SAMPLE_RATE), np.int16)
    joined = running([CLIP], [talk], Surroundings())
    before = joined.sound[: joined.places[0].start].astype(float)
    assert before[-1600:].std() == pytest.approx(CLIP.astype(float).std(), rel=0.5)


def test_talk_breaks_off_within_a_word_and_the_phrase_follows_at_once() -> None:
    word = np.asarray(np.random.default_rng(1).normal(0, 3_000, SAMPLE_RATE), np.int16)
    pause = np.zeros(SAMPLE_RATE, np.int16)
    talk = np.concatenate([word, word, word[:8_000], pause, word])
    joined = running([np.concatenate([pause, word])], [talk], Surroundings())
    start = joined.places[0].start
    assert start == 56_000 + 320, "the first frame of the next word is the last of the talk"
    assert joined.sound[start - 320 : start].any() and joined.sound[start : start + 320].std() > 1_000
    assert joined.places[0].end - start == len(word)


def test_noise_stands_below_the_phrase() -> None:
    noise = np.asarray(np.random.default_rng(0).normal(0, 3_000, SAMPLE_RATE), np.int16)
    heard = [quiet_between([CLIP], Surroundings([noise], snr)).sound[:SAMPLE_RATE] for snr in (0.0, 20.0)]
    loud = [sound.astype(float).std() for sound in heard]
    assert loud[0] / loud[1] == pytest.approx(10.0, rel=0.05)


class Counting:
    """Fires on each fiftieth frame; one stream after another."""

    def stream(self) -> Counting:
        self.frames = 0
        return self

    def feed(self, frame: Frame) -> list[WakeHit]:
        self.frames += 1
        return [HIT] if self.frames % 50 == 0 else []

    def reset(self) -> None:
        raise AssertionError("the state is never reset")

    def close(self) -> None:
        pass


def test_a_firing_is_told_at_its_frame_s_end() -> None:
    assert FrameWise(Counting()).answers(np.zeros(2 * SAMPLE_RATE, np.int16)) == [(16_000, 1.0), (32_000, 1.0)]


def test_two_seconds_pass_between_firings() -> None:
    answers = [(1_000, 0.5), (2_000, 2.0), (20_000, 3.0), (40_000, 3.0)]
    assert fired(answers, 1.0) == [2_000, 40_000]


def test_a_higher_threshold_misses_more_and_accepts_less() -> None:
    said = [(34_000, 2.0), (100_000, 1.0)]
    heard = Heard({"": (stream(Place(16_000, 32_000)), said)}, [(5_000, 0.5)], 1.0)
    low, high = heard.at(0.0), heard.at(1.5)
    assert (low[0][""].missed, low[0][""].false_accepts, low[1]) == (0, 1, 1)
    assert (high[0][""].missed, high[0][""].false_accepts, high[1]) == (0, 0, 0)
    assert heard.at(3.0)[0][""].missed == 1


def test_a_phrase_in_a_room_ends_where_the_dry_one_does() -> None:
    room = np.zeros(8_000, np.float32)
    room[[0, 6_000]] = 1.0, 0.5
    joined = quiet_between([CLIP], Surroundings(rooms=[room]))
    assert joined.places[0].end - joined.places[0].start == SAMPLE_RATE
    after = joined.sound[joined.places[0].end + 1_000 :][:4_000].astype(float)
    assert after.std() < 100 and joined.sound[joined.places[0].end : joined.places[0].end + 900].any()


def test_nothing_to_measure_is_a_clear_error() -> None:
    with pytest.raises(ConfigError, match="what is to be measured"):
        listener("", None, "")


def test_a_folder_without_sound_is_named(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="no recordings"):
        sound_files(tmp_path)
