"""Music Player Daemons, as the household's settings name them, and one talk with one of them.

What is here blocks and belongs into a thread. Each order has a connection of its own: a daemon drops idle ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import mpd

from assistant.errors import AssistantError, SkillError

PORT = 6600
SILENCE_SECONDS = 3.0
"""Until a server that says nothing is given up."""
WHERE = "skills, settings, media, mpd"
MEND = 'write "host", "host:port" or "password@host:port", and the room after it: [192.168.1.20, kitchen]'


class ServerError(AssistantError):
    """A daemon cannot be reached, or will not do what it is asked."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where a daemon is."""

    name: str
    host: str
    port: int = PORT
    password: str = ""
    area: str = ""

    @property
    def id(self) -> str:
        """As ``Device.id``; no device of a home is called so."""
        return f"mpd {self.name}"


def read_server(name: str, parts: Sequence[str]) -> Server:
    """A daemon of the settings: its address, and its room after it.

    Raises:
        SkillError: the address is none.
    """
    if len(parts) not in (1, 2):
        raise SkillError(f"{name} is not an address and a room", where=WHERE, mend=MEND)
    password, _, address = parts[0].strip().rpartition("@")
    host, colon, port = address.rpartition(":")
    if not colon or port.endswith("]"):
        host, port = address, str(PORT)
    host = host.removeprefix("[").removesuffix("]")
    if not host or not port.isdecimal() or not 0 < int(port) < 1 << 16:
        raise SkillError(f"{name} has no good address", where=WHERE, mend=MEND)
    return Server(name, host, int(port), password, parts[1].strip() if len(parts) > 1 else "")


@contextmanager
def connected(server: Server) -> Iterator[Any]:
    """A client of a daemon.

    Raises:
        ServerError: it cannot be reached, speaks otherwise, or refuses.
    """
    client = mpd.MPDClient()
    client.timeout = SILENCE_SECONDS
    try:
        client.connect(server.host, server.port)
        if server.password:
            client.password(server.password)
        yield client
    except mpd.CommandError as error:
        raise ServerError(f"refuses: {error}", where=server.name) from error
    except (mpd.MPDError, OSError, ValueError) as error:
        mend = f"is an MPD running at {server.host}:{server.port}?"
        raise ServerError(f"cannot be reached: {error}", where=server.name, mend=mend) from error
    finally:
        client.disconnect()


def state_of(client: Any) -> dict[str, Any]:
    """What a daemon does, in the words of a player of the home."""
    status, song = client.status(), client.currentsong()
    volume = int(status.get("volume", -1))
    states = {"play": "playing", "pause": "paused"}
    state = {
        "playback": states.get(status.get("state", ""), "stopped"), "queued": int(status.get("playlistlength", 0)),
        "shuffle": status.get("random") == "1", "repeat": status.get("repeat") == "1", "song": status.get("songid"),
        "title": _one(song.get("title") or song.get("name") or _file_name(song)), "artist": _one(song.get("artist")),
        "album": _one(song.get("album")), "error": status.get("error", ""),
    }
    return state | ({"volume": volume, "muted": volume == 0} if volume >= 0 else {})


def _one(tag: Any) -> str:
    """A tag's value; of several, the first."""
    return str(tag[0] if isinstance(tag, list) else tag or "")


def _file_name(song: Mapping[str, Any]) -> str:
    return str(song.get("file", "")).rpartition("/")[2].rpartition(".")[0]
