"""Word errors are counted right, over the right recordings."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.audio.files import write_sound
from assistant.bench.asr import GREEDY, errors, figures, listen
from assistant.bench.contestant import Contestant, contestant
from assistant.bench.manifest import Recorded, read_manifest
from assistant.errors import AudioError, ModelError
from assistant.registry import OptionError
from assistant.testing.voices import say


@pytest.mark.parametrize(
    ("said", "written", "counted"),
    [
        ("turn on the light", "Turn on the light.", (0, 4)),
        ("turn on the light", "turn off light", (2, 4)),
        ("it's nine o'clock", "It is 9 o'clock!", (0, 4)),
        ("the colour of milk", "the color of the milk", (1, 4)),
        ("silence", "", (1, 1)),
    ],
)
def test_words_are_compared_and_not_spelling(said: str, written: str, counted: tuple[int, int]) -> None:
    assert errors(said, written) == counted


@pytest.fixture
def recordings(tmp_path: Path) -> list[Recorded]:
    rows = ["path\tspeaker\ttext"]
    for speaker, text in (("0001", "my grandmother used to bake bread"), ("0002", "the garden is full of birds")):
        write_sound(tmp_path / f"{speaker}.wav", say(text))
        rows.append(f"{speaker}.wav\t{speaker}\t{text}")
    (tmp_path / "manifest.tsv").write_text("\n".join(rows))
    return read_manifest(tmp_path / "manifest.tsv")


def test_a_manifest_lists_recordings_and_whom_they_are_of(recordings: list[Recorded]) -> None:
    assert [one.measured for one in recordings] == [False, True]
    assert recordings[1].text == "the garden is full of birds"


@pytest.mark.parametrize("backend", [GREEDY, "moonshine"])
def test_a_backend_takes_the_recordings_down(recordings: list[Recorded], backend: str) -> None:
    heard = listen(contestant(backend), recordings)
    found = figures(backend, recordings, heard)
    assert found[f"wer_{backend}"]["value"] < 0.3 and found[f"wer_{backend}"]["n"] == 2
    assert 0 < found[f"real_time_factor_{backend}"] < 1 and found[f"memory_mb_{backend}"] > 50


@pytest.mark.parametrize(
    ("text", "meant"),
    [("moonshine", Contestant("moonshine", "moonshine")),
     ("vosk,model=/a/b c,beam=1", Contestant("vosk", "vosk", {"model": "/a/b c", "beam": "1"})),
     ("mine:vosk,model=C:x=y", Contestant("mine", "vosk", {"model": "C:x=y"}))],
)
def test_a_backend_may_have_settings_and_a_name(text: str, meant: Contestant) -> None:
    assert contestant(text) == meant


@pytest.mark.parametrize("text", ["", "a:b:c", "moonshine,beam", "moonshine, ,", "two words"])
def test_settings_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(OptionError, match="no backend with settings"):
        contestant(text)


def test_settings_reach_the_backend_with_their_types(recordings: list[Recorded], tmp_path: Path) -> None:
    heard = listen(contestant("faster-whisper,beam=1,threads=1"), recordings, partials=False)
    assert not heard.partials and len(heard.finals) == len(heard.texts) == 2
    with pytest.raises(ModelError, match="missing"):
        listen(contestant(f"faster-whisper,model={tmp_path}"), recordings)
    with pytest.raises(OptionError, match="beam"):
        listen(contestant("faster-whisper,beam=wide"), recordings)


@pytest.mark.parametrize(
    ("table", "says"),
    [("path\ttext\nnone.wav\thello", r"manifest.tsv:2: there is no recording 'none.wav'"),
     ("path\ttext\n\n\nnone.wav\thello", r"manifest.tsv:4: there is no recording"),
     ("path\ttext\nmanifest.tsv\t ", r"manifest.tsv:2: the text of this recording is missing"),
     ("file\ttext\na.wav\thello", "columns path and text"), ("", "columns path and text"),
     ("\ufeffpath\ttext\n", "lists no recordings")],
)
def test_a_bad_manifest_is_named(tmp_path: Path, table: str, says: str) -> None:
    (tmp_path / "manifest.tsv").write_text(table)
    with pytest.raises(AudioError, match=says):
        read_manifest(tmp_path / "manifest.tsv")
