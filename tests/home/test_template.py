"""Templates: paths and a few filters are read, everything else is named and never evaluated."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.home.payload import PayloadError
from assistant.home.template import Command, Template, UnsupportedTemplate


@pytest.mark.parametrize(
    ("template", "payload", "value"),
    [
        ("{{ value_json.a | float }}", '{"a": "1.5"}', 1.5),
        ("{{ value_json.a|float(0)|round(1) }}", "{}", 0.0),
        ("{{ value_json.a | round(2) }}", '{"a": 2.346}', 2.35),
        ("{{ value_json.a | round }}", '{"a": 2.6}', 3),
        ("{{ value | int }}", "21.7", 21),
        ("{{ value | int(-1) }}", "warm", -1),
        ("{{ value_json.a | int }}", '{"a": true}', 1),
        ("{{ value_json['a b'].c | default('x', true) | upper }}", '{"a b": {"c": ""}}', "X"),
        ("{{ value_json.a | default(0) }}", "not json", 0),
        ("{{ value_json.a | d('none so far') }}", '{"b": 1}', "none so far"),
        ("{{ value_json.a | is_defined }}", "{}", None),
        ("{{ value_json.a | is_defined | float | round(1) }}", "{}", None),
        ("{{ value | trim | lower }}", " ON ", "on"),
        ("{{ value_json.a }}", '{"a": null}', None),
    ],
)
def test_paths_and_filters(template: str, payload: str, value: Any) -> None:
    found = Template.parse(template).pick(payload)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(("template", "payload"), [
    ("{{ value | int }}", "warm"), ("{{ value_json.a | float }}", '{"a": {}}'), ("{{ value | float }}", "1e999"),
    ("{{ value_json.a | int }}", "not json"), ("{{ value | round }}", "NaN"),
])
def test_what_is_no_number_is_said(template: str, payload: str) -> None:
    with pytest.raises(PayloadError):
        Template.parse(template).pick(payload)


@pytest.mark.parametrize(("template", "names"), [
    ("{{ value_json.a | map }}", "'map'"), ("{{ value | round(99) }}", "'round'"), ("{{ value | int(1, 2) }}", "'int'"),
    ("{{ value | default(x) }}", "default(x)"), ("{{ value | lower(1) }}", "'lower'"),
    ("{{ value | round(x) }}", "round"),
    ("{{ value_json.a * 2 }}", "* 2"), ("{{ value_json.a if value else 0 }}", "if value"),
    ("{{ value" + " | int" * 9 + " }}", "more than 8"), ("{{ value | int" + " " * 300 + "}}", "more than a path"),
    ("{{ ''.__class__ }}", "__class__"),
])
def test_everything_else_is_named(template: str, names: str) -> None:
    with pytest.raises(UnsupportedTemplate) as caught:
        Template.parse(template)
    assert names in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(("template", "payload"), [
    ("", "40"), ("{{ value }}", "40"), ('{ "position": {{ position }} }', '{ "position": 40 }'),
    ('{"a":{"b":{{ value }}}}', '{"a":{"b":40}}'), ("3,{{ value }}", "3,40"),
])
def test_text_around_a_value(template: str, payload: str) -> None:
    assert Command.parse("t", template, ("value", "position")).payload("40") == payload


@pytest.mark.parametrize("template", [
    "{{ value | int }}", "{{ red }}", "plain", "{{ value }}{{ value }}", "{% if value %}{{ value }}{% endif %}",
    "{{ {1: 'a'}[value] }}",
])
def test_commands_that_would_be_computed_are_not_taken(template: str) -> None:
    with pytest.raises(UnsupportedTemplate, match="not evaluated"):
        Command.parse("t", template)
