"""YAML that keeps its lines, and refuses what a person cannot have meant."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict

from assistant.errors import ConfigError
from assistant.yamlfile import SHOWN, load_yaml, nearest, parse_yaml

TEXT = """\
wake: hey nova
devices:
  - name: lamp
    kind: light
  - name: plug
    kind: swich
"""


class Device(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    kind: Literal["light", "switch"]


class Config(BaseModel):
    model_config = ConfigDict(extra="forbid")
    wake: str = ""
    devices: list[Device] = []
    extra: dict[str, Device] | None = None


def test_every_value_knows_its_line() -> None:
    file = parse_yaml(TEXT, "home.yaml")
    assert file.data["devices"][1] == {"name": "plug", "kind": "swich"}
    assert file.line(("wake",)) == 1
    assert file.line(("devices", 1, "kind")) == 6
    assert file.where(("devices", 0, "nothing")) == "home.yaml:3"


def test_words_stay_words() -> None:
    data = parse_yaml("on: off\nat: 12:30\ncode: 007\nday: 2026-01-01\nyes: true\nnone:\nhalf: 0.5\n").data
    assert data == {"on": "off", "at": "12:30", "code": 7, "day": "2026-01-01", "yes": True, "none": None, "half": 0.5}


def test_a_wrong_value_names_line_and_nearest() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_yaml(TEXT, "home.yaml").validate(Config)
    assert caught.value.where == "home.yaml:6"
    assert caught.value.mend == "did you mean 'switch'?"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("wake: a\nwakes: b\n", 2, "did you mean 'wake'?"),
        ("devices:\n  - name: a\n    kind: light\n    nam: b\n", 4, "did you mean 'name'?"),
        ("extra:\n  x:\n    name: a\n    kind: light\n    kid: b\n", 5, "did you mean 'kind'?"),
        ("devices:\n  - name: a\n", 2, "is missing"),
        ("wake: [1]\n", 1, "valid string"),
        ("wake: a\nwake: b\n", 2, "already given in line 1"),
        ("wake: [a\n", 2, "expected"),
        ("wake: !!python/object/apply:os.system [ls]\n", 1, "could not determine a constructor"),
        ("wake: a\nx: \x07\n", 2, "character"),
        ("a: &x [*x]\n", 1, "refers to itself"),
        ("? [a, b]\n: c\n", 1, "key must be a word"),
        ("devices:\n\t- name: a\n", 2, "YAML does not allow tabs (indent with spaces)"),
        ("extra:\n  x:\n    name: a\n\tkind: light\n", 4, "YAML does not allow tabs"),
        ("extra:\r\n  x:\r\n \tname: a\r\n", 3, "YAML does not allow tabs"),
    ],
)
def test_mistakes(text: str, line: int, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_yaml(text, "f").validate(Config)
    assert caught.value.where == f"f:{line}"
    assert says in str(caught.value)


def test_a_hint_says_that_there_are_more() -> None:
    assert nearest("zebra", [f"word {number}" for number in range(SHOWN)]).endswith(f"word {SHOWN - 1}")
    assert nearest("zebra", [f"word {number}" for number in range(SHOWN + 3)]).endswith(" and 3 more")


def test_all_mistakes_are_told_and_what_is_right_is_kept() -> None:
    devices = "devices: [{name: a}, {name: b, kind: swich, x: 1}]"
    file = parse_yaml(f"wake: [1]\n{devices}\nextra: {{x: {{name: c, kind: light}}}}\n", "f")
    with pytest.raises(ConfigError) as caught:
        file.validate(Config)
    whats = [mistake.what for mistake in (caught.value, *caught.value.others)]
    assert [what.split()[0] for what in whats] == ["wake:", "'devices.0.kind'", "devices.1.kind", "unknown"]
    config, mistakes = file.salvage(Config)
    assert [mistake.what for mistake in mistakes] == whats
    assert config == Config(extra={"x": Device(name="c", kind="light")})


def test_a_file_that_unfolds_is_refused() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(ConfigError, match="unfolds"):
        parse_yaml("\n".join(rows))
    with pytest.raises(ConfigError, match="nested"):
        parse_yaml("[" * 500 + "]" * 500)


def test_files(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        load_yaml(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"wake: \xe9")
    with pytest.raises(ConfigError, match="UTF-8"):
        load_yaml(tmp_path / "latin.yaml")
    (tmp_path / "empty.yaml").write_text("")
    assert load_yaml(tmp_path / "empty.yaml").validate(Config) == Config()
