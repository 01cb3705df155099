"""An MQTT broker of our own, on loopback, for homes that have none: Mosquitto if the machine has it, else iotcore."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import os
import shutil
import socket
import stat
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType

from assistant.errors import HomeError
from assistant.home.child import Child
from assistant.home.realtime import pause
from assistant.home.settings import BrokerSettings

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
START_SECONDS = 60.0
"""Mosquitto is up in 0.02 s, iotcore in 0.1 s; a slow or busy machine may need far longer."""
RESTART_SECONDS = 0.2
"""Pause before a broker that died is started again."""
FOLDER = "assistant-broker-"
"""What the folder of a broker's settings begins with, among the temporary files."""
LOCK = "lock"
"""In that folder: held by the agent while it lives, however it ends."""
YOUNG_SECONDS = 60.0
"""A folder without a held lock may be one that is just being made."""
PORT_TRIES = 3
"""A port found free can be taken before the broker binds it."""
LARGEST_PACKET = 1 << 20
"""Bytes; discovery payloads are a few thousand."""
RETAINED_AT_ONCE = 20_000
"""iotcore hands a new subscriber no more retained messages than this, and loses the rest without a word."""

_MOSQUITTO = """\
listener {port} {host}
allow_anonymous true
persistence false
message_size_limit {packet}
max_queued_messages 20000
set_tcp_nodelay true
log_dest stdout
log_type error
log_type warning
{user}
"""

_IOTCORE = """\
id = 0
[router]
id = 0
max_connections = 1000
max_outgoing_packet_count = {retained}
max_segment_size = 10485760
max_segment_count = 10
[v4.1]
name = "v4-1"
listen = "{host}:{port}"
next_connection_delay_ms = 1
[v4.1.connections]
connection_timeout_ms = 60000
max_payload_size = {packet}
max_inflight_count = 500
dynamic_filters = true
"""

_RUN_IOTCORE = """
import logging, sys
logging.getLogger("rumqttd").setLevel(logging.CRITICAL)
from iotcore import IotCoreBroker
IotCoreBroker(config_path=sys.argv[1]).run_forever()
"""


def find_mosquitto() -> str | None:
    """Path of the Mosquitto broker on this machine; it is often installed where only root's PATH looks."""
    places = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin"))
    return shutil.which("mosquitto", path=places)


def find_brokers() -> tuple[str, ...]:
    """Brokers that can be started here, best first."""
    found = ("mosquitto",) if find_mosquitto() else ()
    return (*found, "iotcore") if find_spec("iotcore") else found


class EmbeddedBroker:
    """A broker in a child process, on loopback and a free port.

    ``async with EmbeddedBroker() as settings`` gives what ``Home`` needs to connect.
    """

    def __init__(self, kind: str | None = None, port: int | None = None) -> None:
        """``kind``: ``mosquitto``, ``iotcore`` or None for the best there is; ``port``: None for a free one."""
        self.kind = kind
        self.settings: BrokerSettings | None = None
        self._port = port
        self._child: Child | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._lock = -1
        self._guard: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    async def start(self) -> BrokerSettings:
        """Start it and wait until it accepts connections.

        Raises:
            HomeError: there is no broker to start, or it does not come up.
        """
        found = find_brokers()
        kind = self.kind or (found[0] if found else None)
        if kind not in found:
            raise HomeError(f"there is no {kind or 'MQTT broker'} to start", where="home.broker",
                            mend="apt install mosquitto, or pip install iotcore, or name a broker in home.broker")
        self.kind = kind
        await asyncio.to_thread(clean_stale)
        for tries in range(PORT_TRIES):
            port = self._port or free_port()
            self._child = await self._launch(kind, port)
            try:
                await _accepting(self._child, port)
            except HomeError:
                await self.close()
                if self._port or tries == PORT_TRIES - 1:
                    raise
            except asyncio.CancelledError:
                await self.close()
                raise
            else:
                self.settings = BrokerSettings(host=HOST, port=port)
                self._guard = asyncio.create_task(self._watch(kind, port), name="guard of the broker")
                return self.settings
        raise AssertionError("unreachable")

    async def close(self) -> None:
        """Stop it. What it retained is gone."""
        if self._guard is not None:
            self._guard.cancel()
            await asyncio.gather(self._guard, return_exceptions=True)
        if self._child is not None:
            await self._child.close()
        self._clean()

    async def _watch(self, kind: str, port: int) -> None:
        """Start it again at its address whenever it ends by itself; devices announce themselves again."""
        while True:
            assert self._child is not None
            await self._child.ended()
            log.warning("%s; it is started again", self._child.failure())
            await pause(RESTART_SECONDS)
            await self._child.close()
            self._clean()
            self._child = await self._launch(kind, port)

    def _clean(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()
            os.close(self._lock)
            self._folder = None

    async def _launch(self, kind: str, port: int) -> Child:
        self._folder = tempfile.TemporaryDirectory(prefix=FOLDER)
        self._lock = os.open(Path(self._folder.name) / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        config = Path(self._folder.name) / "broker.toml"  # iotcore goes by the ending, Mosquitto does not
        if kind == "mosquitto":
            user = "user root" if os.geteuid() == 0 else ""  # else it drops to an account that cannot read the file
            text = _MOSQUITTO.format(port=port, host=HOST, packet=LARGEST_PACKET, user=user)
            command = [find_mosquitto() or kind, "-c", str(config)]
        else:
            text = _IOTCORE.format(port=port, host=HOST, packet=LARGEST_PACKET, retained=RETAINED_AT_ONCE)
            command = [sys.executable, "-c", _RUN_IOTCORE, str(config)]
        await asyncio.to_thread(config.write_text, text, encoding="utf-8")
        child = Child(f"broker ({kind})", *command)
        await child.start()
        return child

    async def __aenter__(self) -> BrokerSettings:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def clean_stale() -> None:
    """Remove the folders of brokers whose agent was killed before it could."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER}*"):
        with contextlib.suppress(OSError):
            if _stale(folder):
                shutil.rmtree(folder)


def _stale(folder: Path) -> bool:
    about = folder.lstat()
    if about.st_uid != os.geteuid() or not stat.S_ISDIR(about.st_mode) or time.time() - about.st_mtime < YOUNG_SECONDS:
        return False
    try:
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    return True


def free_port() -> int:
    """A TCP port on loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


async def _accepting(child: Child, port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while child.running and time.monotonic() < deadline:
        try:
            _, writer = await asyncio.open_connection(HOST, port)
        except OSError:
            await pause(0.01)
        else:
            writer.close()
            return
    raise child.failure()
