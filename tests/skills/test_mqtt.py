"""Messages of skills: what no grant covers is refused, in a house and in the harness alike."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.errors import AssistantError, SkillError
from assistant.home.schema import Household
from assistant.skills.harness import Harness
from assistant.skills.loader import load_skill
from tests.skills.conftest import Write

BRIDGE = """
class Bridge(Skill):
    @on_mqtt("$SYS/broker/+")
    async def told(self, ctx: Context, topic: str, payload: str) -> None:
        await ctx.store.set("told", payload)

    @intent("Told")
    async def told_of(self, ctx: Context) -> str:
        return await ctx.store.get("told")

    @intent("Send")
    async def send(self, ctx: Context, to: str) -> str:
        await ctx.mqtt.publish(to, '{"command_topic": "lamp/set", "unique_id": "lamp"}')
        return "sent"
"""
LISTS = """lists:
  to:
    values:
      - {in: the lamp, out: lamp/set}
      - {in: the radio, out: radio/set}
      - {in: everybody, out: homeassistant/light/lamp/config}
      - {in: the bridge, out: zigbee2mqtt/bridge/devices}
"""
HEARS = "mqtt:$SYS/#"


def bridge(write: Write, *grants: str) -> Path:
    return write("bridge", BRIDGE, manifest=f"grants: {json.dumps(grants)}\n", sentences=LISTS, Send="tell {to}",
                 Told="what is new")


@pytest.mark.parametrize("whom", ["everybody", "the bridge"])
async def test_devices_are_announced_only_with_a_grant_for_it(write: Write, whom: str) -> None:
    async with Harness(bridge(write, "mqtt:homeassistant/#", "mqtt:zigbee2mqtt/#", HEARS)) as h:
        with pytest.raises(AssistantError, match="add 'announce' to the skill's grants"):
            await h.say(f"tell {whom}")
        assert h.mqtt.published == []


async def test_the_harness_refuses_orders_of_devices_as_the_home_does(write: Write) -> None:
    grants = ("announce", "mqtt:homeassistant/#", "mqtt:lamp/#", "mqtt:radio/#", HEARS)
    radio = {"name": "radio", "kind": "media_player", "mqtt": {"command_topic": "radio/set"}}
    async with Harness(bridge(write, *grants), home=Household.model_validate({"devices": [radio]})) as h:
        for whom in ("the lamp", "everybody"):  # who announces the lamp: from here on it takes its orders
            assert (await h.say(f"tell {whom}")).text == "sent"
        for whom in ("the lamp", "the radio"):
            with pytest.raises(AssistantError, match="a device takes its orders there"):
                await h.say(f"tell {whom}")


async def test_what_the_broker_says_of_itself_is_heard_where_it_was_granted(write: Write) -> None:
    async with Harness(bridge(write, "mqtt:$SYS/broker/+")) as h:
        await h.receive("$SYS/broker/uptime", "12 s")
        assert (await h.say("what is new")).text == "12 s"


async def test_what_the_broker_says_of_itself_is_heard_by_nobody_else(write: Write) -> None:
    with pytest.raises(SkillError, match="may not use mqtt:"):
        async with Harness(bridge(write, "mqtt:garden/#")):
            pass


@pytest.mark.parametrize("grant", ["mqtt:$share/x/#", "mqtt:$SYSTEM/#", "mqtt:$/#"])
def test_grants_under_a_dollar_are_those_of_the_brokers_own_words(write: Write, grant: str) -> None:
    with pytest.raises(SkillError, match="there is no grant"):
        load_skill(bridge(write, grant))


async def test_a_topic_longer_than_the_protocol_allows_is_refused_in_words(write: Write) -> None:
    long = "garden/" + "x" * 65_530
    code = BRIDGE.replace("$SYS/broker/+", long).replace("publish(to,", f"publish({long!r},")
    manifest = 'grants: ["mqtt:garden/#"]\n'
    with pytest.raises(SkillError) as caught:
        async with Harness(write("bridge", code, manifest=manifest, sentences=LISTS, Send="tell {to}", Told="new")):
            pass
    assert "has more than 65,535 bytes" in str(caught.value) and len(str(caught.value)) < 200
    code = code.replace(f'@on_mqtt("{long}")', "")
    folder = write("other", code, manifest=manifest, sentences=LISTS, Send="tell {to}", Told="new")
    async with Harness(folder) as h:
        with pytest.raises(AssistantError, match="has more than 65,535 bytes, which MQTT cannot send"):
            await h.say("tell the lamp")
