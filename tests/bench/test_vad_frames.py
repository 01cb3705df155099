"""Frames are labelled where two judges agree on the clean sound; detectors are ranked on the same frames."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from assistant.audio.files import write_sound
from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE
from assistant.bench.contestant import contestant
from assistant.bench.manifest import Recorded, read_manifest
from assistant.bench.speech_frames import OTHER, SPEECH, UNKNOWN, agreed, closed, without_borders
from assistant.bench.vad import bench
from assistant.bench.vad_frames import MARGIN_FRAMES, Condition, Scored, clips, compare, half, recordings
from assistant.errors import AudioError, BackendError
from assistant.testing.conformance.vad import room, spoken
from assistant.testing.voices import say
from assistant.vad.silero import SileroVad

NAMES = tuple(f"{number}-x.wav" for number in range(1, 7))


@cache
def silero() -> SileroVad:
    return SileroVad()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("speech")
    for number, name in enumerate(NAMES):
        sound = say("turn on the light in the kitchen", f"espeak:en-us+{'mf'[number % 2]}{number // 2 + 1}")
        write_sound(made / name, np.concatenate([np.zeros(4_000, np.int16), sound]))
    return made


def test_speech_is_labelled_where_it_is_and_quiet_is_other() -> None:
    sound, begin, end = spoken()
    labels = agreed(sound, silero())
    first, last = begin // FRAME_SAMPLES, end // FRAME_SAMPLES
    assert set(labels[: first - 2]) == set(labels[last + 3 :]) == {OTHER}
    assert (labels[first:last] == SPEECH).mean() > 0.8


def test_noise_that_is_loud_is_not_called_speech() -> None:
    assert SPEECH not in agreed(room(2 * SAMPLE_RATE, level_db=-30.0), silero())


def test_the_closure_of_a_plosive_belongs_to_its_word() -> None:
    loud = np.array([1] + 7 * [0] + [1] + 8 * [0] + [1], bool)
    assert closed(loud).tolist() == [True] * 9 + [False] * 8 + [True]


def test_nobody_knows_around_a_change() -> None:
    labels = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1, 0], np.int8)
    assert without_borders(labels).tolist() == [0, 0, -1, -1, -1, -1, 1, -1, -1, -1]


def test_the_area_is_that_of_all_known_frames_and_its_interval_holds_it() -> None:
    dice = np.random.default_rng(1)
    labels = [np.array([SPEECH] * 50 + [OTHER] * 50 + [UNKNOWN] * 50, np.int8) for _ in range(20)]
    scores = [np.where(one == SPEECH, dice.normal(1, 1, 150), dice.normal(0, 1, 150)) for one in labels]
    for one in scores:
        one[100:] = 99.0  # what nobody knows counts for nothing
    found = Scored([str(n) for n in range(20)], scores, labels)
    drawn = found.resampled()
    assert found.area() == pytest.approx(0.76, abs=0.03)
    assert drawn.mean() == pytest.approx(found.area(), abs=2e-3) and 0.005 < drawn.std() < 0.03
    assert np.abs(drawn - Scored(found.speakers, [2 * one + 1 for one in scores], labels).resampled()).max() < 1e-3


def test_speakers_are_drawn_not_clips() -> None:
    labels = [np.array([SPEECH, OTHER], np.int8)] * 40
    scores = [np.array([1.0, 0.0])] * 20 + [np.array([0.0, 1.0])] * 20
    few = Scored(["1"] * 20 + ["2"] * 20, scores, labels).resampled()
    assert set(np.round(few, 2)) <= {0.0, 0.5, 1.0} and few.std() > 0.3


def test_the_measuring_half_is_of_even_speakers() -> None:
    found = [Recorded(Path(name), "", name[:1]) for name in NAMES]
    assert [one.speaker for one in half(found, fit=False)] == ["2", "4", "6"]
    assert [one.speaker for one in half(found, fit=True)] == ["1", "3", "5"]
    named = [Recorded(Path("a"), "", "anna")]
    assert half(named, fit=False) == half(named, fit=True) == named


def test_detectors_are_compared_on_the_same_sound(folder: Path) -> None:
    heard = clips(recordings(folder), 3, 1, silero())
    assert len(heard) == 3 and all(len(clip.sound) == len(clip.labels) * FRAME_SAMPLES for clip in heard)
    assert all(set(clip.labels[: MARGIN_FRAMES]) == {OTHER} for clip in heard)
    noise = room(SAMPLE_RATE, level_db=-20.0)
    where = [Condition("quiet"), Condition("noise", noise, 10.0)]
    names = ("silero", "again:silero", "deaf:silero,gate_db=200,quiet_db=10")
    found = compare([contestant(name) for name in names], heard, where, 1)
    assert found["auc_silero_quiet"]["value"] > 0.95 and found["auc_silero_quiet"]["n"] == 3
    assert found["auc_silero"]["value"] == found["auc_again"]["value"] and found["auc_again_over_silero"]["high"] == 0
    assert found["auc_deaf"]["value"] < found["auc_silero"]["value"]
    assert found["auc_deaf_over_silero"]["high"] < 0
    assert found["frames_speech"] > 0 < found["frames_other"]


def test_noise_lies_below_the_speech_and_a_room_changes_it(folder: Path) -> None:
    clip = clips(recordings(folder), 1, 1, silero())[0]
    echo = np.zeros(2_000, np.float32)
    echo[0] = echo[1_600] = 1.0
    plain, far = Condition("quiet").heard(clip, 0, 1), Condition("home", rooms=(echo,)).heard(clip, 0, 1)
    tail = slice(-MARGIN_FRAMES * FRAME_SAMPLES + 200, -MARGIN_FRAMES * FRAME_SAMPLES + 1_500)
    assert len(plain) == len(far) and far[tail].std() > 4 * plain[tail].std()
    noise = room(SAMPLE_RATE, level_db=-20.0)
    levels = [Condition("x", noise, snr).heard(clip, 0, 1)[:8_000].astype(float).std() for snr in (0.0, 20.0)]
    assert levels[0] / levels[1] == pytest.approx(10.0, rel=0.1)


def test_recordings_that_cannot_be_labelled_are_named(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="no recordings"):
        recordings(tmp_path)
    write_sound(tmp_path / "1-noise.wav", room(SAMPLE_RATE, level_db=-20.0))
    with pytest.raises(AudioError, match="clean enough"):
        clips(recordings(tmp_path), 3, 1, silero())


def test_a_manifest_needs_no_texts_here(folder: Path, tmp_path: Path) -> None:
    manifest = tmp_path / "m.tsv"
    manifest.write_text(f"path\tspeaker\n{folder / NAMES[1]}\t2\n", "utf-8")
    assert read_manifest(manifest, texts=False) == [Recorded(folder / NAMES[1], "", "2")]
    with pytest.raises(AudioError, match="columns path and text"):
        read_manifest(manifest)


def test_several_are_compared_only_on_recordings() -> None:
    with pytest.raises(BackendError, match="one detector at a time") as caught:
        bench(backend=["silero", "webrtc"])
    assert "--speech" in caught.value.mend
