"""Messages for others than the home, and topic filters."""

from __future__ import annotations

import asyncio

import pytest

from assistant.errors import HomeError
from assistant.home.broker import EmbeddedBroker
from assistant.home.home import Home
from assistant.home.schema import Household
from assistant.home.topics import covers, is_filter, matches

LIGHT = '{"name": "lamp", "unique_id": "lamp", "state_topic": "lamp/state", "command_topic": "lamp/set"}'
BLINDS = '{"name": "blinds", "unique_id": "blinds", "position_topic": "blinds/at", "set_position_topic": "blinds/to"}'


@pytest.mark.parametrize(("pattern", "topic", "yes"), [
    ("a/b", "a/b", True), ("a/b", "a/c", False), ("a/+", "a/b", True), ("a/+", "a/b/c", False), ("a/#", "a/b/c", True),
    ("a/#", "a", True), ("+/b", "a/b", True), ("#", "a", True), ("#", "$SYS/x", False),
    ("+/x", "$SYS/x", False), ("$SYS/#", "$SYS/x/y", True), ("$SYS/+", "$SYS/x", True), ("a", "a/b", False),
    ("a/+/c", "a/b/c", True), ("a/+/c", "a/b/d", False),
])
def test_topics_under_filters(pattern: str, topic: str, yes: bool) -> None:
    assert matches(pattern, topic) is yes


@pytest.mark.parametrize(("wide", "narrow", "yes"), [
    ("a/#", "a/+/c", True), ("a/#", "a/#", True), ("a/+", "a/#", False), ("a/+", "a/+", True), ("a/b", "a/+", False),
    ("a/+/c", "a/b/#", False),
])
def test_filters_under_filters(wide: str, narrow: str, yes: bool) -> None:
    assert covers(wide, narrow) is yes


@pytest.mark.parametrize(("pattern", "yes"), [
    ("a/b", True), ("#", True), ("a/+/b", True), ("a/#", True), ("/a", True), ("", False), ("a/#/b", False),
    ("a/b#", False), ("a+/b", False), ("a/b\n", False), ("a" * 65_535, True), ("a" * 65_536, False),
    ("\u00e9" * 40_000, False),
])
def test_what_is_a_filter(pattern: str, yes: bool) -> None:
    assert is_filter(pattern) is yes


async def test_messages_reach_those_who_asked_and_no_device_is_ordered_so() -> None:
    async with EmbeddedBroker(kind="mosquitto") as broker, Home(Household(), broker) as home:
        assert await home.settled()
        heard: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
        end = home.listen("garden/+", lambda topic, payload: heard.put_nowait((topic, payload)))
        async with asyncio.timeout(10):
            while heard.empty():  # the broker may not have been asked for the topic yet
                await home.publish("garden/pump", "on")
                await asyncio.sleep(0.05)
        assert await heard.get() == ("garden/pump", b"on")
        await home.publish("homeassistant/light/lamp/config", LIGHT, announce=True)
        await home.publish("homeassistant/cover/blinds/config", BLINDS, announce=True)
        async with asyncio.timeout(10):
            while not {"lamp", "blinds"} <= set(home.devices):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        for topic in ("homeassistant/light/a/config", "homeassistant/light/a/b/config", "zigbee2mqtt/bridge/devices"):
            with pytest.raises(HomeError, match="announced there"):
                await home.publish(topic, "")
        for topic in ("lamp/set", "lamp/set/brightness", "blinds/to"):
            with pytest.raises(HomeError, match="takes its orders there"):
                await home.publish(topic, "ON")
        end()
        while not heard.empty():
            heard.get_nowait()
        await home.publish("garden/pump", "off")
        await home.publish("homeassistant/light/lamp/config", "", announce=True)
        async with asyncio.timeout(10):
            while "lamp" in home.devices:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert heard.empty()
