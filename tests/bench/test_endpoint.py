"""Endpointing is judged right: pauses are found, cuts hide what they are, shares and delays are what they must be."""

from __future__ import annotations

import json
import math
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from assistant.audio.files import write_sound
from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.audio.mel import hann, mel_filters, power_spectra
from assistant.bench.endpoint import bench, curve_of, draw, drawn, measured
from assistant.bench.grammar_waits import GrammarEndpointer, grammar_results
from assistant.bench.pauses import Pause, Utterance, clean, utterance
from assistant.bench.ranking import auc, equal_error_rate
from assistant.bench.sounds import add_noise, quiet, speech_end
from assistant.bench.turn_judges import Length, judges
from assistant.bench.waiting import LONG, SHORT, Curve, Pauses, figures
from assistant.errors import BackendError
from assistant.registry import Registry
from assistant.testing.voices import say

COFFEE = Path(__file__).parents[1] / "skills" / "coffee"


def paused(first: str, seconds: float, second: str) -> Pcm:
    sound = np.concatenate([say(first), np.zeros(round(seconds * SAMPLE_RATE), np.int16), say(second)])
    return add_noise(sound, quiet(1.0), 1.0)


def made(*pauses: float) -> Utterance:
    """An utterance with inner pauses of these lengths."""
    places = [Pause(SAMPLE_RATE * (number + 1), seconds) for number, seconds in enumerate((*pauses, math.inf))]
    return Utterance("made", "2", quiet(len(places) + 1.0), tuple(places))


@pytest.mark.parametrize(
    ("positive", "negative", "area", "error"),
    [([3, 4], [1, 2], 1.0, 0.0), ([1, 2], [3, 4], 0.0, 1.0), ([1, 1], [1, 1], 0.5, 0.5), ([1, 3], [2, 2], 0.5, 0.5),
     ([2, 3, 4, 5], [1, 1.5, 1.7, 4.5], 13 / 16, 0.25)],
)
def test_ranking(positive: list[float], negative: list[float], area: float, error: float) -> None:
    scores = np.array(positive, float), np.array(negative, float)
    assert auc(*scores) == pytest.approx(area)
    assert equal_error_rate(*scores) == pytest.approx(error)


def test_a_pause_is_found_where_it_was_made_and_as_long() -> None:
    sound = paused("turn on the light", 0.6, "in the bedroom")
    found = utterance("one", "2", sound, Registry().build("vad", "silero"))
    assert found is not None and clean(sound)
    inner, end = found.pauses
    assert inner.seconds == pytest.approx(0.6, abs=0.25) and inner.at < len(say("turn on the light"))
    assert math.isinf(end.seconds) and abs(end.at - speech_end(sound)) < 0.15 * SAMPLE_RATE


def test_sound_without_speech_is_no_utterance() -> None:
    assert utterance("none", "2", quiet(2.0), Registry().build("vad", "silero")) is None
    assert not clean(quiet(2.0))


def test_both_kinds_of_pause_are_cut_alike() -> None:
    sound = paused("turn on the light", 0.6, "in the bedroom")
    found = utterance("one", "2", sound, Registry().build("vad", "silero"))
    assert found is not None
    for pause in found.pauses:
        heard = found.heard(pause, 0.2, np.random.default_rng(0))
        assert len(heard) == pause.at + 0.2 * SAMPLE_RATE + 160
        assert (heard[: pause.at] == found.sound[: pause.at]).all()
        level = np.sqrt(np.mean(heard[-1600:].astype(float) ** 2))
        assert level == pytest.approx(np.sqrt(np.mean(quiet(1.0).astype(float) ** 2)), rel=0.5)


def test_an_utterance_is_cut_off_by_its_longest_pause() -> None:
    pauses = Pauses.of([made(), made(0.3, 0.7), made(0.5)])
    assert pauses.cut_off(0.4).tolist() == [False, True, True]
    assert pauses.cut_off(0.6).tolist() == [False, True, False]
    found = figures(pauses.cut_off(0.6), np.array([0.6, 0.6, 0.9]))
    assert found["cutoff"]["value"] == pytest.approx(1 / 3) and found["cutoff"]["n"] == 3
    assert found["delay_ms_mean"]["value"] == pytest.approx(700) and found["delay_ms_p50"]["value"] == 600


def test_a_judge_that_knows_waits_briefly_and_cuts_nobody_off() -> None:
    pauses = Pauses.of([made(0.9), made(0.5), made()])
    knowing = Curve(pauses, np.array([0.1, 0.2]), np.array([0.9, 0.8, 0.7]))
    assert knowing.at(0.5)["cutoff"]["value"] == 0
    assert knowing.at(0.5)["delay_ms_mean"]["value"] == pytest.approx(1000 * SHORT)
    assert knowing.ranking()["auc"]["value"] == 1.0
    assert knowing.as_good_as(0.6)["value"] == pytest.approx(1000 * SHORT)
    wrong = Curve(pauses, np.array([0.9, 0.9]), np.array([0.1, 0.2, 0.3]))
    assert wrong.at(0.5)["cutoff"]["value"] == pytest.approx(2 / 3)
    assert wrong.ranking()["auc"]["value"] == 0.0 and wrong.ranking()["eer"]["value"] == 1.0
    assert wrong.as_good_as(1.0)["value"] == pytest.approx(1000 * LONG)


def test_length_is_a_judge_and_curves_can_be_drawn(tmp_path: Path) -> None:
    found = [made(0.5), made()]
    curve, cost = curve_of(Length(), found, quiet(1.0), 6.0)
    assert (curve.ends > curve.inner.max()).tolist() == [True, False] and len(cost) == 3
    if find_spec("matplotlib") is None:
        with pytest.raises(BackendError, match="pip install matplotlib"):
            draw(tmp_path / "curves.png", {"made": found}, {"made length": curve})
        return
    draw(tmp_path / "curves.png", {"made": found}, {"made length": curve})
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")


def test_only_speakers_with_an_even_number_are_measured(tmp_path: Path) -> None:
    for name in ("0001/a.wav", "0002/b.wav", "0004/c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write_sound(tmp_path / name, quiet(0.1))
    assert measured(tmp_path) == [tmp_path / "0002" / "b.wav"]


def test_recordings_are_drawn_from_all_speakers_and_always_the_same() -> None:
    paths = [Path(f"{speaker:04}/{number}.wav") for speaker in range(50) for number in range(20)]
    chosen = drawn(paths, 40)
    assert len({path.parent for path in chosen}) > 20 and chosen == drawn(paths, 40)
    assert drawn(paths, 10_000) == paths


def test_an_unknown_judge_is_named() -> None:
    with pytest.raises(BackendError, match=r"no judge 'dice'.*smart_turn"):
        judges(["dice"], None)


def test_the_benchmark_writes_what_it_says(tmp_path: Path) -> None:
    for name, seconds in (("0002/a.wav", 0.4), ("0004/b.wav", 0.9)):
        (tmp_path / "said" / name).parent.mkdir(parents=True)
        write_sound(tmp_path / "said" / name, paused("turn on the light", seconds, "in the bedroom"))
    (tmp_path / "orders").mkdir()
    write_sound(tmp_path / "orders" / "one.wav", paused("I want a large", 0.8, "double shot latte"))
    write_sound(tmp_path / "noise.flac.wav", quiet(3.0))
    bench(
        recordings=tmp_path / "said", orders=tmp_path / "orders", skill=COFFEE, model=None, judge=None, snr=10.0,
        noise=tmp_path / "noise.flac.wav", count=10, plot=None, json_file=tmp_path / "report.json", grammar=True,
    )
    told = json.loads((tmp_path / "report.json").read_text())
    assert told["sentences_cutoff_silence200"] == 1.0 and told["sentences_cutoff_silence1200"] == 0.0
    assert told["sentences_cutoff_silence600"] == 0.5 and told["sentences_cutoff_silence600_n"] == 2
    assert told["sentences_auc_length"] == 1.0 and told["sentences_10db_auc_length"] == 1.0
    assert told["sentences_as_600ms_length"] == pytest.approx(1000 * SHORT)
    assert told["sentences_delay_ms_length_mean"] == pytest.approx(1000 * SHORT)
    assert told["orders_cutoff_grammar"] == 0.0 and told["orders_delay_ms_grammar_mean"] < 400


def test_the_grammar_waits_for_what_is_missing_and_not_for_what_is_whole() -> None:
    vad = Registry().build("vad", "silero")
    sounds = [paused("I want a large", 0.8, "double shot latte"), paused("make me a coffee", 0.8, "with milk")]
    orders = [one for one in (utterance("order", "", sound, vad) for sound in sounds) if one is not None]
    endpointer = GrammarEndpointer(COFFEE)
    waits = [[endpointer.wait(one, pause) for pause in one.pauses] for one in orders]
    assert waits[0][0].seconds == LONG
    assert waits[1][0].seconds < 0.4 and waits[1][0].provisional
    found = grammar_results(endpointer, orders)
    assert found["cutoff"]["value"] == 0 and found["taken_up"]["value"] == 0.5


def test_mel_bands_follow_the_tone() -> None:
    tone = np.sin(2 * np.pi * 1000 * np.arange(SAMPLE_RATE) / SAMPLE_RATE)
    power = power_spectra(tone, hann(400), 160)
    filters = mel_filters(80, 400)
    assert power.shape == (98, 201) and filters.shape == (80, 201)
    band = int(np.argmax(filters @ power.mean(0)))
    assert filters[band] @ np.fft.rfftfreq(400, 1 / SAMPLE_RATE) / filters[band].sum() == pytest.approx(1000, abs=40)
