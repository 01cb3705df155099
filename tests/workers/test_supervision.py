"""Processes that crash, hang, are stopped, flood or lose their parent."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from assistant.errors import AssistantError, WorkerError, WorkerLost, WorkerTimeout
from assistant.events.base import Event
from assistant.events.system import WorkerDied, WorkerReady
from assistant.workers import link
from assistant.workers.spec import Limits
from assistant.workers.together import side_by_side
from assistant.workers.wire import pack
from assistant.workers.worker import Worker
from tests.workers.conftest import PATIENCE, Make, ready, until


async def gone(pid: int) -> bool:
    """Whether the process ends (a zombie counts as ended)."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        await asyncio.sleep(0.01)
    return False


async def test_a_crash_fails_waiting_calls_and_is_followed_by_a_restart(make: Make, events: list[Event]) -> None:
    worker = make()
    await worker.start()
    first = worker.pid
    waiting = [asyncio.create_task(worker.call(method)) for method in ("crash", "notes", "notes")]
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(result) for result in results] == [WorkerLost] * 3
    await ready(worker)
    assert await worker.call("greet", "again") == "hello again"
    assert worker.restarts == 1 and worker.pid != first
    assert [type(event) for event in events] == [WorkerReady, WorkerDied, WorkerReady]
    assert isinstance(events[1], WorkerDied) and "SIGSEGV" in events[1].reason


@pytest.mark.parametrize("method", ["hold_interpreter", "stop_itself"])
async def test_a_hang_is_killed_at_the_deadline(make: Make, method: str) -> None:
    worker = make()
    await worker.start()
    pid = worker.pid
    waiting = asyncio.create_task(worker.call("notes", timeout=3 * PATIENCE))
    # A process that stops itself may still answer this call; the next one finds it stopped.
    with pytest.raises(WorkerTimeout):
        await worker.call(method, timeout=0.3)
        await worker.call("notes", timeout=0.3)
    assert pid is not None and await gone(pid)
    await asyncio.wait([waiting])
    lost = isinstance(waiting.exception(), WorkerLost)  # its own deadline is later
    assert lost or (method == "stop_itself" and waiting.result() == [])
    await ready(worker)
    assert await worker.call("greet", "again") == "hello again"


async def test_a_stopped_process_never_blocks_senders(make: Make) -> None:
    worker = make(buffer_bytes=200_000)
    await worker.start()
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGSTOP)
    began = time.monotonic()
    for _ in range(2_000):
        worker.send("note", bytes(640))
    assert time.monotonic() - began < PATIENCE, "those that are dropped do not wait for their turn"
    assert psutil.Process(worker.pid).status() == psutil.STATUS_STOPPED
    assert worker.counters.dropped > 500
    with pytest.raises(WorkerLost, match="does not read"):
        await worker.call("echo", bytes(150_000))


async def test_a_life_sign_finds_a_stopped_process_that_nobody_calls(make: Make) -> None:
    worker = make(ping=0.05, ping_timeout=3)
    await worker.start()
    assert await worker.call("sleep", 3.5) == "slept"  # busy is not dead
    assert worker.restarts == 0 and worker.pid is not None
    os.kill(worker.pid, signal.SIGSTOP)
    pid = worker.pid
    assert await gone(pid)
    await ready(worker)
    assert worker.pid != pid


async def test_a_caller_that_gives_up_does_not_hide_a_hang(make: Make) -> None:
    worker = make(call_timeout=0.4)
    await worker.start()
    pid = worker.pid
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(worker.call("sleep", 30), 0.05)
    await until(lambda: worker.restarts == 1)
    await ready(worker)
    assert worker.pid != pid


async def test_waiting_in_line_behind_slow_work_kills_nobody(make: Make) -> None:
    worker = make()
    await worker.start()
    slow = [asyncio.create_task(worker.call("sleep", 0.2)) for _ in range(15)]
    await asyncio.sleep(0)
    with pytest.raises(WorkerTimeout):
        await worker.call("notes", timeout=2)
    assert await asyncio.gather(*slow) == ["slept"] * 15
    assert worker.restarts == 0 and worker.busy <= 1


async def test_a_coroutine_past_its_deadline_is_cancelled_and_only_a_stubborn_one_kills(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "CANCEL_GRACE", PATIENCE)
    worker = make("Coroutines")
    await worker.start()
    with pytest.raises(WorkerTimeout):
        await worker.call("sleep", 30, timeout=0.1)
    assert await worker.call("sleep", 0) == "slept"
    assert worker.restarts == 0
    monkeypatch.setattr(link, "CANCEL_GRACE", 0.1)
    with pytest.raises(WorkerTimeout):
        await worker.call("block", timeout=0.1)
    await until(lambda: worker.restarts == 1)
    await ready(worker)


async def test_state_is_sent_again_before_others_may_call(make: Make) -> None:
    worker: Worker

    async def restore() -> None:
        await asyncio.gather(worker.call("note", "grammar"))  # in a task of its own
        worker.send("note", "lists")

    worker = make(on_restart=restore)
    await worker.start()
    assert await worker.call("notes") == []
    with pytest.raises(WorkerLost):
        await worker.call("exit")
    with pytest.raises(WorkerLost):
        await worker.call("note", "too early")
    await ready(worker)
    assert await worker.call("notes") == ["grammar", "lists"]


async def test_a_service_that_cannot_come_back_is_tried_again_and_again(
    make: Make, events: list[Event]
) -> None:
    worker = make(config={"greeting": "x"})
    await worker.start()
    object.__setattr__(worker.spec, "config", {"fail": True})
    with pytest.raises(WorkerLost):
        await worker.call("exit")
    await until(lambda: worker.restarts >= 3)
    object.__setattr__(worker.spec, "config", {"greeting": "back"})
    await ready(worker)
    assert await worker.call("greet", "you") == "back you"
    assert any(isinstance(event, WorkerDied) and "no such model" in event.reason for event in events)


async def test_a_slow_start_is_waited_for_and_said_to_be_one(
    make: Make, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sign = tmp_path / "go on"
    worker = make(config={"wait_for": str(sign)}, start_timeout=0.1)
    starting = asyncio.create_task(worker.start(patient=True))
    await until(lambda: len(caplog.messages) == 2)
    assert all("still waiting for the test" in message for message in caplog.messages)
    sign.touch()
    await starting
    await ready(worker)
    assert await worker.call("greet", "you") == "hello you"
    caplog.clear()
    with pytest.raises(WorkerLost):
        await worker.call("exit")
    await ready(worker)
    assert not any("not ready" in message for message in caplog.messages), "it may take as long again"


async def test_a_slow_start_is_given_up_by_those_who_cannot_wait(make: Make, tmp_path: Path) -> None:
    worker = make(config={"wait_for": str(tmp_path / "never")}, start_timeout=0.1)
    with pytest.raises(WorkerError, match=r"was not ready after 0\.1 s"):
        await worker.start()


@pytest.mark.parametrize(
    ("config", "says"), [({"dies": True}, r"ended while starting \(exit status 7\)"), ({"fail": True}, "no such model")]
)
async def test_who_waits_patiently_hears_of_a_death_at_once(make: Make, config: dict[str, bool], says: str) -> None:
    worker = make(config=config)
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(AssistantError, match=says):
            await worker.start(patient=True)


async def test_of_those_that_start_together_none_stays_when_one_dies(make: Make, tmp_path: Path) -> None:
    slow, dying = make(config={"wait_for": str(tmp_path / "never")}), make(config={"dies": True})
    before = psutil.Process().children()
    with pytest.raises(WorkerError, match=r"ended while starting \(exit status 7\)$"):
        await side_by_side(slow.start(patient=True), dying.start(patient=True))
    assert not slow.started
    assert not [child for child in psutil.Process().children() if child not in before and child.is_running()]


async def test_limits_priority_and_environment(make: Make) -> None:
    worker = make(limits=Limits(memory_mb=600, open_files=64), nice=3, spare=1, env={"MY_SETTING": "on"})
    await worker.start()
    with pytest.raises(WorkerError, match="MemoryError"):
        await worker.call("eat", 700)
    assert await worker.call("niceness") >= 3
    ours = sorted(os.sched_getaffinity(0))
    assert await worker.call("processors") == (ours[1:] or ours)
    assert await worker.call("environment", "MY_SETTING") == "on"
    assert await worker.call("environment", "DO_NOT_TRACK") == "1"


async def test_close_does_not_wait_for_a_stopped_process_and_takes_its_children(make: Make) -> None:
    worker = make()
    await worker.start()
    child = await worker.call("start_child")
    assert worker.pid is not None
    pid = worker.pid
    os.kill(pid, signal.SIGSTOP)
    async with asyncio.timeout(PATIENCE):  # the child would live for a minute
        await worker.close()
    assert await gone(pid) and await gone(child)


@pytest.mark.parametrize(
    "data", [
        b"\xff\xff\xff\xff", b"\0\0\0\1\xc1", b"\0\0\0\1\x01", b"\0\0\0\4\x81\x91\1\2", pack(["item"]),
        pack(["x", 1, 2]),
    ],
)
async def test_a_process_that_speaks_nonsense_is_replaced(make: Make, data: bytes, events: list[Event]) -> None:
    worker = make()
    await worker.start()
    with pytest.raises(WorkerLost, match="nonsense"):
        await worker.call("spoil_line", data)
    await ready(worker)
    assert await worker.call("greet", "you") == "hello you"


async def test_a_flood_of_requests_is_refused_and_holds_up_nobody(make: Make) -> None:
    async def on_request(name: str, *args: Any) -> None:
        await asyncio.sleep(0.05)

    worker = make(on_request=on_request)
    await worker.start()
    flood = asyncio.create_task(worker.call("flood", 20_000, timeout=3 * PATIENCE))
    turns = 0
    while not flood.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 20_000 / 100  # others have their turn at least every hundred messages
    assert worker.counters.requests > 10_000 and len(asyncio.all_tasks()) < 100


PARENT = """
import asyncio, sys
from assistant.workers.spec import WorkerSpec
from assistant.workers.worker import Worker
async def main():
    worker = Worker(WorkerSpec("orphan", "tests.workers.services:Plain"))
    await worker.start()
    print(worker.pid, flush=True)
    await worker.call("hold_interpreter", sys.argv[1], timeout=600)
asyncio.run(main())
"""


async def test_no_orphan_is_left_by_a_killed_parent(tmp_path: Path) -> None:
    sign = tmp_path / "holding"
    parent = subprocess.Popen(  # noqa: ASYNC220
        [sys.executable, "-c", PARENT, str(sign)], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2], text=True
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    await until(sign.exists)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert await gone(pid)
