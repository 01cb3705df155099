"""Vosk with its real Korean model: the language's own orders, spoken by espeak-ng, and what holds in any language."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from assistant.asr.base import Recognizer
from assistant.asr.vosk import ACOUSTIC, Vosk, VoskConfig, language_of
from assistant.audio.frames import Pcm
from assistant.errors import ModelError
from assistant.grammar.base import Rule, View
from assistant.grammar.grammar import Grammar
from assistant.testing.conformance.asr import CHUNK, FIRST_SAMPLE, AsrStreamConformance, feed
from assistant.testing.voices import say

RADIO, MUSIC = "라디오", "음악"
"""Two words of which the model is sure when espeak-ng says them."""


@cache
def recognizer(grammar: Grammar | None = None) -> Vosk:
    return Vosk(VoskConfig("ko"), grammar=grammar)


@cache
def grammar() -> Grammar:
    made = Grammar()
    made.set_rules("media", [Rule("media", "Radio", ("라디오 [켜 줘]",)), Rule("media", "Music", ("음악",))])
    return made


@cache
def spoken(text: str) -> Pcm:
    pause = np.zeros(8_000, np.int16)
    return np.concatenate([pause, say(text, "espeak:ko", words_per_minute=120), pause])


class TestVosk(AsrStreamConformance):
    def make(self, grammar: Grammar | None = None) -> Recognizer:
        return recognizer(grammar)


def test_an_order_is_read_in_its_language() -> None:
    capabilities = recognizer().capabilities
    assert capabilities.languages == ("ko",) and capabilities.streaming and capabilities.model_mb > 200
    stream = recognizer(grammar()).stream(View())
    feed(stream, spoken(RADIO))
    hypothesis = stream.decode()
    best = hypothesis.best
    assert best is not None and best.text == hypothesis.free_text == RADIO
    assert best.complete and best.can_go_on and best.confidence > 0.6
    assert (hypothesis.start, hypothesis.end) == (FIRST_SAMPLE, FIRST_SAMPLE + len(spoken(RADIO)))
    stream = recognizer(grammar()).stream(View(scopes=("yes_no",)))
    feed(stream, spoken(MUSIC))
    assert stream.decode().readings == () and stream.decode().free_text == MUSIC


def test_partials_come_from_the_library_and_decisions_in_between_change_nothing() -> None:
    pcm = np.concatenate([spoken(RADIO), spoken(MUSIC)])
    plain, asked = recognizer().stream(), recognizer().stream()
    seen = []
    for at in range(0, len(pcm), 3 * CHUNK):
        for stream in (plain, asked):
            stream.feed(pcm[at : at + 3 * CHUNK], at)
        seen.append(plain.partial()[0])
        if at == 15 * CHUNK:
            asked.decode(at // 2)
            asked.partial()
            assert asked.decode().free_text == asked.partial()[0]
    assert any(RADIO in text for text in seen[:-3]), "the first word is there before the second has ended"
    whole = plain.decode().free_text
    assert whole.startswith(RADIO) and len(whole) > len(RADIO) and asked.decode().free_text == whole
    assert plain.decode(len(spoken(RADIO))).free_text == RADIO


def test_streams_share_nothing() -> None:
    one, other = recognizer().stream(), recognizer().stream()
    first, second = spoken(RADIO), spoken(MUSIC)
    for at in range(0, max(len(first), len(second)), CHUNK):
        for stream, pcm in ((one, first), (other, second)):
            if at < len(pcm):
                stream.feed(pcm[at : at + CHUNK], at)
                stream.partial()
    assert (one.decode().free_text, other.decode().free_text) == (RADIO, MUSIC)


@pytest.mark.parametrize(
    ("config", "language"),
    [
        (VoskConfig("ko"), "ko"), (VoskConfig("~/vosk-model-small-en-us-0.15"), "en"),
        (VoskConfig("/opt/vosk-model-de-0.21/"), "de"), (VoskConfig("vosk-model-small-ja-0.22", "en"), "en"),
        (VoskConfig("mine"), "en"), (VoskConfig("mine", language="ko"), "ko"),
    ],
)
def test_the_language_is_read_off_the_folder_s_name(config: VoskConfig, language: str) -> None:
    assert language_of(config) == language


def test_a_folder_without_a_model_says_where_there_are_some(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "gone"):
        with pytest.raises(ModelError, match=r"no model of Vosk .*alphacephei\.com/vosk/models"):
            Vosk(VoskConfig(str(folder)))


@pytest.mark.parametrize("name", ACOUSTIC)
def test_a_damaged_model_is_said_to_be(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(b"no network")
    with pytest.raises(ModelError, match="cannot be loaded"):
        Vosk(VoskConfig(str(tmp_path)))
