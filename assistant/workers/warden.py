"""Sees to it that what a worker starts ends with it, whatever that does to get away, short of killing its warden.

The worker's process divides in two. One half becomes the worker, in a process group of its own. The other, the warden,
is a *subreaper*: processes that lose their parent become its children and not those of the system's first process, so
leaving the group, the session or the parent frees nobody, and no privilege of the user matters. It does nothing but
wait. When the worker has ended, or the warden is told to stop (SIGTERM, which it also gets when its own parent ends),
it kills all that is below it and ends as the worker did.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections import defaultdict
from contextlib import suppress

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
SWEEP_SECONDS = 0.9
"""Longest time for killing; a tree that still grows then is left."""
PAUSE_SECONDS = 0.002
STAT_STATE, STAT_PARENT, STAT_THREADS = 0, 1, 17
"""Places in ``/proc/PID/stat``, after the name."""
WAITED = frozenset((signal.SIGCHLD, signal.SIGTERM))


def contain(parent: int) -> None:
    """Divide; returns in the worker, and never in the warden. Call it while there is one thread.

    Args:
        parent: process that started this one.
    """
    if sys.platform != "linux":
        return
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    _prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    signal.pthread_sigmask(signal.SIG_BLOCK, WAITED)
    if os.getppid() != parent:
        os._exit(1)
    warden, worker = os.getpid(), os.fork()
    if worker:
        _guard(worker)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, WAITED)
    os.setpgid(0, 0)
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != warden:
        os._exit(1)


def sweep(root: int, seconds: float = SWEEP_SECONDS) -> bool:
    """Kill every process below ``root``, those first that could start more; whether none is left.

    They are stopped before they are killed: one that runs could start another meanwhile.
    """
    deadline = time.monotonic() + seconds
    while not _childless(root):
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for process in descendants(root):
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(process, number)
        if time.monotonic() > deadline:
            return False
        time.sleep(PAUSE_SECONDS)
    return True


def _childless(root: int) -> bool:
    """Whether nobody is below a process; of this one the kernel says so, as ``/proc`` changes while it is read."""
    if root != os.getpid():
        return not descendants(root)
    _reap()
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return True
    return False


def descendants(root: int) -> list[int]:
    """Processes below one, parents before children; zombies, which do nothing any more, are none."""
    children: dict[int, list[int]] = defaultdict(list)
    zombies = set()
    for process in (int(name) for name in os.listdir("/proc") if name.isdigit()):
        with suppress(OSError, ValueError):  # one that is gone by now
            parent, ended = _state(process)
            children[parent].append(process)
            if ended:
                zombies.add(process)
    found = list(children[root])
    for process in found:
        found += children[process]
    return [process for process in found if process not in zombies]


def _state(process: int) -> tuple[int, bool]:
    """Parent of a process, and whether it has ended: a zombie whose other threads run has not."""
    with open(f"/proc/{process}/stat", "rb") as file:
        fields = file.read().rpartition(b")")[2].split()
    return int(fields[STAT_PARENT]), fields[STAT_STATE] in b"ZX" and int(fields[STAT_THREADS]) <= 1


def _guard(worker: int) -> None:
    """Wait for the worker's end, kill what is left, and end alike."""
    os.closerange(3, 4096)  # the worker alone holds its line, so that its end is seen at the other one
    status = None
    while status is None:
        told = signal.sigwait(WAITED)
        status = _reap().get(worker)
        if told == signal.SIGTERM:
            break
    sweep(os.getpid())
    code = os.waitstatus_to_exitcode(status) if status is not None else -signal.SIGKILL
    if code < 0:
        with suppress(OSError, ValueError):
            signal.signal(-code, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (-code,))
        os.kill(os.getpid(), -code)
    os._exit(max(0, code))


def _reap() -> dict[int, int]:
    """Take leave of children that have ended; their status by process."""
    ended: dict[int, int] = {}
    with suppress(ChildProcessError):
        while True:
            process, status = os.waitpid(-1, os.WNOHANG)
            if not process:
                break
            ended[process] = status
    return ended


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)
