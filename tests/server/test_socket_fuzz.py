"""Anything at all is thrown at a live socket; a second tab must not notice."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed

from assistant.server.app import create_app
from assistant.server.serve import serve
from assistant.server.settings import ServerSettings
from assistant.testing.fake_agent import FakeAgent
from tests.server.client import frames, tab

GOOD_FRAME = frames(np.full(320, 99, np.int16))[0]
FAULTS_SEEN = (1000, 1002, 1007, 1008, 1009)

KINDS = (
    "talk", "mute", "stop", "text", "volume", "played", "hello", "reboot", "people", "prove", "enrol", "read", "keep",
    "give_up",
)
FIELDS = ("down", "muted", "text", "percent", "samples", "version", "area", "x", "pin", "name", "groups", "sentence")
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=600)
commands = st.fixed_dictionaries(
    {"type": st.sampled_from(KINDS)}, optional={name: scalars for name in FIELDS},
).map(json.dumps)
frame_like = st.tuples(st.integers(0, 2**32 - 1), st.sampled_from([0, 2, 320, 638, 640, 642, 1280, 3840])).map(
    lambda pair: pair[0].to_bytes(4, "little") + bytes(pair[1])
)
wild = st.lists(st.binary(max_size=2000) | st.text(max_size=200) | commands | frame_like, max_size=12)


class Runner:
    """A server and its agent on a loop of their own, for many examples."""

    def __init__(self) -> None:
        self.runner = asyncio.Runner()
        self.runner.run(self.start())

    async def start(self) -> None:
        self.agent = FakeAgent()
        self.server = serve(create_app(self.agent, ServerSettings(max_tabs=64)), "127.0.0.1", 0)
        self.address = await self.server.__aenter__()

    async def stop(self) -> None:
        await self.server.__aexit__(None, None, None)
        await self.agent.bus.close()

    def run(self, work: Any) -> None:
        self.runner.run(work)


@pytest.fixture(scope="module")
def live() -> Iterator[Runner]:
    runner = Runner()
    yield runner
    runner.run(runner.stop())
    runner.runner.close()


async def _throw(live: Runner, messages: list[bytes | str], hello: bool) -> None:
    async with tab(live.address) as other, tab(live.address) as wild_tab:
        name = (await other.hello())["source"]
        try:
            if hello:
                await wild_tab.hello()
            for message in messages:
                await wild_tab.socket.send(message)
            await wild_tab.socket.send("end")
            await wild_tab.expect("error")
        except ConnectionClosed as closed:
            assert closed.rcvd is not None and closed.rcvd.code in FAULTS_SEEN and (closed.rcvd.reason or not messages)
        source = live.agent.sources[name]
        await other.socket.send(GOOD_FRAME)
        await other.send(type="text", text="untouched")
        await other.send(type="volume", percent=1)
        await other.event("VolumeChanged")
        assert source.did == [("text", "untouched"), ("volume", 1)]
        assert [int(pcm[0]) for pcm in source.heard] == [99]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(messages=wild, hello=st.booleans())
def test_no_message_harms_another_tab(live: Runner, messages: list[bytes | str], hello: bool) -> None:
    live.run(_throw(live, messages, hello))
