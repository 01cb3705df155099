"""Names are looked for as whole words, and drawn in two halves that share none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.asr.moonshine.recognizer import MoonshineConfig, MoonshineRecognizer
from assistant.bench.names import artists, holds, household
from assistant.errors import AssistantError


@pytest.mark.parametrize(
    ("text", "right"),
    [("Please call Zoë Krabb tomorrow.", True), ("please call zoe krabb's mother", False), ("Call Zoe, Krabb!", True),
     ("call Zoe Crab", False), ("call Zoe Krabben", False)],
)
def test_a_name_must_be_there_in_whole_words(text: str, right: bool) -> None:
    assert holds(text, "Zoe Krabb") is right


def test_the_halves_share_no_name(tmp_path: Path) -> None:
    said = ["Zoe Krabb", "The Light", "Mikkel Voss Tarrent", "ÿ", "Ilsabet Quorn", "one two three four"]
    data = [{"data": [{"text": "play "}, {"text": name, "entity": "artist"}]} for name in said]
    (tmp_path / "PlayMusic.json").write_text(json.dumps({"PlayMusic": data}))
    recognizer = MoonshineRecognizer(MoonshineConfig(threads=1))
    odd, even = artists(tmp_path, "odd", recognizer), artists(tmp_path, "even", recognizer)
    assert sorted(odd + even) == ["Ilsabet Quorn", "Mikkel Voss Tarrent", "Zoe Krabb"] and not set(odd) & set(even)
    assert household(odd).names == tuple(odd)
    (tmp_path / "GetWeather.json").write_text("{}")
    with pytest.raises(AssistantError, match="Snips"):
        artists(tmp_path, "odd", recognizer)
