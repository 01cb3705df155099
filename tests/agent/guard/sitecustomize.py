"""Loaded by every Python process of a test (it lies on PYTHONPATH): nobody may speak to another machine.

Writes to the file that NETWORK_GUARD names: a line when a process starts, and one for each attempt, which then fails.
"""

from __future__ import annotations

import os
import socket
import sys
from typing import Any

LOCAL = ("127.", "::1", "localhost", "ip6-localhost")
FILE = os.environ.get("NETWORK_GUARD", "")


def _note(line: str) -> None:
    with open(FILE, "a", encoding="utf8") as file:
        file.write(f"{line}\n")


def _refuse(what: str, host: Any) -> None:
    if host and not str(host).startswith(LOCAL):
        _note(f"FORBIDDEN {what} {host} by {sys.argv}")
        raise PermissionError(f"{what} {host}: the network is forbidden here")


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto") and arguments[0].family in (socket.AF_INET, socket.AF_INET6):
        _refuse(event, arguments[1][0])
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        _refuse(event, arguments[0].decode() if isinstance(arguments[0], bytes) else arguments[0])


if FILE:
    _note(f"guarded {os.getpid()}")
    sys.addaudithook(_audit)
