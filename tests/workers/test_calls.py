"""What a service does for its caller: calls, sends, streams, errors, requests."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from assistant.errors import HomeError, ModelError, WorkerError, WorkerLost
from assistant.workers.wire import MAX_MESSAGE
from tests.workers.conftest import PATIENCE, Make, until


async def test_call_returns_the_result(make: Make) -> None:
    worker = make(config={"greeting": "good day"})
    await worker.start()
    assert await worker.call("greet", "Ada") == "good day Ada"
    value = {"a": [1, 2.5, None, True], "b": b"\x00\xff", "c": {1: "ü"}}
    assert await worker.call("echo", value) == value
    assert worker.ready and worker.busy == 0 and worker.restarts == 0
    assert worker.pss_mb() > 3


async def test_errors_keep_their_class_and_their_words(make: Make) -> None:
    worker = make()
    await worker.start()
    with pytest.raises(ModelError) as caught:
        await worker.call("bad_news")
    assert (caught.value.what, caught.value.where, caught.value.mend) == ("damaged", "x.onnx", "fetch it again")
    with pytest.raises(WorkerError, match="ZeroDivisionError: by zero"):
        await worker.call("bug")
    for name in ("no_such_method", "_private", "greeting"):
        with pytest.raises(WorkerError, match="no method"):
            await worker.call(name)
    assert worker.restarts == 0


async def test_a_service_that_cannot_be_built_says_why(make: Make) -> None:
    with pytest.raises(ModelError, match="no such model"):
        await make(config={"fail": True}).start()
    with pytest.raises(WorkerError, match="NoSuch"):
        await make("NoSuch").start()


async def test_sends_and_calls_keep_their_order(make: Make) -> None:
    worker = make()
    await worker.start()
    calls = []
    for number in range(0, 100, 2):
        worker.send("note", number)
        calls.append(asyncio.create_task(worker.call("note", number + 1)))
        await asyncio.sleep(0)
    await asyncio.gather(*calls)
    assert await worker.call("notes") == list(range(100))


async def test_a_stream_runs_ahead_only_a_little_and_stops_when_closed(make: Make) -> None:
    worker = make()
    await worker.start()
    stream = worker.stream("count", 1000)
    assert [await anext(stream) for _ in range(3)] == [0, 1, 2]
    assert await worker.call("greet", "you") == "hello you"  # others are not kept waiting
    await stream.aclose()
    notes = await worker.call("notes")
    assert notes[-1] == "closed" and len(notes) < 20
    assert [item async for item in worker.stream("count", 50)] == list(range(50))
    assert worker.busy == 0


async def test_an_error_in_a_stream_reaches_its_reader(make: Make) -> None:
    worker = make()
    await worker.start()
    stream = worker.stream("count_and_break")
    assert await anext(stream) == 1
    with pytest.raises(ModelError, match="broke"):
        await anext(stream)
    with pytest.raises(WorkerError, match="no generator"):
        await anext(worker.stream("notes"))


async def test_too_large_and_unsendable_values_are_refused_on_both_sides(make: Make) -> None:
    worker = make()
    await worker.start()
    with pytest.raises(WorkerError, match="larger than"):
        await worker.call("echo", bytes(MAX_MESSAGE))
    with pytest.raises(WorkerError, match="larger than"):
        await worker.call("zeros", MAX_MESSAGE)
    with pytest.raises(WorkerError, match="plain data"):
        await worker.call("echo", object())
    with pytest.raises(WorkerError, match="plain data"):
        await worker.call("unsendable")
    big = bytes(3_000_000)
    assert await worker.call("echo", big) == big
    assert worker.restarts == 0


async def test_garbage_on_the_output_is_only_logged(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "assistant.worker.test")
    worker = make()
    await worker.start()
    await worker.call("write", "WARNING the voice is hoarse")
    await worker.call("babble", 200_000)
    assert await worker.call("greet", "you") == "hello you"
    await worker.close()
    warned = [record for record in caplog.records if "hoarse" in record.message]
    assert warned[0].levelno == logging.WARNING and warned[0].message == "test: the voice is hoarse"
    assert max(len(record.message) for record in caplog.records) < 2_100


@pytest.mark.parametrize("service", ["Plain", "Coroutines"])
async def test_a_service_asks_its_parent(make: Make, service: str) -> None:
    async def on_request(name: str, *args: Any) -> Any:
        if name == "forbidden":
            raise HomeError("not allowed", where="lock", mend="ask")
        if name == "bug":
            raise KeyError("x")
        await asyncio.sleep(0.01)
        return [name, *args]

    worker = make(service, on_request=on_request)
    await worker.start()
    assert await worker.call("ask", "act", "lamp", 3) == ["act", "lamp", 3]
    with pytest.raises(HomeError, match="not allowed"):
        await worker.call("ask", "forbidden")
    with pytest.raises(WorkerError, match="KeyError"):
        await worker.call("ask", "bug")
    assert worker.counters.requests == 3


async def test_a_deadline_stands_still_while_the_parent_is_asked(make: Make) -> None:
    async def on_request(name: str, *args: Any) -> Any:
        await asyncio.sleep(2.2)
        return "yes"

    worker = make(on_request=on_request, call_timeout=2.0)
    await worker.start()
    assert await worker.call("ask", "confirm") == "yes"
    assert worker.restarts == 0


async def test_requests_without_somebody_to_answer_are_refused(make: Make) -> None:
    worker = make()
    await worker.start()
    with pytest.raises(WorkerError, match="nobody answers"):
        await worker.call("ask", "act")


async def test_long_work_sees_that_nobody_waits_any_more(make: Make) -> None:
    begun = asyncio.Event()

    async def on_request(name: str, *args: Any) -> None:
        begun.set()

    worker = make(on_request=on_request)
    await worker.start()
    work = asyncio.create_task(worker.call("work_until_given_up", timeout=PATIENCE))
    await begun.wait()
    work.cancel()
    async with asyncio.timeout(PATIENCE):
        assert await worker.call("notes") == ["given up"]
    assert worker.restarts == 0 and worker.busy == 0


async def test_coroutines_run_side_by_side_and_are_cancelled(make: Make) -> None:
    all_here = asyncio.Barrier(20)

    async def on_request(name: str, *args: Any) -> None:
        await all_here.wait()

    worker = make("Coroutines", on_request=on_request)
    await worker.start()
    slow = asyncio.create_task(worker.call("sleep", 600, timeout=600))
    async with asyncio.timeout(PATIENCE):  # none is answered before all have asked
        await asyncio.gather(*(worker.call("ask", "wait for the others") for _ in range(20)))
    assert worker.busy == 1
    slow.cancel()
    with pytest.raises(asyncio.CancelledError):
        await slow
    await worker.call("note", "x")
    await until(lambda: worker.busy == 0)  # the cancelled one ends in its own time
    stream = worker.stream("count", 100)
    assert await anext(stream) == 0
    await stream.aclose()
    assert [item async for item in worker.stream("count", 20)] == list(range(20))
    notes = await worker.call("notes")
    assert notes[0] == "x" and notes.count("closed") == 2


async def test_a_worker_that_was_not_started_or_is_closed_is_lost(make: Make) -> None:
    worker = make()
    with pytest.raises(WorkerLost):
        await worker.call("greet", "you")
    worker.send("note", 1)
    assert worker.counters.dropped == 1
    await worker.start()
    await worker.close()
    await worker.close()
    with pytest.raises(WorkerLost):
        await worker.call("greet", "you")
    assert not worker.ready and worker.pid is None
