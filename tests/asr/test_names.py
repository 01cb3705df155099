"""Names of the household in open dictation: spelled as it spells them, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache

import numpy as np
import pytest

from assistant.asr.base import Hypothesis
from assistant.asr.constrained.names import Dictated, Names, plain
from assistant.asr.constrained.recognizer import ConstrainedRecognizer
from assistant.asr.constrained.search import BeamConfig, Found, Tokens
from assistant.asr.constrained.stream import ConstrainedStream
from assistant.asr.moonshine.dictation import Dictation
from assistant.asr.moonshine.files import TOKENIZER, model_files
from assistant.asr.moonshine.recognizer import MoonshineConfig, MoonshineRecognizer
from assistant.asr.moonshine.sound import Sound
from assistant.asr.moonshine.tree import Place
from assistant.asr.moonshine.vocabulary import EOS, SIZE, MoonshineVocabulary
from assistant.audio.frames import Pcm
from assistant.errors import Abandoned
from assistant.grammar.base import Rule, Value, View
from assistant.grammar.grammar import Grammar
from assistant.testing.conformance.asr import feed, spoken
from assistant.testing.voices import say

words = MoonshineVocabulary.load(model_files()[TOKENIZER])


@cache
def token(piece: str) -> int:
    return EOS if piece == "." else words.pieces.index(piece)


class Scripted(Sound):
    """A decoder that says after each text what follows with which probability; "." ends it."""

    def __init__(self, script: Mapping[str, Mapping[str, float]]) -> None:
        self._script = script

    def known(self, tokens: Tokens) -> Place:
        logits = np.full(SIZE, -40.0, np.float32)
        for piece, probability in self._script.get(words.text(tokens), {".": 1.0}).items():
            logits[token(piece)] = np.log(probability)
        return Place(len(tokens), logits)

    def look(self, parents: Sequence[Place], tokens: Sequence[Tokens], leads: Sequence[bool]) -> list[Place]:
        return [self.known(one) for one in tokens]


CALLS: dict[str, dict[str, float]] = {
    "": {" Call": 1.0},
    "Call": {" Car": 0.7, " Mary": 0.3},
    "Call Car": {"los": 0.8, "la": 0.15, "pet": 0.05},
}


def search(
    script: Mapping[str, Mapping[str, float]], *names: str, given_up: Callable[[], bool] = lambda: False
) -> Dictated | None:
    sound, free = Scripted(script), list[int]()
    while len(free) < 10 and (likeliest := int(sound.known(tuple(free)).logits.argmax())) != EOS:
        free.append(likeliest)
    places = tuple(sound.known(tuple(free[:n])) for n in range(len(free) + 1))
    found = Found((), tuple(free), 0.0, tuple(free))
    return Dictation(sound, Names(names, words), words, found, places, given_up).run()


def dictated(script: Mapping[str, Mapping[str, float]], *names: str) -> str | None:
    """What is written."""
    found = search(script, *names)
    return words.text(found.tokens) if found is not None else None


def test_a_name_is_preferred_where_the_sound_allows_it() -> None:
    assert dictated(CALLS) == "Call Carlos"
    assert dictated(CALLS, "Carla") == "Call Carla"
    assert dictated(CALLS, "Siobhan") == "Call Carlos"


def test_a_name_must_be_finished() -> None:
    assert dictated(CALLS, "Carlanda") == dictated(CALLS, "Carlan Da") == "Call Carlos"


def test_what_only_begins_like_a_name_is_none() -> None:
    script = {**CALLS, "Call Carla": {"ton": 0.99, ".": 0.01}}
    assert dictated(script, "Carla") == "Call Carlos"


def test_a_longer_name_that_breaks_off_leaves_the_shorter_one() -> None:
    script = {**CALLS, "Call Carla": {" today": 1.0}}
    assert dictated(script, "Carla", "Carla Tobbeson") == "Call Carla today"


def test_without_a_finished_name_the_free_text_stays() -> None:
    script = {
        "": {" Call": 1.0}, "Call": {" Car": 0.45, " Mary": 0.55}, "Call Car": {"pet": 1.0}, "Call Mary": {" on": 0.3},
    }
    assert dictated(script, "Carla") == "Call Mary on"


def test_log_probabilities_are_the_models_own() -> None:
    found = search(CALLS, "Carla")
    assert found is not None
    assert found.log_probabilities == pytest.approx(np.log([1.0, 0.7, 0.15]), abs=1e-4)


def test_a_text_that_never_ends_gives_nothing() -> None:
    assert dictated({text: {" on": 1.0} for text in ("", *(" ".join(["on"] * n) for n in range(1, 40)))}) is None


def test_dictation_that_is_given_up_ends_at_the_next_token() -> None:
    asked = iter((False, True))
    with pytest.raises(Abandoned):
        search(CALLS, "Carla", given_up=lambda: next(asked))


def test_a_name_may_be_cut_in_many_ways() -> None:
    names = Names(["Carla's lamp"], words)
    for pieces in ([" Car", "la", "'", "s", " lamp"], [" Carl", "a", "'", "s", " lamp"], [" car", "las", " la", "mp"]):
        node = names.root
        for piece in pieces:
            tokens, nodes = names.moves(node)
            node = int(nodes[tokens == token(piece)][0])
        assert names.earned[node] > 0.0
    assert token("la") not in names.moves(names.root)[0]


def test_common_words_get_nothing() -> None:
    assert not Names(["kitchen light", "the kitchen's fan", "", "!"], words)
    names = Names(["Nook light"], words)
    assert max(names.earned) == max(Names(["Nook"], words).earned)


def test_names_are_spelled_as_the_household_does() -> None:
    names = Names(["Carla's lamp", "Zoë", "van der Hoogen", "iPad Klaas"], words)
    text = "Zoe, turn on Carlas lamp. Van der hoogen! is zoe's ipad klaas here"
    assert " ".join(names.spell(text.split())) == (
        "Zoë, turn on Carla's lamp. Van der Hoogen! is zoe's iPad Klaas here"
    )
    assert plain("Zoë\N{RIGHT SINGLE QUOTATION MARK}s") == "zoe's"


@cache
def recognizer() -> MoonshineRecognizer:
    return MoonshineRecognizer(MoonshineConfig(threads=1))


def heard(grammar: Grammar | None, pcm: Pcm, view: View | None = None) -> tuple[ConstrainedStream, Hypothesis]:
    """What is heard under a grammar that may know names."""
    made = ConstrainedRecognizer(recognizer().searcher, recognizer().model.vocabulary, BeamConfig(), grammar)
    stream = made.stream(view)
    feed(stream, pcm)
    return stream, stream.decode()


def knowing(*people: str) -> Grammar:
    made = Grammar()
    made.set_list("person", [Value(name, name) for name in people])
    made.set_rules("home", [Rule("home", "Close", ("close the blinds",))])
    return made


def test_dictation_writes_the_name_that_was_said() -> None:
    pcm = say("where did Ritchie Valens leave the keys")
    _, without = heard(None, pcm)
    stream, known = heard(knowing("Ritchie Valens", "Sawai Gandharva"), pcm)
    assert "Ritchie Valens" not in without.free_text and "Ritchie Valens" in known.free_text
    assert " ".join(word.text for word in known.free_words) == known.free_text
    timed = {word.text: word for word in stream.words(known.free_text)}
    assert known.start < (timed["Ritchie"].start or 0) < (timed["Valens"].start or 0) < known.end
    assert known.free_score == without.free_score


def test_names_do_not_touch_what_sentences_are_worth() -> None:
    pcm = spoken("my grandmother used to bake bread on Sundays")
    one, other = (heard(knowing(*people), pcm, View())[1] for people in ([], ["Ritchie Valens"]))
    assert [(r.text, r.margin, r.confidence) for r in one.readings] == [
        (r.text, r.margin, r.confidence) for r in other.readings
    ]
    assert one.free_text == other.free_text and one.free_score == other.free_score
