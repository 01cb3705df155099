"""What the server is told: where it listens, under which names, and how much it takes."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from pathlib import Path

DEFAULT_PORT = 8600
MAX_TABS = 8
"""Tabs at once: a household's screens, each of which costs a lane of voice detection."""


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """The section ``server:`` of the configuration."""

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    names: tuple[str, ...] = ()
    """Host names, besides this machine's own, under which browsers may call it."""
    area: str = ""
    """Area of a tab that names none."""
    max_tabs: int = MAX_TABS
    tokens: Path | None = None
    """File that keeps paired browsers across restarts; None: they pair again."""

    @property
    def exposed(self) -> bool:
        """Whether other machines can reach it: then TLS and pairing are needed."""
        return not is_loopback(self.host)

    def allows(self, host: str) -> bool:
        """Whether a browser may call the server by this host name (no port).

        Only names can be rebound to another address, so any address is good where the server is open to the network.
        """
        host = host.lower().removesuffix(".")
        if is_loopback(host):
            return True
        return self.exposed and (_address(host) is not None or host in self._own_names())

    def _own_names(self) -> set[str]:
        own = socket.gethostname().lower()
        return {own, f"{own}.local", *(name.lower() for name in self.names)}


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine only."""
    address = _address(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None
