"""openWakeWord against the conformance suite, with word models that lie in its package as files that a user gives."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from assistant.audio.frames import FRAME_SAMPLES, Frame
from assistant.errors import BackendError, ModelError
from assistant.extras import install_command
from assistant.testing.conformance.wake import WakeConformance
from assistant.wake.base import WakeWord
from assistant.wake.openwakeword import PACKAGE, OpenWakeWord, OpenWakeWordConfig


def packaged(name: str, package: str = PACKAGE) -> Path:
    """A model that lies in a package."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        pytest.skip(f"{package} is not installed")
    return Path(spec.submodule_search_locations[0]) / "models" / f"{name}.tflite"


def word(path: Path, phrase: str = "") -> OpenWakeWord:
    return OpenWakeWord(OpenWakeWordConfig(path, phrase))


class TestOpenWakeWord(WakeConformance):
    phrase = "okay nabu"

    def make(self) -> WakeWord:
        return word(packaged("okay_nabu"), self.phrase)

    def wrong(self, folder: Path) -> list[Callable[[], WakeWord]]:
        (folder / "text.tflite").write_text("no model")
        (folder / "graph.onnx").write_bytes(b"\x08\x08\x12\x07pytorch")
        whole = packaged("okay_nabu").read_bytes()
        (folder / "half.tflite").write_bytes(whole[: len(whole) // 2])
        (folder / "zeros.tflite").write_bytes(whole[:64] + bytes(len(whole) - 64))
        return [partial(word, path) for path in (
            folder, folder / "none.tflite", *sorted(folder.iterdir()), packaged("embedding_model"),
            packaged("melspectrogram"), packaged("alexa", "pymicro_wakeword"),
        )]


def test_the_file_s_name_says_what_it_hears(tmp_path: Path) -> None:
    path = tmp_path / "hey_house.tflite"
    path.write_bytes(packaged("okay_nabu").read_bytes())
    assert word(path)._phrase == "hey house" and word(path, "hey home")._phrase == "hey home"


def test_another_file_of_the_same_name_is_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "word.tflite"
    path.write_bytes(packaged("embedding_model").read_bytes())
    with pytest.raises(ModelError, match="no model of a wake word"):
        word(path)
    path.write_bytes(packaged("okay_nabu").read_bytes())
    word(path).stream().close()


def test_the_first_frame_takes_no_longer_than_others() -> None:
    """The library fills eight seconds with silence first: that is done before somebody speaks."""
    stream = word(packaged("okay_nabu")).stream()
    waiting = stream._features.new_audio_samples
    stream.feed(Frame(np.zeros(FRAME_SAMPLES, np.int16), 0))
    assert waiting < 2 * 1760
    stream.reset()
    assert stream._features.new_audio_samples < 2 * 1760


def test_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, PACKAGE, None)
    with pytest.raises(BackendError, match="pyopen-wakeword is not installed") as caught:
        word(tmp_path / "x.tflite")
    assert caught.value.mend == install_command("openwakeword")
