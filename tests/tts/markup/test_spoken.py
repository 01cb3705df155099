"""SSML as it is heard: espeak-ng says it, through the service."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from assistant.audio.resample import resample
from assistant.tts.clone.pitch import median_pitch
from assistant.tts.markup.manner import Manner, at_pace, speak_so
from assistant.tts.service import SynthesizerService

SENTENCE = "The kitchen light is on now."
JITTER = 60
"""Samples by which espeak-ng says the same thing longer or shorter."""


@pytest.fixture(scope="module")
def service() -> SynthesizerService:
    return SynthesizerService("espeak", english=True, lexicon={"Nova": "no-vah"})


def sound(pieces: list[dict[str, Any]]) -> np.ndarray:
    return np.concatenate([np.frombuffer(piece["pcm"], "<i2") for piece in pieces])


def speak(service: SynthesizerService, inside: str, skip: int = 0) -> list[dict[str, Any]]:
    pieces = list(service.speak(f"<speak>{inside}</speak>", skip))
    assert [piece["last"] for piece in pieces] == [False] * (len(pieces) - 1) + [True]
    return pieces


def pitch(pieces: list[dict[str, Any]]) -> float:
    return median_pitch(resample(sound(pieces), 22_050))


def test_pace_pitch_and_loudness_are_heard(service: SynthesizerService) -> None:
    plain = speak(service, SENTENCE)
    slow = speak(service, f'<prosody rate="50%">{SENTENCE}</prosody>')
    assert 1.5 < len(sound(slow)) / len(sound(plain)) < 2.4
    high = speak(service, f'<prosody pitch="+4st">{SENTENCE}</prosody>')
    assert pitch(high) - pitch(plain) == pytest.approx(4, abs=1)
    assert len(sound(high)) == pytest.approx(len(sound(plain)), rel=0.15)
    soft = speak(service, f'<prosody volume="-12dB">{SENTENCE}</prosody>')
    level = [np.sqrt(np.mean(sound(pieces).astype(float) ** 2)) for pieces in (plain, soft)]
    assert 20 * np.log10(level[0] / level[1]) == pytest.approx(12, abs=0.5)
    again = speak(service, SENTENCE)
    assert len(sound(again)) == pytest.approx(len(sound(plain)), abs=JITTER), "the voice is itself again"


def test_a_break_is_as_long_as_it_says(service: SynthesizerService) -> None:
    short, long = (len(sound(speak(service, f'One.<break time="{ms}ms"/>Two.'))) for ms in (100, 1600))
    assert long - short == pytest.approx(1.5 * 22_050, abs=JITTER)


def test_another_language_is_spoken_by_espeak(service: SynthesizerService) -> None:
    english, french, nobodys = (
        len(sound(speak(service, f'Say <lang xml:lang="{one}">oiseau aujourd</lang> now.')))
        for one in ("en", "fr", "xx")
    )
    assert abs(english - french) > 10 * JITTER
    assert nobodys == pytest.approx(english, abs=JITTER), "said as it is written"


def test_the_words_are_read_as_ever(service: SynthesizerService) -> None:
    pieces = speak(service, 'Nova, it is 19.5°C. <emphasis>It is 8:05.</emphasis>')
    assert [piece["text"] for piece in pieces] == [
        "no-vah, it is nineteen point five degrees Celsius.", "It is eight oh five."]


def test_what_was_said_by_another_voice_is_left_out(service: SynthesizerService) -> None:
    inside = 'One. Two. <prosody rate="fast">Three. Four.</prosody><break time="1s"/> <emphasis>Five.</emphasis>'
    for skip, words in ((1, "Two. Three. Four. Five."), (3, "Four. Five."), (4, "Five.")):
        assert " ".join(piece["text"] for piece in speak(service, inside, skip) if piece["text"]) == words
    assert list(service.speak(f"<speak>{inside}</speak>", 5)) == []


def test_broken_markup_is_told_and_its_words_are_spoken(
    service: SynthesizerService, caplog: pytest.LogCaptureFixture
) -> None:
    broken = [piece["text"] for piece in service.speak("<speak>It is <b>warm.</speak>")]
    assert broken == ["It is warm."] and "not well formed" in caplog.text
    assert sum(len(piece["pcm"]) for piece in service.speak("<speak></speak>")) == 0


def test_a_voice_without_a_pace_keeps_its_pitch() -> None:
    class Plain:
        rate = 16_000

        def speak(self, text: str) -> Any:
            from assistant.tts.base import Speech

            yield Speech(np.full(1000, 100, np.int16), self.rate, text, True)

    (speech,) = speak_so(Plain(), "x", Manner(rate=0.5, pitch=4.0, volume=6.02))
    assert len(speech.pcm) == 1000 and int(speech.pcm[0]) == pytest.approx(200, abs=1)
    voice = Plain()
    assert at_pace(voice, 0.5) is voice
