"""Control messages: read strictly, refused in words, and always JSON a browser can read."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.errors import EventError
from assistant.events import DeviceChanged, Understood
from assistant.server import messages
from assistant.testing.fake_agent import HOUSEHOLD

GOOD = [
    ('{"type":"hello","version":1}', messages.Hello(type="hello", version=1)),
    ('{"type":"talk","down":true}', messages.Talk(type="talk", down=True)),
    ('{"type":"text","text":"  turn it on "}', messages.Text(type="text", text="turn it on")),
    ('{"type":"volume","percent":100}', messages.Volume(type="volume", percent=100)),
    ('{"type":"stop"}', messages.Stop(type="stop")),
    ('{"type":"wake","phrase":" nova "}', messages.Wake(type="wake", phrase="nova")),
    ('{"type":"wake","phrase":"nova","use":true}', messages.Wake(type="wake", phrase="nova", use=True)),
    ('{"type":"hours","hours":30}', messages.Hours(type="hours", hours=30)),
    ('{"type":"meter","on":true}', messages.Meter(type="meter", on=True)),
]
BAD = [
    ("", "message"), ("null", "message"), ("[]", "message"), ("{}", "message"), ('{"type":"reboot"}', "message"),
    ('{"type":"talk"}', "talk.down"), ('{"type":"talk","down":1}', "talk.down"),
    ('{"type":"talk","down":true,"more":1}', "talk.more"), ('{"type":"volume","percent":101}', "volume.percent"),
    ('{"type":"volume","percent":true}', "volume.percent"), ('{"type":"volume","percent":1e999}', "volume.percent"),
    ('{"type":"played","samples":-1}', "played.samples"), ('{"type":"text","text":"   "}', "text.text"),
    ('{"type":"text","text":"a\\u0000b"}', "text.text"), ('{"type":"text","text":"a\\nb"}', "text.text"),
    ('{"type":"text","text":"\\ud800"}', "message"), ('{"type":"text","text":"' + "a" * 501 + '"}', "text.text"),
    ('{"type":"wake"}', "wake.phrase"), ('{"type":"wake","phrase":"' + "a" * 101 + '"}', "wake.phrase"),
    ('{"type":"hours","hours":0}', "hours.hours"), ('{"type":"hours","hours":"1"}', "hours.hours"),
    ('{"type":"meter","on":1}', "meter.on"),
    ("[" * 4000, "message"), ('{"type":"text","text":"' + "a" * 9000 + '"}', "message"),
]


@pytest.mark.parametrize(("text", "expected"), GOOD)
def test_good_messages(text: str, expected: messages.Up) -> None:
    assert messages.read(text) == expected


@pytest.mark.parametrize(("text", "place"), BAD, ids=[text[:40] for text, _ in BAD])
def test_bad_messages_name_the_place(text: str, place: str) -> None:
    with pytest.raises(EventError) as caught:
        messages.read(text)
    assert caught.value.where == place
    assert caught.value.what


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=8,
)
kinds = st.sampled_from(["hello", "talk", "mute", "stop", "text", "volume", "played", "wake", "hours", "meter", ""])
names = ["version", "area", "down", "muted", "text", "percent", "samples", "phrase", "use", "hours", "on"]
fields = st.dictionaries(st.sampled_from(names), json_like)


@given(st.text() | st.builds(lambda kind, more: json.dumps({**more, "type": kind}), kinds, fields))
@example('{"type":"text","text":"\\udfff\\ud800"}')
def test_any_text_is_a_message_or_an_event_error(text: str) -> None:
    try:
        message = messages.read(text)
    except EventError as error:
        assert error.what
    else:
        assert not isinstance(message, messages.Text) or message.text.isprintable()


def test_what_json_cannot_say_becomes_null() -> None:
    sent = messages.event(DeviceChanged(device="x", state={"value": math.nan, "more": math.inf}))
    assert json.loads(sent, parse_constant=pytest.fail)["event"]["state"] == {"value": None, "more": None}


def test_objects_json_does_not_know_are_written_as_text() -> None:
    sent = json.loads(messages.event(Understood(skill="s", intent="i", slots={"odd": object(), "set": {1}})))
    assert sent["event"]["slots"]["set"] == [1]


def test_welcome_carries_the_home() -> None:
    sent = json.loads(messages.welcome("page", HOUSEHOLD, "kitchen"))
    assert (sent["version"], sent["source"], sent["area"]) == (messages.VERSION, "page", "kitchen")
    assert sent["household"]["devices"][0]["name"] == "Kitchen light"
