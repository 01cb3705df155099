"""The bus: nothing lost to actors, nothing waited for by observers, order kept."""

from __future__ import annotations

import asyncio

import pytest

from assistant.bus import Bus
from assistant.events import Event, Gap, MuteChanged, SourceSuspended, SubscriberFailed, VolumeChanged


def volume(number: int, source: str = "kitchen") -> VolumeChanged:
    return VolumeChanged(source=source, percent=number)


async def test_actor_sees_every_event_in_order() -> None:
    bus, seen = Bus(), []
    bus.actor("all", lambda event: seen.append(event.percent), VolumeChanged, size=4)
    for number in range(100):
        await bus.publish(volume(number))
    await asyncio.sleep(0.01)
    assert seen == list(range(100))
    await bus.close()


async def test_filters_by_type_and_source() -> None:
    bus, seen = Bus(), []
    bus.actor("kitchen", seen.append, VolumeChanged, sources=frozenset({"kitchen"}))
    bus.post(volume(1))
    bus.post(volume(2, "hall"))
    bus.post(MuteChanged(source="kitchen", muted=True))
    await asyncio.sleep(0)
    assert [event.percent for event in seen] == [1]
    await bus.close()


async def test_slow_observer_loses_oldest_and_is_told() -> None:
    bus = Bus()
    observer = bus.observer("page", size=3)
    for number in range(10):
        bus.post(volume(number))
    first = await anext(observer)
    assert isinstance(first, Gap) and first.count == 7
    assert [(await anext(observer)).percent for _ in range(3)] == [7, 8, 9]
    await bus.close()


async def test_raising_actor_is_named_and_goes_on() -> None:
    bus, seen = Bus(), []
    observer = bus.observer("news", SubscriberFailed)

    def handler(event: Event) -> None:
        if event.percent == 1:
            raise ValueError("no")
        seen.append(event.percent)

    bus.actor("touchy", handler, VolumeChanged)
    for number in range(3):
        bus.post(volume(number))
    failed = await anext(observer)
    assert (failed.subscriber, failed.failures) == ("touchy", 1) and "no" in failed.error
    await asyncio.sleep(0)
    assert seen == [0, 2]
    await bus.close()


async def test_source_past_its_credit_waits_and_is_named() -> None:
    bus, gate = Bus(credit=5), asyncio.Event()

    async def handler(event: Event) -> None:
        await gate.wait()

    bus.actor("stuck", handler, VolumeChanged, size=2)
    observer = bus.observer("news", SourceSuspended)

    async def flood() -> None:
        for number in range(20):
            await bus.publish(volume(number))

    flooding = asyncio.create_task(flood())
    suspended = await asyncio.wait_for(anext(observer), 1)
    assert suspended.source == "kitchen"
    await asyncio.wait_for(bus.publish(volume(0, "hall")), 1)
    assert not flooding.done()
    gate.set()
    await asyncio.wait_for(flooding, 1)
    await bus.close()


async def test_two_full_actors_publishing_to_each_other_do_not_lock() -> None:
    bus, count = Bus(), {"mute": 0, "volume": 0}

    def on_volume(event: Event) -> None:
        count["volume"] += 1
        bus.post(MuteChanged(source="a", muted=True))

    def on_mute(event: Event) -> None:
        count["mute"] += 1
        if count["mute"] <= 50:
            bus.post(volume(1, "b"))

    bus.actor("first", on_volume, VolumeChanged, size=1)
    bus.actor("second", on_mute, MuteChanged, size=1)
    for number in range(50):
        bus.post(volume(number, "b"))
    async with asyncio.timeout(2):
        while count["mute"] < 100:
            await asyncio.sleep(0)
    assert count["volume"] == 100
    await bus.close()


async def test_published_inside_a_handler_is_sent_after_it_returns() -> None:
    bus, log = Bus(), []

    async def on_volume(event: Event) -> None:
        await bus.publish(MuteChanged(source="kitchen", muted=True))
        await asyncio.sleep(0)
        log.append("volume handled")

    bus.actor("volume", on_volume, VolumeChanged)
    bus.actor("mute", lambda event: log.append("mute seen"), MuteChanged)
    bus.post(volume(1))
    await asyncio.sleep(0.01)
    assert log == ["volume handled", "mute seen"]
    await bus.close()


@pytest.mark.parametrize("size", [1, 2, 64])
async def test_order_of_a_source_holds_while_another_is_stuck(size: int) -> None:
    bus, seen = Bus(), []

    async def handler(event: Event) -> None:
        await asyncio.sleep(0)
        seen.append((event.source, event.percent))

    bus.actor("slow", handler, VolumeChanged, size=size)
    for number in range(30):
        bus.post(volume(number, "a"))
        bus.post(volume(number, "b"))
    async with asyncio.timeout(2):
        while len(seen) < 60:
            await asyncio.sleep(0)
    for source in "ab":
        assert [number for name, number in seen if name == source] == list(range(30))
    await bus.close()
