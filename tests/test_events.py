"""Every event type, drawn from its own annotations, survives JSON and msgpack; what is no event is named."""

from __future__ import annotations

import json
from dataclasses import MISSING, Field, fields
from typing import Any, get_origin, get_type_hints

import msgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import assistant.events
from assistant.errors import EventError
from assistant.events import Event, SpeechStarted, decode, encode, event_types

TYPES = [event_types()[name] for name in sorted(event_types())]
WORDS = st.text(max_size=20)
NUMBERS = st.integers(-(2**63), 2**63 - 1)
"""What msgpack can write."""
MEASURES = st.floats(allow_nan=False, allow_infinity=False)
PLAIN = st.recursive(
    st.none() | st.booleans() | NUMBERS | MEASURES | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
VALUES: dict[Any, st.SearchStrategy[Any]] = {
    str: WORDS, int: NUMBERS, float: MEASURES, bool: st.booleans(), Any: PLAIN,
    dict: st.dictionaries(WORDS, PLAIN, max_size=3),
}
WRONG: dict[Any, list[Any]] = {
    str: [7, None, ["a"], b"\xff"], int: ["many", 1.5, None, [1]], float: ["soon", None, {}, [0.5]],
    bool: ["perhaps", 7, None], dict: [[1], "a", None, {1: 2}], Any: [],
}
"""Values that no field of a type may hold."""


def types_of(kind: type[Event]) -> dict[str, Any]:
    """Each field's plain type."""
    hints = get_type_hints(kind)
    return {field.name: get_origin(hints[field.name]) or hints[field.name] for field in fields(kind)}


def events(kind: type[Event]) -> st.SearchStrategy[Event]:
    return st.builds(kind, **{name: VALUES[plain] for name, plain in types_of(kind).items()})


def example(kind: type[Event]) -> dict[str, Any]:
    """A right event as plain data."""
    samples = {str: "a", int: 3, float: 0.5, bool: True, dict: {"b": 1}, Any: None}
    return {"type": kind.__name__, **{name: samples[plain] for name, plain in types_of(kind).items()}}


def required(kind: type[Event]) -> list[Field[Any]]:
    return [one for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING]


def test_all_listed_types_are_known_and_all_known_ones_listed() -> None:
    listed = {name for name in assistant.events.__all__ if name[0].isupper()}
    assert listed == event_types().keys() and len(listed) > 30
    assert all(getattr(assistant.events, name) is event_types()[name] for name in listed)


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_every_type_survives_json_and_msgpack(kind: type[Event], data: st.DataObject) -> None:
    event = data.draw(events(kind))
    plain = encode(event)
    for again in (decode(json.loads(json.dumps(plain))), decode(msgpack.unpackb(msgpack.packb(plain)))):
        assert type(again) is kind and again == event


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
def test_events_are_frozen_and_slotted(kind: type[Event]) -> None:
    event = decode(example(kind))
    with pytest.raises(AttributeError):
        event.source = "elsewhere"  # type: ignore[misc]
    assert not hasattr(event, "__dict__")


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
def test_a_wrong_value_is_named_with_its_field(kind: type[Event]) -> None:
    for name, plain in types_of(kind).items():
        for wrong in WRONG[plain]:
            with pytest.raises(EventError) as caught:
                decode({**example(kind), name: wrong})
            assert caught.value.where.startswith(f"{kind.__name__}.{name}"), (name, wrong)


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
def test_a_missing_field_is_named(kind: type[Event]) -> None:
    for field in required(kind):
        plain = example(kind)
        del plain[field.name]
        with pytest.raises(EventError, match=f"{kind.__name__}.{field.name}: "):
            decode(plain)


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
def test_a_surplus_field_is_named(kind: type[Event]) -> None:
    with pytest.raises(EventError, match=f"{kind.__name__}: unknown field 'colour'"):
        decode({**example(kind), "colour": "red"})


def test_fields_with_a_default_may_be_left_out() -> None:
    assert decode({"type": "SpeechStarted", "sample": 7}) == SpeechStarted(sample=7)


@pytest.mark.parametrize(
    "data", [None, "Event", 7, [], {}, {"type": None}, {"type": 3}, {"type": ["Event"]}, {"type": "Nothing"}]
)
def test_what_is_no_event_is_an_error_of_its_own_kind(data: object) -> None:
    with pytest.raises(EventError):
        decode(data)


def test_tuples_in_open_fields_become_lists_so_that_both_forms_agree() -> None:
    event = event_types()["ActionRequested"](device="a", command="b", value=(1, (2, {"c": (3,)})))  # type: ignore[call-arg]
    assert encode(event)["value"] == [1, [2, {"c": [3]}]]
