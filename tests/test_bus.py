"""The bus: nothing lost to actors, nothing waited for by observers, order kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from assistant.bus import Bus
from assistant.events import Event, Gap, MuteChanged, SourceSuspended, SubscriberFailed, VolumeChanged


def percent(event: Event) -> int:
    assert isinstance(event, VolumeChanged)
    return event.percent


async def until(count: Callable[[], int], wanted: int) -> None:
    """Let the loop run until ``count()`` is ``wanted``; fails after half a minute."""
    async with asyncio.timeout(30):
        while count() < wanted:  # noqa: ASYNC110 - what is counted sets no event
            await asyncio.sleep(0)


def volume(number: int, source: str = "kitchen") -> VolumeChanged:
    return VolumeChanged(source=source, percent=number)


async def test_actor_sees_every_event_in_order() -> None:
    bus = Bus()
    seen: list[int] = []
    bus.actor("all", lambda event: seen.append(percent(event)), VolumeChanged, size=4)
    for number in range(100):
        await bus.publish(volume(number))
    await until(lambda: len(seen), 100)
    assert seen == list(range(100))
    await bus.close()


async def test_filters_by_type_and_source() -> None:
    bus = Bus()
    seen: list[Event] = []
    bus.actor("kitchen", seen.append, VolumeChanged, sources=frozenset({"kitchen"}))
    bus.post(volume(1))
    bus.post(volume(2, "hall"))
    bus.post(MuteChanged(source="kitchen", muted=True))
    await asyncio.sleep(0)
    assert [percent(event) for event in seen] == [1]
    await bus.close()


async def test_slow_observer_loses_oldest_and_is_told() -> None:
    bus = Bus()
    observer = bus.observer("page", size=3)
    for number in range(10):
        bus.post(volume(number))
    first = await anext(observer)
    assert isinstance(first, Gap) and first.count == 7
    assert [percent(await anext(observer)) for _ in range(3)] == [7, 8, 9]
    await bus.close()


async def test_raising_actor_is_named_and_goes_on() -> None:
    bus = Bus()
    seen: list[int] = []
    observer = bus.observer("news", SubscriberFailed)

    def handler(event: Event) -> None:
        if percent(event) == 1:
            raise ValueError("no")
        seen.append(percent(event))

    bus.actor("touchy", handler, VolumeChanged)
    for number in range(3):
        bus.post(volume(number))
    failed = await anext(observer)
    assert isinstance(failed, SubscriberFailed)
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
    await until(lambda: count["mute"], 100)
    assert count["volume"] == 100
    await bus.close()


async def test_published_inside_a_handler_is_sent_after_it_returns() -> None:
    bus = Bus()
    log: list[str] = []

    async def on_volume(event: Event) -> None:
        await bus.publish(MuteChanged(source="kitchen", muted=True))
        await asyncio.sleep(0)
        log.append("volume handled")

    bus.actor("volume", on_volume, VolumeChanged)
    bus.actor("mute", lambda event: log.append("mute seen"), MuteChanged)
    bus.post(volume(1))
    await until(lambda: len(log), 2)
    assert log == ["volume handled", "mute seen"]
    await bus.close()


@pytest.mark.parametrize("size", [1, 2, 64])
async def test_order_of_a_source_holds_while_another_is_stuck(size: int) -> None:
    bus = Bus()
    seen: list[tuple[str, int]] = []

    async def handler(event: Event) -> None:
        await asyncio.sleep(0)
        seen.append((event.source, percent(event)))

    bus.actor("slow", handler, VolumeChanged, size=size)
    for number in range(30):
        bus.post(volume(number, "a"))
        bus.post(volume(number, "b"))
    await until(lambda: len(seen), 60)
    for source in "ab":
        assert [number for name, number in seen if name == source] == list(range(30))
    await bus.close()


async def test_what_a_handler_starts_publishes_when_the_handler_is_long_done() -> None:
    bus, loop = Bus(), asyncio.get_running_loop()
    seen: list[int] = []
    started: list[asyncio.Task[None]] = []

    async def later() -> None:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        bus.post(volume(2))
        await bus.publish(volume(3))

    def start(event: Event) -> None:
        started.append(asyncio.create_task(later()))
        loop.call_later(0.01, bus.post, volume(4))

    bus.actor("starter", start, MuteChanged)
    bus.actor("listener", lambda event: seen.append(percent(event)), VolumeChanged)
    bus.post(MuteChanged(source="kitchen", muted=True))
    await until(lambda: len(seen), 3)
    assert seen == [2, 3, 4]
    await bus.close()
