"""Labelled sentences in every form that is promised, and what is said of those that are in none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import ConfigError
from assistant.nlu.base import Example, Slot
from assistant.nlu.corpora import read_examples, read_labelled


def written(folder: Path, data: Any, name: str = "said.json") -> Path:
    path = folder / name
    path.write_text(data if isinstance(data, str) else json.dumps(data), "utf-8")
    return path


def test_our_own_json_finds_the_words_of_a_slot(tmp_path: Path) -> None:
    path = written(tmp_path, [
        {"text": "Lamp on in the Hall", "intent": "On", "slots": {"area": "hall", "brightness": 50}},
        {"text": "sing", "intent": "oos"},
    ])
    first, second = read_labelled(path)
    assert first.example == Example("Lamp on in the Hall", "On", (Slot("area", 15, 19),))
    assert first.values == {"area": "hall", "brightness": 50} and second.example.intent == "oos"


def test_clinc_snips_and_tables(tmp_path: Path) -> None:
    pairs = written(tmp_path, [["how old are you", "age"]], "clinc.json")
    parts = [{"text": "rain in "}, {"text": " Oslo ", "entity": "city"}, {"text": "?"}]
    snips = written(tmp_path, {"GetWeather": [{"data": parts}]}, "snips.json")
    table = written(tmp_path, 'text\tintent\tslots\nlamp on\tOn\t{"name": "lamp"}\nhi\toos\t\n', "said.tsv")
    assert read_examples(pairs) == [Example("how old are you", "age")]
    (weather,) = read_examples(snips)
    assert weather.text == "rain in  Oslo ?" and weather.values() == {"city": "Oslo"}
    assert [one.values() for one in read_examples(table)] == [{"name": "lamp"}, {}]
    assert len(read_examples(tmp_path)) == 4, "a folder is its files"


@pytest.mark.parametrize(("data", "name", "said"), [
    ("{", "a.json", "is not JSON"),
    ("3", "a.json", "must be a list"),
    ([["one"]], "a.json", "entry 1: must be an object"),
    ([{"text": "a"}], "a.json", "needs a text and an intent"),
    ([{"text": "a", "intent": "b", "slots": 3}], "a.json", "slots must be an object"),
    ({"A": [{"data": 3}]}, "a.json", "entry 1 of A: needs a list called data"),
    ("text\tintent\tslots\na\tb\t{\n", "a.tsv", "a.tsv:2: slots are not JSON"),
])
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, data: Any, name: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        read_labelled(written(tmp_path, data, name))
    assert said in str(error.value) and name in str(error.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_labelled(tmp_path / "none.json")
