"""Word errors are counted right, over the right recordings."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.audio.files import write_sound
from assistant.bench.asr import GREEDY, errors, figures, listen
from assistant.bench.manifest import Recorded, read_manifest
from assistant.errors import AudioError
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
    heard = listen(backend, recordings)
    found = figures(backend, recordings, heard)
    assert found[f"wer_{backend}"]["value"] < 0.3 and found[f"wer_{backend}"]["n"] == 2
    assert 0 < found[f"real_time_factor_{backend}"] < 1 and found[f"memory_mb_{backend}"] > 50


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
