"""Fans, scenes and media players: what their messages mean, what commands become, what they refuse."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.home.actions import Actions
from assistant.home.kinds import Message, Refused
from assistant.home.kinds.entity import differing
from assistant.home.payload import PayloadError
from tests.home.test_kinds import entity, sent

FAN = {
    "command_topic": "c", "state_topic": "s", "percentage_command_topic": "p", "percentage_state_topic": "ps",
    "preset_mode_command_topic": "m", "preset_mode_state_topic": "ms", "preset_modes": ["auto", "sleep"],
    "oscillation_command_topic": "o", "oscillation_state_topic": "os", "direction_command_topic": "d",
    "direction_state_topic": "ds", "speed_range_min": 1, "speed_range_max": 3,
}
PLAYER = {
    "command_topic": "c", "state_topic": "s", "volume_command_topic": "v", "volume_state_topic": "vs", "volume_max": 1,
    "mute_command_topic": "m", "mute_state_topic": "ms", "title_topic": "t", "media_command_topic": "play",
    "media_command_template": '{"uri": "{{ media }}"}', "payload_previous": None,
}


def test_a_fan_of_three_speeds() -> None:
    fan = entity("fan", **FAN)
    assert (fan.capabilities.speeds, fan.capabilities.presets) == (3, ("auto", "sleep"))
    assert [fan.read("ps", payload)["percentage"] for payload in (b"0", b"1", b"2", b"3")] == [0, 33, 66, 100]
    assert fan.read("ps", b"None") == {"percentage": None}
    assert sent(fan, "set_percentage", 40, {"on": True}) == [("p", "2")]
    assert sent(fan, "set_percentage", 40, {"on": False}) == [("c", "ON"), ("p", "2")]
    assert not differing(fan.plan("set_percentage", 40, {}).want, {"on": True, **fan.read("ps", b"2")})
    assert sent(fan, "set_percentage", 0) == [("c", "OFF")]
    with pytest.raises(Refused, match="0 to 100"):
        fan.plan("set_percentage", 101, {})


def test_how_a_fan_blows() -> None:
    fan = entity("fan", **FAN)
    on = {"on": True}
    assert sent(fan, "set_preset", "sleep", on) == [("m", "sleep")]
    assert sent(fan, "oscillate", True) == [("o", "oscillate_on")]
    assert sent(fan, "set_direction", "reverse") == [("d", "reverse")]
    assert fan.read("os", b"oscillate_off") == {"oscillating": False}
    assert fan.read("ds", b"forward") == {"direction": "forward"}
    assert fan.read("ms", b"sleep") == {"preset": "sleep"}
    for topic, payload in (("os", b"yes"), ("ds", b"up"), ("ms", b"hurricane"), ("ps", b"fast"), ("s", b"1")):
        with pytest.raises(PayloadError):
            fan.read(topic, payload)
    for command, value, why in (("set_preset", "eco", "only auto, sleep"),
                                ("set_direction", "up", "forward or reverse"),
                                ("oscillate", "yes", "or it does not"), ("open", None, "a fan cannot be opened")):
        with pytest.raises(Refused, match=why):
            fan.plan(command, value, on)
    simple = entity("fan", command_topic="c")
    cannot: list[tuple[str, Any]] = [("set_percentage", 30), ("set_preset", "auto"), ("oscillate", True),
                                     ("set_direction", "reverse")]
    for command, wish in cannot:
        with pytest.raises(Refused):
            simple.plan(command, wish, on)


def test_a_fan_goes_back_to_what_it_was() -> None:
    fan = entity("fan", **FAN)
    assert fan.restore({"on": False, "percentage": 33}, {}).want == {"on": False}
    back = fan.restore({"on": True, "percentage": 33, "oscillating": False, "direction": "forward", "preset": None}, {})
    assert [(message.topic, message.payload) for message in back.messages] == [
        ("c", "ON"), ("p", "1"), ("o", "oscillate_off"), ("d", "forward"),
    ]
    with pytest.raises(Refused, match="not known"):
        fan.restore({}, {})


def test_a_fan_whose_speeds_have_names() -> None:
    fan = entity("fan", command_topic="c", state_topic="s", percentage_command_topic="m", percentage_state_topic="ms",
                 speeds=["low", "medium", "high"], preset_mode_command_topic="m", preset_mode_state_topic="ms",
                 preset_modes=["auto"])
    assert fan.read("ms", b"medium") == {"percentage": 66, "preset": None}
    assert fan.read("ms", b"auto") == {"percentage": None, "preset": "auto"}
    assert fan.read("ms", b"off") == {"percentage": 0, "preset": None}
    assert sent(fan, "set_percentage", 30, {"on": True}) == [("m", "low")]


def test_a_fan_that_only_tells_its_speed() -> None:
    fan = entity("fan", command_topic="c", percentage_state_topic="ps", percentage_command_topic="p")
    assert fan.read("ps", b"40") == {"percentage": 40, "on": True}
    assert fan.read("ps", b"0") == {"percentage": 0, "on": False}


async def test_a_scene_is_activated_each_time_and_proves_nothing() -> None:
    scene = entity("scene", command_topic="c", payload_on="go")
    told: list[Message] = []

    async def publish(message: Message) -> None:
        told.append(message)

    actions = Actions(publish)
    for _ in range(2):
        assert await actions.carry_out("s", scene, scene.plan("activate", None, {}), dict) == ("done", "unconfirmed")
    assert [(message.topic, message.payload) for message in told] == [("c", "go"), ("c", "go")]
    assert sent(scene, "turn_on") == [("c", "go")]
    with pytest.raises(Refused, match="cannot be switched off"):
        scene.plan("turn_off", None, {})
    with pytest.raises(Refused, match="taken back"):
        scene.restore({}, {})


def test_a_player() -> None:
    player = entity("media_player", **PLAYER)
    assert player.capabilities.commands == ("mute", "next", "pause", "play", "play_media", "set_volume", "stop")
    assert [player.read("s", word)["playback"] for word in (b"PLAYING", b"pause", b"idle")] == [
        "playing", "paused", "stopped",
    ]
    assert player.read("vs", b"0.35") == {"volume": 35}
    assert player.read("t", b"Blue\tHour") == {"title": "Blue Hour"}
    assert player.read("t", b"") == {"title": None}
    assert sent(player, "set_volume", 35) == [("v", "0.35")]
    assert sent(player, "play", "jazz") == [("play", '{"uri": "jazz"}')]
    assert sent(player, "mute") == [("m", "ON")]
    assert player.plan("pause", None, {}).want == {"playback": "paused"}
    assert {"c", "v", "m", "play"} == player.orders
    for command, value in (("previous", None), ("shuffle", True), ("set_volume", 101), ("open", None), ("play", 7)):
        with pytest.raises(Refused):
            player.plan(command, value, {})
    with pytest.raises(PayloadError, match="no state of a player"):
        player.read("s", b"dancing")


def test_a_player_with_a_topic_and_a_word_for_each_command() -> None:
    player = entity("media_player", play_topic="a", next_topic="b", payload_next="1", state_topic="s",
                    state_playing="1", state_paused="0", state_template="{{ value_json.run }}")
    assert sent(player, "play") == [("a", "play")]
    assert sent(player, "next") == [("b", "1")]
    assert player.read("s", b'{"run": 1}') == {"playback": "playing"}
    assert player.orders == {"a", "b"}


def test_a_player_goes_back_to_what_it_was() -> None:
    player = entity("media_player", **PLAYER)
    back = player.restore({"playback": "playing", "volume": 30, "muted": False}, {"playback": "paused"})
    assert [(message.topic, message.payload) for message in back.messages] == [
        ("v", "0.3"), ("m", "OFF"), ("c", "play"),
    ]
    assert back.want == {"volume": 30, "muted": False, "playback": "playing"}
    with pytest.raises(Refused):
        entity("media_player", command_topic="c").restore({"volume": 3}, {})


async def test_next_is_done_when_something_else_plays() -> None:
    player = entity("media_player", **PLAYER)
    state: dict[str, Any] = {"title": "One", "playback": "playing"}

    async def publish(message: Message) -> None:
        state["title"] = "Two"
        actions.changed("p", state)

    actions = Actions(publish)
    assert await actions.carry_out("p", player, player.plan("next", None, state), lambda: state) == ("done", "")

    async def deaf(message: Message) -> None:
        actions.changed("p", state)

    actions = Actions(deaf, seconds=0.05)
    status, _ = await actions.carry_out("p", player, player.plan("next", None, state), lambda: state)
    assert status == "no_answer"
