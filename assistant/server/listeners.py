"""Which program listens on a port: for the one error message everybody meets."""

from __future__ import annotations

import psutil


def who_listens(port: int) -> str:
    """"python3 (pid 4711)", or "" where it cannot be told: another user's program, another system."""
    try:
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN and connection.laddr[1:2] == (port,)
            if listens and connection.pid:
                return f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
    except psutil.Error:
        return ""
    return ""
