"""The worker process: limits itself, builds its service, and serves until its parent is gone.

Started as ``python -m assistant.workers.main FD`` with one end of a socket pair; the first message says what to run.
"""

from __future__ import annotations

import ctypes
import importlib
import logging
import os
import resource
import signal
import socket
import sys
import threading
from typing import Any

from assistant.errors import WorkerError
from assistant.workers.channel import Channel, Parent
from assistant.workers.serial import Runner, SerialRunner, report
from assistant.workers.warden import contain

PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process with its parent; covers a parent that dies between fork and here."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def limit(limits: dict[str, int | None], nice: int, spare: int) -> None:
    """Set this process's resource limits, priority and processors. A limit above the hard one is cut to it."""
    kinds = {
        "memory_mb": (resource.RLIMIT_AS, 1 << 20),
        "cpu_seconds": (resource.RLIMIT_CPU, 1),
        "open_files": (resource.RLIMIT_NOFILE, 1),
    }
    for name, (kind, unit) in kinds.items():
        wanted = limits.get(name)
        if wanted is None:
            continue
        hard = resource.getrlimit(kind)[1]
        value = wanted * unit if hard == resource.RLIM_INFINITY else min(wanted * unit, hard)
        resource.setrlimit(kind, (value, value))
    if nice:
        os.nice(nice)
    if spare and hasattr(os, "sched_setaffinity"):
        processors = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, processors[min(spare, len(processors) - 1) :])


def build(service: str, config: dict[str, Any]) -> Any:
    """The service object that ``"package.module:Class"`` names."""
    module, _, name = service.partition(":")
    kind = getattr(importlib.import_module(module), name, None)
    if kind is None:
        raise WorkerError(f"there is no {name!r} in {module}", where=service)
    return kind(**config)


def read(channel: Channel, parent: Parent, runner: Runner) -> None:
    """Take messages until the line closes. Life signs and answers do not wait for the service."""
    while True:
        try:
            message = channel.receive()
        except (OSError, WorkerError):
            message = None
        match message:
            case ["ping", number]:
                channel.send(["pong", number])
            case ["answer", int(number), bool(ok), value]:
                parent.answered(number, ok, value)
            case None:
                # The parent is gone: whatever the service is busy with is for nobody.
                os._exit(0)
            case _:
                runner.deliver(message)


def serve(channel: Channel, settings: dict[str, Any]) -> None:
    """Build the service and run it to the end."""
    try:
        service = build(settings["service"], settings["config"])
    except BaseException as error:
        channel.send(["failed", report(error, settings["service"])])
        raise SystemExit(1) from error
    concurrent = bool(getattr(service, "ASYNC", False))
    if concurrent:
        # Imported only here: asyncio is a quarter of a plain worker's start.
        from assistant.workers.coroutines import AsyncParent, ConcurrentRunner

        parent: Parent = AsyncParent(channel)
        runner: Runner = ConcurrentRunner(service, channel)
    else:
        parent = Parent(channel)
        runner = serial = SerialRunner(service, channel)
        parent.given_up = serial.given_up
    service.parent = parent
    threading.Thread(target=read, args=(channel, parent, runner), name="line", daemon=True).start()
    channel.send(["ready", {"concurrent": concurrent, "pid": os.getpid()}])
    runner.run()
    close = getattr(service, "close", None)
    if callable(close) and not concurrent:
        close()


def main() -> None:
    """Entry of the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.set_inheritable(int(sys.argv[1]), False)
    channel = Channel(socket.socket(fileno=int(sys.argv[1])))
    first = channel.receive()
    if first is None or first[0] != "init":
        raise SystemExit(1)
    settings: dict[str, Any] = first[1]
    if settings["contain"] and sys.platform == "linux":
        contain(settings["parent"])
    else:
        die_with_parent(settings["parent"])
    limit(settings["limits"], settings["nice"], settings["spare"])
    logging.basicConfig(level=settings["log_level"], format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    sys.path[:] = settings["path"]
    serve(channel, settings)
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
