"""Reading a Wyoming service's events: whole, before a deadline, and with a word about what is wrong.

An event is a line of JSON with ``type`` and ``data``; where it says so, ``data_length`` bytes of more JSON and
``payload_length`` bytes of anything follow. The library's own reader takes a torn event, a wrong one and a closed
connection for the same thing, waits for ever, and reads as much as it is told to.
"""

from __future__ import annotations

import json
import socket
import time
from dataclasses import dataclass
from typing import Any

from assistant.errors import BackendError

MOST = 1 << 20
"""Bytes of one line, of its data or of its payload; a transcript has a few hundred."""
PIECE = 1 << 16
SHOWN = 40
"""Bytes of what is no event that the message shows."""
NOT_WYOMING = "see that the address is that of a Wyoming service"


@dataclass(frozen=True, slots=True)
class Said:
    """An event of the service."""

    type: str
    data: dict[str, Any]


class Line:
    """A connection to a service.

    Args:
        connection: to the service.
        deadline: monotonic seconds by which everything must be said.
        where: the service, for messages.
    """

    def __init__(self, connection: socket.socket, deadline: float, where: str) -> None:
        self._connection = connection
        self._deadline = deadline
        self._where = where
        self._left = b""

    def send(self, data: bytes) -> None:
        """Send all of it.

        Raises:
            TimeoutError: the deadline has passed.
            OSError: the connection broke.
        """
        self._connection.settimeout(self._seconds())
        self._connection.sendall(data)

    def event(self) -> Said:
        """The next event.

        Raises:
            TimeoutError: the deadline has passed.
            OSError: the connection broke.
            BackendError: what comes is no event.
        """
        header = self._object(self._header(), "an event")
        kind, data = header.get("type"), header.get("data") or {}
        if not isinstance(kind, str) or not isinstance(data, dict):
            raise self._wrong("an event has no type, or data that is no object", str(header).encode())
        if length := self._length(header, "data_length"):
            data = {**data, **self._object(self._exactly(length), "data")}
        self._exactly(self._length(header, "payload_length"))
        return Said(kind, data)

    def _header(self) -> bytes:
        while b"\n" not in self._left:
            if len(self._left) > MOST:
                raise self._wrong("an event without end", self._left)
            self._receive(begun=bool(self._left))
        line, _, self._left = self._left.partition(b"\n")
        return line

    def _exactly(self, length: int) -> bytes:
        while len(self._left) < length:
            self._receive(begun=True)
        data, self._left = self._left[:length], self._left[length:]
        return data

    def _receive(self, *, begun: bool) -> None:
        self._connection.settimeout(self._seconds())
        data = self._connection.recv(PIECE)
        if not data:
            how = "in the middle of an answer" if begun else "without an answer"
            raise BackendError(f"the service closed the connection {how}", where=self._where, mend="look at its log")
        self._left += data

    def _seconds(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def _length(self, header: dict[str, Any], name: str) -> int:
        length = header.get(name) or 0
        if isinstance(length, bool) or not isinstance(length, int) or not 0 <= length <= MOST:
            raise self._wrong(f"{name} is no number of bytes up to {MOST}", str(length).encode())
        return length

    def _object(self, text: bytes, what: str) -> dict[str, Any]:
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            raise self._wrong(f"{what} is no JSON", text) from None
        if not isinstance(found, dict):
            raise self._wrong(f"{what} is no JSON object", text)
        return found

    def _wrong(self, what: str, seen: bytes) -> BackendError:
        return BackendError(f"{what}: {seen[:SHOWN]!r}", where=self._where, mend=NOT_WYOMING)
