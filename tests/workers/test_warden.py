"""What a contained worker starts ends with it: orphans, daemons, whole families, whoever runs it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

import psutil
import pytest

from assistant.workers.warden import descendants, sweep
from tests.workers.conftest import Make, ready, until

SECOND = 1.0
pytestmark = pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="a warden needs Linux")


def alive(pid: int) -> bool:
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


@pytest.mark.parametrize("way", ["child", "session", "orphan", "stubborn", "family"])
@pytest.mark.parametrize("end", ["close", "kill", "crash"])
async def test_nobody_outlives_it(make: Make, way: str, end: str) -> None:
    worker = make("Spawner", contain=True)
    await worker.start()
    pids: list[int] = await worker.call("spawn", way)
    assert all(map(alive, pids)) and pids
    died = time.monotonic()
    if end == "close":
        await worker.close()
    elif end == "kill":
        worker.kill("the test wants it")
    else:
        worker.send("leave")
    await until(lambda: not any(map(alive, pids)))
    assert time.monotonic() - died < SECOND + 1.0, "a closed worker may take a second to say goodbye"


async def test_it_runs_in_a_process_group_of_its_own(make: Make) -> None:
    worker = make("Spawner", contain=True)
    await worker.start()
    assert worker.pid is not None
    assert os.getpgid(worker.pid) == worker.pid
    warden = psutil.Process(worker.pid).ppid()
    assert warden != os.getpid() and psutil.Process(warden).ppid() == os.getpid()


async def test_its_end_is_told_as_it_was(make: Make) -> None:
    worker = make("Spawner", contain=True)
    await worker.start()
    pid = worker.pid
    assert pid is not None
    os.kill(pid, signal.SIGSEGV)
    await until(lambda: worker.pid not in (None, pid))
    await ready(worker)
    assert await worker.call("spawn", "child")


async def test_a_stopped_warden_is_no_shelter(make: Make) -> None:
    worker = make("Spawner", contain=True)
    await worker.start()
    pids: list[int] = await worker.call("spawn", "orphan")
    assert worker.pid is not None
    os.kill(psutil.Process(worker.pid).ppid(), signal.SIGSTOP)
    worker.kill("the test wants it")
    await until(lambda: not any(map(alive, pids)))


async def test_the_death_of_the_agent_is_the_end_of_all(make: Make) -> None:
    agent = make("Agent")
    await agent.start()
    pids: list[int] = await agent.call("employ")
    assert all(map(alive, pids))
    assert agent.pid is not None
    os.kill(agent.pid, signal.SIGKILL)
    await until(lambda: not any(map(alive, pids)))


async def test_a_tree_is_swept_and_nobody_else() -> None:
    process = await asyncio.create_subprocess_exec("sh", "-c", "sleep 60 & sleep 60 & wait")
    other = await asyncio.create_subprocess_exec("sleep", "60")
    await until(lambda: len(descendants(process.pid)) == 2)
    assert sweep(process.pid)
    await process.wait()
    assert alive(other.pid)
    other.kill()
    await other.wait()


FIRST_THREAD_ENDS = """
import ctypes, subprocess, threading, time
child = subprocess.Popen(["sleep", "60"])
threading.Thread(target=time.sleep, args=(60,)).start()
print(child.pid, flush=True)
ctypes.CDLL(None).pthread_exit(None)
"""


async def test_children_of_a_process_whose_first_thread_has_ended_are_found() -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", FIRST_THREAD_ENDS, stdout=subprocess.PIPE)
    assert process.stdout is not None
    child = int(await process.stdout.readline())
    await until(lambda: psutil.Process(process.pid).status() == psutil.STATUS_ZOMBIE)
    assert {process.pid, child} <= set(descendants(os.getpid())) and descendants(process.pid) == [child]
    assert sweep(process.pid) and not alive(child)
    assert process.pid in descendants(os.getpid()), "its other thread runs"
    process.kill()
    await process.wait()


def test_nobody_is_below_a_process_that_is_not_there() -> None:
    assert descendants(2**22 + 1) == []


