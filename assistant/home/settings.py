"""How to reach a broker: the part of the configuration that the home needs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

DISCOVERY_PREFIX = "homeassistant"
"""Where devices announce themselves, unless Home Assistant was told otherwise."""
ZIGBEE2MQTT = "zigbee2mqtt"
"""Zigbee2MQTT's base topic, unless it was told otherwise."""


def _several(value: Any) -> Any:
    """One word, several, or none, as several."""
    return () if value is None else (value,) if isinstance(value, str) else value


Topic = Annotated[str, Field(pattern=r"^[^#+\x00-\x1f]+$")]


class TlsSettings(BaseModel):
    """Encryption towards the broker."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ca: Path | None = None
    """Certificate that signed the broker's; None: the system's authorities."""
    certificate: Path | None = None
    """Our own certificate, where the broker asks for one."""
    key: Path | None = None
    """Private key of ``certificate``."""


class BrokerSettings(BaseModel):
    """A broker's address and how to log in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=1883, ge=1, le=65535)
    username: str | None = None
    password: SecretStr | None = None
    tls: TlsSettings | bool = False
    """``true``: encrypted, checked against the system's authorities."""
    discovery_prefix: Topic = DISCOVERY_PREFIX
    zigbee2mqtt: Annotated[tuple[Topic, ...], BeforeValidator(_several)] = (ZIGBEE2MQTT,)
    """Base topics of Zigbee2MQTT bridges, whose own lists are read beside the announcements; one may stand alone."""
    keepalive: int = Field(default=10, ge=2, le=3600)
    """Seconds; a broker that is silent for half as long again is given up."""

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"
