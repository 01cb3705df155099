"""A Music Player Daemon of a few songs: it speaks the protocol on this machine and remembers what it was told."""

from __future__ import annotations

import shlex
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

TAGS = ("file", "Title", "Artist", "Album", "Genre")
SONGS = [dict(zip(TAGS, row, strict=True)) for row in (
    ("queen/1.flac", "Bohemian Rhapsody", "Queen", "A Night at the Opera", "Rock"),
    ("queen/2.flac", "Don't Stop Me Now", "Queen", "Jazz", "Rock"),
    ("beatles/1.flac", "Come Together", "The Beatles", "Abbey Road", "Rock"),
    ("davis/1.flac", "So What", "Miles Davis", "Kind of Blue", "Jazz"),
    ("acdc/1.flac", "Thunderstruck", "AC/DC", "The Razors Edge", "Hard Rock"),
)]
PLAYLISTS = {"Workout": ("acdc/1.flac", "queen/2.flac")}


class Daemon:
    """Its state, and what it was told.

    Attributes:
        told: command lines, without those that only ask.
        mute: it takes connections and says nothing.
    """

    def __init__(self, password: str = "", mixer: bool = True) -> None:
        self.told: list[str] = []
        self.mute = False
        self.silent = threading.Event()
        self.password = password
        self.queue: list[str] = []
        self.at = -1
        self.status = {"state": "stop", "random": "0", "repeat": "0"} | ({"volume": "40"} if mixer else {})
        self.port = 0

    def answer(self, line: str) -> list[str]:
        """Lines of the answer, less the last one."""
        command, *args = shlex.split(line)
        known: dict[str, Callable[..., list[str]]] = {
            "status": self._status, "currentsong": self._song, "list": self._list, "listplaylists": self._playlists,
            "search": self._search,
        }
        if command in known:
            return known[command](*args)
        self.told.append(" ".join([command, *args]))
        match command:
            case "clear":
                self.queue, self.at = [], -1
            case "findadd":
                pairs = list(zip(args[::2], args[1::2], strict=True))
                self.queue += [song["file"] for song in SONGS if all(song[tag.title()] == held for tag, held in pairs)]
            case "add":
                self.queue += args
            case "load":
                self.queue += PLAYLISTS[args[0]]
            case "play":
                self.status["state"], self.at = "play", max(self.at, 0)
            case "pause" | "stop":
                self.status["state"] = command
            case "next" | "previous":
                self._step(1 if command == "next" else -1)
            case "setvol":
                self.status["volume"] = args[0]
            case "random" | "repeat":
                self.status[command] = args[0]
            case _:
                raise ValueError(command)
        return []

    def _step(self, by: int) -> None:
        self.at += by
        if self.at >= len(self.queue):
            self.status["state"], self.at = "stop", -1

    def _status(self) -> list[str]:
        held = self.status | {"playlistlength": str(len(self.queue))}
        return [f"{key}: {value}" for key, value in held.items()]

    def _song(self) -> list[str]:
        if self.at < 0:
            return []
        song = next(song for song in SONGS if song["file"] == self.queue[self.at])
        return [f"{tag}: {value}" for tag, value in song.items()]

    def _list(self, tag: str, *filtered: str) -> list[str]:
        key = {"albumartist": "Artist"}.get(tag, tag.title())
        songs = [song for song in SONGS if not filtered or song[filtered[0].title()] == filtered[1]]
        name = "AlbumArtist" if tag == "albumartist" else key
        return [f"{name}: {value}" for value in dict.fromkeys(song[key] for song in songs)]

    def _playlists(self) -> list[str]:
        return [line for name in PLAYLISTS for line in (f"playlist: {name}", "Last-Modified: 2026-01-01T00:00:00Z")]

    def _search(self, tag: str, words: str, *window: str) -> list[str]:
        fits = [song for song in SONGS if words.lower() in song[tag.title()].lower()]
        return [f"{key}: {value}" for song in fits for key, value in song.items()]


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        daemon: Daemon = self.server.daemon  # type: ignore[attr-defined]
        if daemon.mute:
            daemon.silent.wait(10)
            return
        self.wfile.write(b"OK MPD 0.23.5\n")
        allowed = not daemon.password
        for line in map(bytes.decode, self.rfile):
            text = line.strip()
            if text.startswith("password "):
                allowed = shlex.split(text)[1] == daemon.password
                self.wfile.write(b"OK\n" if allowed else b"ACK [3@0] {password} incorrect password\n")
            elif not allowed:
                self.wfile.write(b"ACK [4@0] {status} you don't have permission for \"status\"\n")
            else:
                self.wfile.write("".join(f"{row}\n" for row in [*daemon.answer(text), "OK"]).encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def daemon(password: str = "", mixer: bool = True) -> Iterator[Daemon]:
    """A daemon while the test runs."""
    held = Daemon(password, mixer)
    with _Server(("127.0.0.1", 0), _Talk) as server:
        server.daemon = held  # type: ignore[attr-defined]
        held.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield held
        finally:
            held.silent.set()
            server.shutdown()
            thread.join()
