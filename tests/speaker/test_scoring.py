"""Log-likelihood ratios of voices, what a conversation adds up to, and that nothing of two embedders is compared."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import BackendError
from assistant.speaker.calibration import Calibration, line, unit
from assistant.speaker.scoring import SOMEBODY_ELSE, Conversation, Voiceprint, apart, compare

DIMENSIONS = 64


def voice(seed: int, spread: float = 0.0, take: int = 0) -> np.ndarray:
    base = np.random.default_rng(seed).normal(size=DIMENSIONS)
    return unit((base + spread * np.random.default_rng([seed, take]).normal(size=DIMENSIONS)).astype(np.float32))


def calibration(cohort: int = 60) -> Calibration:
    people = np.stack([voice(1000 + number) for number in range(cohort)]) if cohort else np.zeros((0, DIMENSIONS))
    return Calibration("mine/1", people.astype(np.float32), np.array([1.0, 3.0]), np.array([1.0, 2.0]),
                       np.array([-3.0, -5.0]))


def prints(*people: str) -> dict[str, Voiceprint]:
    return {person: Voiceprint(np.stack([voice(number, 0.2, take) for take in range(5)]), "mine/1", 30.0)
            for number, person in enumerate(people)}


def test_whose_voice_it_is() -> None:
    ratios = compare(prints("ada", "ben", "cyd"), voice(1, 0.2, 9), 3.0, calibration())
    assert max(ratios, key=lambda person: ratios[person]) == "ben"
    assert ratios["ben"] > 0 > max(ratios["ada"], ratios["cyd"])


def test_a_voice_of_another_size_is_told_as_what_it_is() -> None:
    strange = {"ada": Voiceprint(np.eye(8, dtype=np.float32), "mine/1", 30.0)}
    with pytest.raises(BackendError, match="the voice of ada has 8 numbers, not 64"):
        compare(strange, voice(1), 3.0, calibration())


def test_who_sounds_like_two_people_is_surely_neither() -> None:
    assert apart({"ada": 9.0, "ben": 8.0, "cyd": -3.0}) == {"ada": 1.0, "ben": -1.0, "cyd": -12.0}
    assert apart({"ada": 9.0, "ben": -8.0}) == {"ada": 9.0, "ben": -17.0}
    assert apart({"ada": -1.0}) == {"ada": -1.0} and apart({}) == {}


@given(st.dictionaries(st.sampled_from(("ada", "ben", "cyd")), st.floats(-20, 20)))
def test_nobody_gains_by_others_who_live_here(ratios: dict[str, float]) -> None:
    assert all(one <= ratios[person] for person, one in apart(ratios).items())


def test_a_stranger_is_nobody() -> None:
    assert max(compare(prints("ada", "ben"), voice(77), 3.0, calibration()).values()) < 0


def test_nobody_is_enrolled() -> None:
    assert compare({}, voice(1), 3.0, calibration()) == {}


def test_voices_of_two_embedders_are_never_compared() -> None:
    enrolled = {"ada": Voiceprint(voice(1)[None], "other/1", 30.0)}
    with pytest.raises(BackendError, match="other/1"):
        compare(enrolled, voice(1), 3.0, calibration())


def test_longer_speech_says_more() -> None:
    said = [compare(prints("ada"), voice(0, 0.2, 8), seconds, calibration())["ada"] for seconds in (0.5, 1.0, 2.0, 3.0)]
    assert said == sorted(said) and said[0] == said[1]


def test_a_voice_that_is_like_everybody_must_be_more_alike_to_count() -> None:
    crowd = voice(900)
    people = unit(np.stack([voice(1000 + number) + crowd for number in range(60)]))
    known = replace(calibration(), cohort=people)
    common = [unit((voice(seed) + 4.0 * crowd).astype(np.float32)) for seed in (1, 2)]
    rare = [unit((voice(seed) + 4.0 * voice(500)).astype(np.float32)) for seed in (1, 2)]
    pairs = [(np.stack([one]), np.stack([other])) for one, other in (common, rare)]
    cosines = [float((one @ other.T)[0, 0]) for one, other in pairs]
    scores = [float(known.normal(one, other)[0, 0]) for one, other in pairs]
    assert cosines[0] == pytest.approx(cosines[1], abs=0.05) and scores[0] < 0.7 * scores[1]


@given(st.floats(0.5, 1.4), st.floats(-2.0, 2.0))
def test_the_line_finds_what_made_the_scores(scale: float, middle: float) -> None:
    generator = np.random.default_rng(5)
    # Two normal distributions of one spread have a log-likelihood ratio that is a line of the score.
    same = generator.normal(middle + scale, 1.0, 4000)
    different = generator.normal(middle - scale, 1.0, 4000)
    slope, offset = line(same, different)
    assert slope == pytest.approx(2 * scale, rel=0.15)
    assert -offset / slope == pytest.approx(middle, abs=0.2)


def test_evidence_grows_and_never_beyond_two_turns() -> None:
    talk = Conversation()
    levels = []
    for turn in range(20):
        talk.add({"ada": 2.0, "ben": -2.0}, 1.0 * turn, 2.0)
        best = talk.best()
        assert best is not None and best.person == "ada"
        levels.append(best.llr)
    assert levels[0] == 2.0 and levels[1] > 2.0 and max(levels) < 4.0


def test_evidence_fades() -> None:
    talk = Conversation(half_life=60.0)
    talk.add({"ada": 4.0}, 0.0, 2.0)
    faded = talk.best(60.0)
    assert faded is not None and faded.llr == pytest.approx(2.0)
    assert talk.best(1000.0) is None and Conversation().best() is None


def test_another_voice_ends_the_conversation() -> None:
    talk = Conversation()
    talk.add({"ada": 5.0, "ben": -5.0}, 0.0, 2.0)
    talk.add({"ada": SOMEBODY_ELSE - 1.0, "ben": 1.0}, 5.0, 2.0)
    best = talk.best()
    assert best is not None and (best.person, best.llr, best.seconds) == ("ben", 1.0, 2.0)


def test_who_is_forgotten_has_no_evidence() -> None:
    talk = Conversation()
    talk.add({"ada": 3.0, "ben": 0.0}, 0.0)
    talk.add({"ben": 0.5}, 1.0)
    assert {one.person for one in talk.all()} == {"ben"}
