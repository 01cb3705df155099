"""Where a service listens: ``tcp://HOST:PORT`` or ``unix:///PATH``."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from assistant.errors import BackendError


@dataclass(frozen=True, slots=True)
class Address:
    """A place to connect to."""

    host: str = ""
    port: int = 0
    path: str = ""
    """Of a Unix socket; empty for TCP."""

    @classmethod
    def parse(cls, uri: str) -> Address:
        """The address that a URI names.

        Raises:
            BackendError: it names none.
        """
        parts = urlsplit(uri)
        try:
            port = parts.port or 0
        except ValueError:
            port = 0
        if parts.scheme == "tcp" and parts.hostname and port:
            return cls(parts.hostname, port)
        if parts.scheme == "unix" and parts.path:
            return cls(path=parts.path)
        mend = "write tcp://HOST:PORT or unix:///PATH"
        raise BackendError(f"{uri!r} is no address of a Wyoming service", where="asr wyoming", mend=mend)

    def connect(self, seconds: float) -> socket.socket:
        """A connection.

        Raises:
            OSError: there is none, or not in time.
        """
        if not self.path:
            return socket.create_connection((self.host, self.port), seconds)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(seconds)
            connection.connect(self.path)
        except OSError:
            connection.close()
            raise
        return connection
