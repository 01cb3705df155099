"""What the doctor says of a household in another language, and which voice speaks there."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.config import Config
from assistant.config.speaking import espeak_language, voices
from assistant.doctor.finding import State
from assistant.doctor.language import language


def config(**settings: Any) -> Config:
    return Config.model_validate(settings)


def test_english_is_what_everything_knows() -> None:
    assert list(language(config())) == []
    assert voices(config()) == [("piper", {}), ("espeak", {})]


def test_german_is_understood_and_spoken_but_not_heard() -> None:
    sentences, heard, spoken = language(config(language="de"))
    assert (sentences.state, heard.state, spoken.state) == (State.GOOD, State.NOTE, State.GOOD)
    assert "vosk" in heard.mend and "de" in heard.mend
    assert voices(config(language="de")) == [("espeak", {"voice": "de"}), ("espeak", {"voice": "de"})]


def test_a_recogniser_of_the_language_is_right() -> None:
    asr = {"backend": "vosk", "model": "vosk-model-small-de-0.15", "language": "de"}
    assert [finding.state for finding in language(config(language="de", asr=asr))] == [State.GOOD] * 3


def test_a_language_that_nobody_knows_is_noted() -> None:
    assert [finding.state for finding in language(config(language="xx"))] == [State.NOTE] * 3


def test_sentences_that_are_switched_off_are_noted() -> None:
    first, *_ = language(config(language="fr", understanding={"home_assistant": False}))
    assert first.state is State.NOTE and "home_assistant" in first.mend


def test_a_voice_that_was_chosen_stays() -> None:
    chosen = config(language="de", tts={"backend": "piper", "model": "thorsten.onnx"})
    assert voices(chosen)[0] == ("piper", {"model": "thorsten.onnx"})


@pytest.mark.parametrize(("wanted", "known"), [
    ("en", ""), ("en-GB", ""), ("de-AT", "de"), ("pt-BR", "pt-br"), ("zh-CN", "cmn"), ("fr", "fr"), ("xx", ""),
])
def test_espeak_names_of_languages(wanted: str, known: str) -> None:
    assert espeak_language(wanted) == known
