"""Recognisers whose library is not installed say how to install it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.asr.faster_whisper import FasterWhisper
from assistant.asr.pocketsphinx import PocketSphinx
from assistant.asr.sherpa.recognizer import SherpaOnnx
from assistant.asr.vosk import ACOUSTIC, Vosk, VoskConfig
from assistant.asr.wyoming.recognizer import Wyoming
from assistant.errors import BackendError
from assistant.extras import install_command


def vosk_in(folder: Path) -> Vosk:
    (folder / ACOUSTIC[-1]).touch()
    return Vosk(VoskConfig(str(folder)))


@pytest.mark.parametrize(
    ("extra", "library", "build"),
    [
        ("faster-whisper", "faster_whisper", lambda folder: FasterWhisper()),
        ("pocketsphinx", "pocketsphinx", lambda folder: PocketSphinx()),
        ("sherpa-onnx", "sherpa_onnx", lambda folder: SherpaOnnx()),
        ("vosk", "vosk", vosk_in),
        ("wyoming", "wyoming", lambda folder: Wyoming()),
    ],
)
def test_the_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, extra: str, library: str, build: Callable[[Path], object]
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(BackendError, match=library) as caught:
        build(tmp_path)
    assert (caught.value.where, caught.value.mend) == (f"asr {extra}", install_command(extra))
