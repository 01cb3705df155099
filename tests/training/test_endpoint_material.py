"""What the end-of-turn model learns from: who is kept out, where sentences are cut, what is perturbed and how."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.audio.files import write_sound
from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.bench.pauses import Pause, Utterance
from assistant.bench.sounds import add_noise, quiet
from assistant.endpoint.features import BANDS, CHANNELS, FRAMES, features
from assistant.endpoint.model import EndOfTurn
from assistant.errors import AudioError, ModelError
from assistant.registry import Registry
from assistant.testing.voices import say
from training.endpoint.examples import examples, load, save
from training.endpoint.material import CHOOSE, FIT, JUDGE, Cut, cuts, halves, recordings
from training.endpoint.perturb import EARLY, LATE, in_room, perturbed, plain

VAD = Registry().build("vad", "silero")
PAUSE = np.zeros(round(0.6 * SAMPLE_RATE), np.int16)


def order() -> Pcm:
    return add_noise(np.concatenate([say("turn on the light"), PAUSE, say("in the bedroom")]), quiet(1.0), 1.0)


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("people")
    for speaker in range(1, 13):
        write_sound(folder / f"{speaker}-order.wav", order())
    return folder


def test_only_odd_speakers_if_asked_and_never_too_few(people: Path, tmp_path: Path) -> None:
    assert len(recordings(people, False)) == 12
    assert {path.name[0] for path in recordings(people, True)} == {"1", "3", "5", "7", "9"}
    with pytest.raises(AudioError, match="fewer than 6 speakers"):
        recordings(tmp_path, False)


def test_speakers_are_kept_apart_and_cuts_know_what_they_are(people: Path) -> None:
    found = list(cuts(recordings(people, False), VAD))
    speakers = {part: {cut.utterance.speaker for cut in found if cut.part == part} for part in (FIT, CHOOSE, JUDGE)}
    assert [len(speakers[part]) for part in (FIT, CHOOSE, JUDGE)] == [8, 2, 2]
    assert len(set.union(*speakers.values())) == 12
    assert sum(cut.finished for cut in found) == 12
    first = [cut for cut in found if cut.utterance is found[0].utterance]
    assert [cut.finished for cut in first if not cut.dip] == [False, True]
    assert first[0].pause.seconds == pytest.approx(0.6, abs=0.25)


def cut_at(seconds: float) -> Cut:
    sound = order()
    pause = Pause(round(seconds * SAMPLE_RATE), 0.6)
    return Cut(Utterance("one", "1", sound, (pause,)), pause, False, False, FIT)


def test_perturbed_examples_differ_in_sound_and_in_how_late_they_are_asked() -> None:
    cut, noise = cut_at(1.0), quiet(2.0) * np.int16(20)
    same = [plain(cut, np.random.default_rng(0)) for _ in range(2)]
    assert (same[0] == same[1]).all()
    others = [perturbed(cut, [noise], np.random.default_rng(seed)) for seed in range(20)]
    lengths = {len(one) for one in others}
    assert len(lengths) > 10
    assert min(lengths) > (1.0 + EARLY) * SAMPLE_RATE / 1.2 and max(lengths) < (1.0 + LATE + 0.01) * SAMPLE_RATE / 0.89


def test_a_room_draws_sound_out_and_is_no_louder() -> None:
    click = np.zeros(SAMPLE_RATE, np.int16)
    click[1000] = 20000
    heard = in_room(click, np.random.default_rng(3))
    assert np.abs(heard).max() == 20000 and np.argmax(np.abs(heard)) == 1000
    assert not heard[:1000].any() and np.abs(heard[1100:2000]).max() > 20


def test_only_first_halves_of_noises_are_used(tmp_path: Path) -> None:
    write_sound(tmp_path / "noise.wav", np.arange(1000, dtype=np.int16))
    assert halves(tmp_path)[0].tolist() == list(range(500))


def test_examples_are_kept_and_parts_are_told_apart(people: Path, tmp_path: Path) -> None:
    found = list(cuts(recordings(people, False)[:6], VAD))
    heard = examples(found, [], 1, 0, lambda line: None)
    assert heard.heard.shape == (len(heard.finished), FRAMES, CHANNELS)
    assert heard.of(FIT).perturbed.mean() == 0.5
    judge = heard.of(JUDGE)
    assert judge.finished.sum() == 1 and not judge.perturbed.any() and (judge.seconds > 0).all()
    save(tmp_path / "examples.npz", heard)
    assert (load(tmp_path / "examples.npz").heard == heard.heard).all()
    (tmp_path / "examples.npz").write_bytes(b"PK\x03\x04")
    with pytest.raises(ModelError, match="damaged"):
        load(tmp_path / "examples.npz")


def test_features_hear_pitch_level_and_nothing_before_the_beginning() -> None:
    at = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    hz = np.where(at < 1.0, 120.0, 180.0)
    voice = sum(np.sin(2 * np.pi * k * np.cumsum(hz) / SAMPLE_RATE) / k for k in range(1, 12))
    heard = features(np.asarray(voice * 4000, np.int16))
    assert heard.shape == (FRAMES, CHANNELS) and heard.dtype == np.float32
    assert not heard[: FRAMES // 2 - 5].any()
    pitch = heard[:, BANDS]
    assert pitch[-5] - pitch[-75] == pytest.approx(np.log2(180 / 120), abs=0.04)
    assert heard[-5, BANDS + 1] > 0.9 and heard[:, :BANDS].max() == pytest.approx(1.0)
    louder = features(np.asarray(voice * 400, np.int16))
    assert np.abs(louder - heard).max() < 0.1, "the level of the microphone does not matter"


def test_what_is_no_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"no graph")
    with pytest.raises(ModelError, match=r"cannot be loaded.*model\.onnx"):
        EndOfTurn(tmp_path / "model.onnx")
