"""The parts of the search that need no model: phrases, confidence, windows, texts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.asr.constrained.confidence import Evidence, confidence
from assistant.asr.constrained.phrases import PhraseConstraint
from assistant.asr.constrained.search import BeamConfig, Sentence, best_of
from assistant.asr.constrained.windows import CUT_FROM, CUT_TO, LONGEST, cut_at
from assistant.asr.fold import fold
from assistant.asr.heard import heard, loudest
from assistant.asr.moonshine.files import TOKENIZER, model_files
from assistant.asr.moonshine.vocabulary import MoonshineVocabulary
from assistant.asr.partial import common_words
from assistant.errors import BackendError, ModelError

words = MoonshineVocabulary.load(model_files()[TOKENIZER])


def spells(phrase: PhraseConstraint, texts: list[str]) -> int | None:
    """The state after pieces, or None if the phrase does not allow them."""
    state = phrase.start
    for text in texts:
        ids, states = phrase.allowed(state)
        moves = {words.pieces[token]: int(after) for token, after in zip(ids, states, strict=True)}
        if text not in moves:
            return None
        state = moves[text]
    return state


def test_a_phrase_may_be_spelled_in_many_ways() -> None:
    phrase = PhraseConstraint("hey nova", words)
    assert spells(phrase, [" Hey", ",", " Nova"]) == phrase.end
    assert spells(phrase, [" Hey", " N", "ova"]) == phrase.end
    assert spells(phrase, [" Hey", " Nova", ","]) == phrase.marked
    assert spells(phrase, [" Hey", " Nova", ",", ","]) is None
    assert spells(phrase, [" Hey", " Nor"]) is None
    with pytest.raises(BackendError, match="letters"):
        PhraseConstraint(" ,! ", words)


def test_a_damaged_vocabulary_is_named() -> None:
    with pytest.raises(ModelError, match="pieces"):
        MoonshineVocabulary(b"\x02hi\x05hello")


def test_more_margin_and_more_cover_are_surer() -> None:
    sure = Evidence(margin=0.0, tokens=8, free_tokens=8, free_score=-1.0)
    assert confidence(sure) > 0.9
    assert confidence(Evidence(-6.0, 8, 8, -1.0)) < confidence(sure)
    assert confidence(Evidence(-6.0, 3, 12, -1.0)) < confidence(Evidence(-6.0, 12, 12, -1.0))
    assert confidence(Evidence(-20.0, 8, 8, -1.0)) < 0.3
    told = [confidence(Evidence(-12.0, 9, 9, score, end=0.0)) / confidence(Evidence(-4.0, 9, 9, score, end=0.0))
            for score in (-0.5, -3.9)]
    assert told[0] < 0.6 * told[1], "a sure free text contradicts what is far from it"
    ends = [confidence(Evidence(-6.0, 8, 8, -1.0, end=end)) for end in (0.0, -0.5, -2.0)]
    assert ends == sorted(ends, reverse=True) and ends[0] > ends[-1] + 0.2
    assert confidence(Evidence(-6.0, 3, 12, -1.0, end=0.0)) < confidence(Evidence(-6.0, 12, 12, -1.0, end=0.0))


@given(st.floats(-1e6, 100), st.integers(0, 500), st.integers(0, 500), st.floats(-1e6, 0))
def test_confidence_is_a_share(margin: float, tokens: int, free_tokens: int, score: float) -> None:
    assert 0.0 <= confidence(Evidence(margin, tokens, free_tokens, score)) <= 1.0


def test_a_sentence_that_explains_little_is_not_the_best() -> None:
    def sentence(text: str, tokens: int, score: float, final: bool = True) -> Sentence:
        return Sentence((3,) * tokens, (3,) * tokens, text, score, 0, final)

    short, long, far = sentence("hi", 1, -9.0), sentence("turn on the light", 6, -12.0), sentence("stop", 6, -40.0)
    again, begun = sentence("hi", 1, -11.0), sentence("turn on the light", 6, -10.0, final=False)
    found = best_of([again, short, far, begun, long], free=(4,) * 6, free_score=-10.0, config=BeamConfig())
    assert found == (long,)
    assert best_of([short, long], (4,), -10.0, BeamConfig())[0] is short


def test_open_slots_explain_nothing() -> None:
    """"Play ..." takes any words as they were heard; a sentence that names them is believed though it costs more."""
    play = Sentence((3,) * 6, (3,) * 6, "play me a latte please", -4.0, 0, True, open_tokens=5)
    brew = Sentence((4,) * 6, (4,) * 6, "make me a latte please", -9.0, 0, True)
    assert best_of([play, brew], free=(3,) * 6, free_score=-3.0, config=BeamConfig())[0] is brew
    far = Sentence((4,) * 6, (4,) * 6, "make me a latte please", -14.0, 0, True)
    assert best_of([play, far], free=(3,) * 6, free_score=-3.0, config=BeamConfig())[0] is play


def test_what_nobody_says_is_not_heard() -> None:
    assert heard("\u266a\u266a You.") == heard("Thank you for watching!") == heard(" . ") == ""
    assert heard("\u266a Turn on the caf\u00e9 light.") == "Turn on the caf\u00e9 light."


def test_an_offset_is_no_sound() -> None:
    assert loudest(np.full(16_000, 0.5, np.float32)) < 1e-6
    assert loudest(np.zeros(10, np.float32)) == 0.0


def test_long_sound_is_cut_where_it_is_quiet() -> None:
    sound = np.random.default_rng(0).normal(0, 0.1, LONGEST + 16_000).astype(np.float32)
    sound[170_000:171_500] = 0
    assert 170_000 <= cut_at(sound) <= 171_500
    assert CUT_FROM <= cut_at(np.zeros(LONGEST + 1, np.float32)) <= CUT_TO


@given(st.text("ab ", max_size=12), st.text("ab ", max_size=12))
def test_stable_characters_are_whole_words_of_both(before: str, now: str) -> None:
    n = common_words(before, now)
    assert now[:n] == before[:n]
    assert n in (0, len(now)) or now[n - 1] == " " or now[n] == " "


def test_texts_are_compared_by_their_words() -> None:
    assert fold(" Hey, Nova. Turn-on the 20% light!") == "hey nova turn on the 20% light"
