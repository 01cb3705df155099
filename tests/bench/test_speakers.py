"""Trials, households and what is done to recordings, on voices that are made up; the command on spoken sentences."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from assistant.audio.files import write_sound
from assistant.audio.frames import FRAME_SAMPLES, SAMPLE_RATE
from assistant.bench.household import Voices, households
from assistant.bench.speaker_calibration import kept_out, uncalibrated
from assistant.bench.speaker_sets import Hearing, Utterance, of_half, quietest, read_speakers
from assistant.bench.trials import Trials, cllr, eer, min_dcf
from assistant.cli.app import app
from assistant.errors import AudioError
from assistant.speaker.calibration import Calibration, unit
from assistant.testing.voices import say

PEOPLE, EACH = 20, 8


def crowd(spread: float, seed: int = 0) -> Voices:
    """Made-up voices: 64 directions, ``EACH`` utterances of each of ``PEOPLE``."""
    generator = np.random.default_rng(seed)
    people = np.repeat(generator.normal(size=(PEOPLE, 64)), EACH, axis=0)
    said = [unit((people + spread * generator.normal(size=people.shape)).astype(np.float32)) for _ in range(2)]
    speakers = np.repeat([f"{number:03d}" for number in range(PEOPLE)], EACH)
    return Voices(speakers, said[0], said[1], np.full(len(speakers), 4.0))


def trials(voices: Voices) -> Trials:
    scores = (voices.whole @ voices.whole.T).astype(np.float64)
    return Trials(scores, voices.speakers, voices.speakers, np.triu(np.ones(scores.shape, bool), 1))


def test_errors_grow_with_what_hides_the_voice() -> None:
    rates = [eer(trials(crowd(spread))) for spread in (0.2, 2.0, 20.0)]
    values = [one["value"] for one in rates]
    assert values[0] == 0.0 and 0.0 < values[1] < values[2] and values[2] > 0.4
    assert rates[1]["low"] <= values[1] <= rates[1]["high"]
    assert rates[0]["n"] == PEOPLE * EACH * (EACH - 1) // 2


def test_the_detection_cost_is_between_knowing_and_guessing() -> None:
    same, different = np.array([3.0, 2.0, 1.0]), np.array([0.0, -1.0, -2.0])
    assert min_dcf(same, different) == 0.0
    assert min_dcf(different, same) == 1.0


def test_the_cost_of_ratios_is_nothing_for_who_knows_and_a_bit_for_who_does_not() -> None:
    assert cllr(np.full(5, 20.0), np.full(9, -20.0)) < 1e-6
    assert cllr(np.zeros(5), np.zeros(9)) == pytest.approx(1.0)
    assert cllr(np.full(5, -5.0), np.full(9, 5.0)) > 1.0


def calibration() -> Calibration:
    plain = uncalibrated("mine/1", 64)
    return Calibration(plain.name, plain.cohort, plain.seconds, np.array([20.0]), np.array([-10.0]))


def test_a_household_knows_its_members_by_their_voices() -> None:
    clear = households(crowd(0.3), calibration(), 12.0, 3.0, None, 1)
    assert clear["guests_taken"]["value"] <= 0.08 and clear["members_refused"]["value"] < 0.02
    assert clear["members_confused"]["value"] == 0.0
    hidden = households(crowd(4.0), calibration(), 12.0, 3.0, None, 1)
    assert hidden["members_refused"]["value"] > 0.3


def test_a_fixed_threshold_trades_guests_for_members() -> None:
    low, high = (households(crowd(1.5), calibration(), 12.0, 3.0, limit, 1) for limit in (-8.0, 6.0))
    assert low["guests_taken"]["value"] > high["guests_taken"]["value"]
    assert low["members_refused"]["value"] < high["members_refused"]["value"]


def test_the_quietest_frames_are_kept() -> None:
    loud = np.full(85 * FRAME_SAMPLES, 1000, np.int16)
    soft = np.full(15 * FRAME_SAMPLES, 3, np.int16)
    assert np.array_equal(quietest(np.concatenate([loud, soft])), soft)


def test_the_halves_and_the_speakers_kept_out() -> None:
    found = [Utterance(Path("x"), f"{number:04d}") for number in range(1, 31)]
    odd, even = ({one.speaker for one in of_half(found, half)} for half in (True, False))
    assert odd.isdisjoint(even) and len(odd | even) == 30
    assert sum(kept_out(speaker) for speaker in odd) == 3


def manifest(folder: Path) -> Path:
    rows = ["path\tspeaker\tstart\tend"]
    for number, voice in enumerate(("piper", "espeak:en-us", "espeak:en-gb+f3")):
        for text in ("turn on the light in the kitchen please", "what is on my shopping list for tomorrow"):
            name = f"{number}-{len(rows)}.wav"
            write_sound(folder / name, say(text, voice))
            rows.append(f"{name}\t{number}\t0.0\t")
    (folder / "speakers.tsv").write_text("\n".join(rows) + "\n", "utf-8")
    return folder / "speakers.tsv"


def test_a_manifest_is_read_and_its_faults_are_named(tmp_path: Path) -> None:
    path = manifest(tmp_path)
    found = read_speakers(path)
    assert len(found) == 6 and found[0].sound().dtype == np.int16
    for text, what in (("path\n", "columns"), ("path\tspeaker\nnone.wav\t1\n", "no recording"),
                       ("path\tspeaker\tstart\n0-1.wav\t1\tsoon\n", "seconds")):
        path.write_text(text, "utf-8")
        with pytest.raises(AudioError, match=what):
            read_speakers(path)


def test_what_befalls_an_utterance_is_its_own_and_always_the_same(tmp_path: Path) -> None:
    one, other = read_speakers(manifest(tmp_path))[:2]
    noise = np.random.default_rng(0).normal(0, 500, 3 * SAMPLE_RATE).astype(np.int16)
    hearing = Hearing(None, [noise], 10.0, False, 7)
    first, again, elsewhere = (hearing.hear(one, number)[0] for number in (0, 0, 1))
    assert np.array_equal(first, again) and not np.array_equal(first, elsewhere)
    assert not np.array_equal(first, hearing.hear(other, 0)[0])


def test_the_command_measures_a_manifest(tmp_path: Path, data: Path) -> None:
    out = tmp_path / "out.json"
    result = CliRunner().invoke(app, ["bench", "speakers", "--manifest", str(manifest(tmp_path)), "--json", str(out)])
    assert result.exit_code == 0, result.output
    told = json.loads(out.read_text("utf-8"))
    assert told["eer_trained"] == 0.0 and told["eer_trained_n"] == 3 and told["ms_per_embedding_trained"] is not None
