"""One tab over a real WebSocket: sound up and down, events, orders, and everything a bad client sends."""

from __future__ import annotations

import asyncio
import json
import time

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed

from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.errors import AudioError
from assistant.events import DeviceAdded, DeviceChanged, FinalHeard, HomeLost
from assistant.server import socket as tabs
from assistant.server.app import create_app
from assistant.server.serve import serve
from assistant.server.settings import ServerSettings
from assistant.server.speaker import LEAD_FRAMES, LEAD_SAMPLES, TabSpeaker
from assistant.testing.fake_agent import FakeAgent, FakeSource
from tests.server.client import PATIENCE, did, frames, tab, until

pytestmark = pytest.mark.asyncio(loop_scope="module")


def noise(seconds: float, seed: int = 0) -> Pcm:
    return np.random.default_rng(seed).integers(-9000, 9000, int(seconds * SAMPLE_RATE)).astype(np.int16)


async def wait_for(source: FakeSource, samples: int) -> None:
    await until(lambda: len(source.heard) * 320 >= samples)


async def test_sound_reaches_the_agent_unchanged(agent: FakeAgent, address: str) -> None:
    said = noise(1.0)
    async with tab(address) as client:
        await client.hello(area="Kitchen")
        source = await agent.source()
        for frame in frames(said):
            await client.socket.send(frame)
        await wait_for(source, len(said))
        assert np.array_equal(source.sound, said)
        assert (source.kind, source.area) == ("page", ""), "an area that is not known means none"


async def test_the_area_of_a_tab(agent: FakeAgent, address: str) -> None:
    async with tab(address) as client:
        welcome = await client.hello(area="kitchen")
        assert welcome["area"] == "kitchen"
        assert (await agent.source()).area == "kitchen"


async def test_another_wake_phrase_is_looked_at_and_used(agent: FakeAgent, address: str) -> None:
    agent.against, agent.refused = ["it is short"], {"漢字": "the recogniser cannot write it"}
    async with tab(address) as client:
        assert (await client.hello())["household"]["wake"] == "hey nova"
        await client.send(type="wake", phrase="go")
        told = await client.expect("wake")
        assert (told["phrase"], told["against"], told["used"]) == ("go", ["it is short"], False)
        await client.send(type="wake", phrase="漢字", use=True)
        told = await client.expect("wake")
        assert (told["fault"], told["used"]) == ("the recogniser cannot write it", False)
        await client.send(type="wake", phrase="go", use=True)
        assert (await client.expect("wake"))["used"]
        assert (await client.expect("household"))["household"]["wake"] == "go", "all pages are told"
        await client.send(type="hours", hours=30)
        assert (await client.expect("household"))["household"]["hours"] == 30
        await client.send(type="meter", on=True)
        await did(await agent.source(), ("meter", True))


async def test_settings_of_the_household_take_the_pin(agent: FakeAgent, address: str) -> None:
    async with tab(address) as client:
        before = (await client.hello())["household"]
        (await agent.source()).people.locked = True
        await client.send(type="wake", phrase="go")
        assert not (await client.expect("wake"))["fault"], "anybody may look"
        await client.send(type="wake", phrase="go", use=True)
        told = await client.expect("wake")
        assert "the PIN" in told["fault"] and not told["used"]
        await client.send(type="hours", hours=30)
        assert "the PIN" in (await client.expect("error"))["reason"]
        told = (await client.expect("household"))["household"]
        assert (told["wake"], told["hours"]) == (before["wake"], before["hours"]), "the page shows what holds still"
        await client.send(type="prove", pin="2580")
        await client.expect("people")
        await client.send(type="hours", hours=30)
        assert (await client.expect("household"))["household"]["hours"] == 30


async def test_orders_reach_the_agent(agent: FakeAgent, address: str) -> None:
    async with tab(address) as client:
        await client.hello()
        source = await agent.source()
        await client.send(type="talk", down=True)
        await client.send(type="talk", down=False)
        await client.send(type="text", text="turn it on")
        await client.send(type="volume", percent=30)
        await client.send(type="stop")
        await client.send(type="mute", muted=True)
        await client.event("MuteChanged")
        assert source.did == [
            ("push_to_talk", True), ("push_to_talk", False), ("text", "turn it on"), ("volume", 30), ("stop", None),
            ("mute", True),
        ]


async def test_events_of_the_tab_and_of_the_house_are_told(agent: FakeAgent, address: str) -> None:
    async with tab(address) as client:
        await client.hello()
        agent.emit(FinalHeard(source="page-2", text="not for us"))
        agent.emit(DeviceChanged(source="page-2", device="kitchen_light", state={"on": True}))
        agent.emit(HomeLost(broker="b", reason="r"))
        agent.emit(FinalHeard(source="page", text="for us"))
        await client.event("FinalHeard")
        told = [message["event"] for message in client.got if message["type"] == "event"]
        assert [event["type"] for event in told if event["source"] != "page"] == ["DeviceChanged", "HomeLost"]
        assert told[-1]["text"] == "for us"


async def test_devices_that_come_together_are_told_in_one_household(
    agent: FakeAgent, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tabs, "HOUSEHOLD_SECONDS", 1.5)
    async with tab(address) as client:
        await client.hello()
        for number in range(50):
            agent.emit(DeviceAdded(device=f"d{number}", name="lamp", kind="light"))
        await client.expect("household")
        await client.listen(0.2)
        assert sum(message["type"] == "household" for message in client.got) == 1


async def test_playback_reaches_the_tab_paced(agent: FakeAgent, address: str) -> None:
    said = noise(0.6)
    async with tab(address) as client:
        await client.hello()
        source = await agent.source()
        begun = time.monotonic()
        source.play(said)
        await client.expect("playback", action="start")
        async with asyncio.timeout(PATIENCE):
            while len(client.sound) < 30:
                await client.take()
        assert time.monotonic() - begun >= 0.3, "not all at once"
        assert np.array_equal(np.concatenate([pcm for _, pcm in client.sound]), said)
        assert [number for number, _ in client.sound] == list(range(30))


async def test_a_pause_overtakes_sound_and_the_rest_follows_later(agent: FakeAgent, address: str) -> None:
    async with tab(address) as client:
        await client.hello()
        source = await agent.source()
        speaker = source.speaker
        assert isinstance(speaker, TabSpeaker)
        source.play(noise(30.0))
        async with asyncio.timeout(PATIENCE):
            while speaker.position < 0.3 * SAMPLE_RATE or speaker.sent - speaker.position < 0.05 * SAMPLE_RATE:
                await client.take()
        called, ahead = time.monotonic(), speaker.sent - speaker.position
        unheard = source.pause()
        passed = (time.monotonic() - called) * SAMPLE_RATE
        assert ahead - passed - 1 <= unheard <= ahead <= LEAD_SAMPLES
        under_way = len(client.sound)
        await client.expect("playback", action="pause")
        assert len(client.sound) - under_way <= LEAD_FRAMES, "the sound that waits does not come before it"
        source.hush()
        before = len(client.sound)
        await client.listen(0.2)
        assert len(client.sound) == before, "silent after it"


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (bytes(4 + 320), "half a frame"), (bytes(4 + 3840), "48 kHz stereo"), (bytes(200_000), "200000 bytes"),
        (b"\xff", "1 bytes"), ("no json", "Invalid JSON"), ('{"type":"reboot"}', "reboot"), ("x" * 100_000, "at most"),
        ('{"type":"hello","version":1}', "already"),
    ],
)
async def test_what_is_wrong_is_answered_counted_and_harms_nothing(
    agent: FakeAgent, address: str, message: bytes | str, words: str
) -> None:
    async with tab(address) as client, tab(address) as other:
        await client.hello()
        await other.hello()
        for count in (1, 2):
            await client.socket.send(message)
            error = await client.expect("error", count=count)
            assert words in error["reason"]
            assert not error["fatal"]
        await client.socket.send(frames(noise(0.02))[0])
        await other.socket.send(frames(noise(0.02))[0])
        await wait_for(await agent.source("page"), 320)
        await wait_for(await agent.source("page-2"), 320)


async def test_a_hundred_megabytes_close_the_socket_unread(agent: FakeAgent, address: str) -> None:
    async with tab(address) as client, tab(address) as other:
        await client.hello()
        await other.hello()
        with pytest.raises(ConnectionClosed):
            await client.socket.send(bytes(100_000_000))
            await client.closed()
        assert client.socket.close_code in (1009, 1006), "too big; or the pipe broke before that was read"
        await other.send(type="text", text="still here")
        await did(await agent.source("page-2"), ("text", "still here"))


async def test_endless_nonsense_closes_the_socket_with_a_reason(agent: FakeAgent, address: str) -> None:
    async with tab(address) as client:
        await client.hello()
        for _ in range(tabs.MAX_FAULTS):
            await client.socket.send(b"x")
        code, reason = await client.closed()
        assert code == tabs.POLICY
        assert f"{tabs.MAX_FAULTS} wrong messages" in reason
    assert not agent.sources, "its source is closed too"


@pytest.mark.parametrize(
    ("first", "code", "words"),
    [
        ('{"type":"stop"}', tabs.POLICY, "hello"), ("{}", tabs.POLICY, "hello"), (b"x", tabs.POLICY, "hello"),
        ('{"type":"hello","version":99}', tabs.OLD_PAGE, "load it again"),
    ],
)
async def test_a_tab_that_does_not_say_hello(address: str, first: bytes | str, code: int, words: str) -> None:
    async with tab(address) as client:
        await client.socket.send(first)
        closed, reason = await client.closed()
        assert closed == code
        assert words in reason


async def test_a_silent_tab_makes_room(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabs, "HELLO_SECONDS", 0.05)
    async with tab(address) as client:
        assert await client.closed() == (tabs.POLICY, "the page did not say hello")


async def test_only_so_many_tabs(agent: FakeAgent) -> None:
    async with serve(create_app(agent, ServerSettings(max_tabs=2)), "127.0.0.1", 0) as address:
        async with tab(address) as first, tab(address) as second, tab(address) as third:
            assert {(await one.hello())["source"] for one in (first, second)} == {"page", "page-2"}
            code, reason = await third.closed()
            assert (code, "close one" in reason) == (tabs.FULL, True)
        async with asyncio.timeout(PATIENCE):
            while await _name(address) != "page":
                pass


async def _name(address: str) -> str:
    async with tab(address) as client:
        return str((await client.hello())["source"])


async def test_an_agent_that_cannot_take_the_tab_says_why(agent: FakeAgent, address: str) -> None:
    agent.fault = AudioError("all lanes are taken", where="sessions", mend="close a tab")
    async with tab(address) as client:
        await client.send(type="hello", version=1)
        error = await client.expect("error", fatal=True)
        assert error["reason"] == "sessions: all lanes are taken (close a tab)"


async def test_a_tab_that_reads_nothing_slows_nobody(agent: FakeAgent, address: str) -> None:
    async with tab(address) as slow, tab(address) as quick:
        await slow.hello()
        await quick.hello()
        slow.socket.transport.pause_reading()
        loud = "x" * 20_000
        for number in range(1500):
            agent.emit(FinalHeard(source="page", text=loud))
            if number % 100 == 0:
                await asyncio.sleep(0)
        agent.emit(FinalHeard(source="page-2", text="quick"))
        assert (await quick.event("FinalHeard"))["text"] == "quick"
        slow.socket.transport.resume_reading()
        await slow.event("Gap")


async def test_the_source_closes_with_the_tab(agent: FakeAgent, address: str) -> None:
    async with tab(address) as client:
        await client.hello()
        source = await agent.source()
    await until(lambda: not agent.sources)
    assert source.closed


async def test_a_source_that_raises_ends_its_tab_only(
    agent: FakeAgent, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with tab(address) as client, tab(address) as other:
        await client.hello()
        await other.hello()
        source = await agent.source("page")

        def broken(_: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(source, "feed", broken)
        await client.socket.send(frames(noise(0.02))[0])
        code, _ = await client.closed()
        assert code == tabs.BROKEN
        await other.socket.send(json.dumps({"type": "text", "text": "fine"}))
        await did(await agent.source("page-2"), ("text", "fine"))


async def test_a_quiet_tab_is_told_nothing(agent: FakeAgent, address: str) -> None:
    async with tab(address) as client:
        await client.hello()
        await client.event("SourceOpened")
        before = len(client.got)
        await client.listen(0.2)
        assert len(client.got) == before


async def test_a_tab_that_floods_is_told_and_what_it_says_is_bounded(
    agent: FakeAgent, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tabs, "MESSAGES_PER_SECOND", 1.0)
    async with tab(address) as client:
        await client.hello()
        source = await agent.source()
        for _ in range(3 * tabs.BURST):
            await client.send(type="volume", percent=50)
        fault = await client.expect("error")
        assert "too many messages" in fault["reason"] and "at most" in fault["reason"]
        assert tabs.BURST <= sum(name == "volume" for name, _ in source.did) < 2 * tabs.BURST
