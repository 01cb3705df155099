"""Thousands of hostile messages through a real Mosquitto: the home goes on as if nothing had been."""

from __future__ import annotations

import asyncio
import logging
import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.events import ComponentFailed
from assistant.home.broker import EmbeddedBroker
from assistant.home.kinds import KINDS
from tests.home.conftest import Scene, need_broker, playing, until
from tests.home.hostile import payloads

BATCH, BATCHES = 50, 45
TOPICS = [
    *(f"homeassistant/{kind}/odd{number}/config" for kind in [*KINDS, "device", "fan", "\u00e9",
    " "] for number in (1, 2)),
    "homeassistant/light/lamp/config/config", "homeassistant/config", "lamp/state/x", "q/state", "q/set", "a/b", "x",
    "~/s",
]
messages = st.lists(st.tuples(st.sampled_from(TOPICS), payloads, st.booleans()), min_size=BATCH, max_size=BATCH)


def test_thousands_of_hostile_messages_harm_nothing() -> None:
    need_broker("mosquitto")
    sent = 0
    logging.getLogger("assistant.home").setLevel(logging.ERROR)
    with asyncio.Runner() as runner:
        broker = EmbeddedBroker("mosquitto")
        settings_ = runner.run(broker.start())
        context = playing(settings_)
        things = runner.run(context.__aenter__())
        scene = Scene(settings_, things)
        runner.run(things.lamp())
        home = runner.run(scene.home())

        async def storm(batch: list[tuple[str, bytes, bool]]) -> None:
            start = time.process_time()
            for topic, payload, retain in batch:
                await things.say(topic, payload, retain)
            outcome = await home.act("lamp", "toggle")
            assert outcome.status == "done", outcome
            assert time.process_time() - start < 1.5, "they keep the processor busy"

        @settings(max_examples=BATCHES, deadline=None, database=None, derandomize=True,
                  suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large,
                  HealthCheck.large_base_example])
        @given(messages)
        def check(batch: list[tuple[str, bytes, bool]]) -> None:
            nonlocal sent
            runner.run(storm(batch))
            sent += len(batch)

        check()
        told = [(event.component, event.error) for event in scene.of(ComponentFailed)]
        runner.run(scene.close())
        runner.run(context.__aexit__(None, None, None))
        runner.run(broker.close())
    assert sent >= BATCH * BATCHES
    assert len(told) > 50
    assert len(told) == len(set(told)), "a fault was reported twice"
    assert all(part.isprintable() and len(part) < 400 for pair in told for part in pair)


async def test_each_fault_is_told_once_with_topic_and_reason(scene: Scene) -> None:
    await scene.things.lamp()
    home = await scene.home()
    for _ in range(3):
        await scene.things.say("homeassistant/light/bad/config", b"\xff")
        await scene.things.say("lamp/state", "PURPLE")
        await scene.things.say("lamp/state", b"\xff\xff")
    await scene.things.say("homeassistant/light/lamp/config", "{broken")
    await until(lambda: len(scene.of(ComponentFailed)) >= 4)
    told = {(event.component, event.error) for event in scene.of(ComponentFailed)}
    assert told == {
        ("home 'homeassistant/light/bad/config'", "byte 0 is not UTF-8"),
        ("home 'lamp/state'", "'PURPLE' is neither 'ON' nor 'OFF'"),
        ("home 'lamp/state'", "byte 0 is not UTF-8"),
        ("home 'homeassistant/light/lamp/config'",
         "this is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    }
    assert len(scene.of(ComponentFailed)) == 4
    assert (await home.act("lamp", "turn_on")).status == "done", "a broken announcement took the lamp away"
