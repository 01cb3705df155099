"""What a daemon has of what somebody wants to hear: playlists, artists, albums, genres, songs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

MOST_SONGS = 200
"""Songs of a search that are looked at."""
TAGS = ("artist", "albumartist", "album", "genre")
ORDER = ("playlist", "artist", "albumartist", "album", "genre", "title")
"""What words mean first, where they could mean several."""
_WORD = re.compile(r"[^\W_]+")
_ARTICLES = frozenset(("the", "a", "an", "my", "our", "some", "and"))
_KINDS = {
    "playlist": ("playlist",), "album": ("album",), "record": ("album",), "song": ("title",), "track": ("title",),
    "band": ("artist", "albumartist"), "artist": ("artist", "albumartist"), "songs": (), "music": (), "tracks": (),
    "station": ("playlist",), "anything": (), "something": (),
}
"""Words that say what kind of thing the others name; an empty kind may be any."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something that can be played."""

    kind: str
    """One of ``ORDER``."""
    name: str
    """As the daemon writes it."""
    by: str = ""
    files: tuple[str, ...] = ()
    """Of a title."""

    def __str__(self) -> str:
        return f"{self.name} by {self.by}" if self.by else self.name


def find(client: Any, words: str) -> Found | None:
    """The best that a daemon has: what is called just so, else what holds all the words."""
    wanted = _asked(words)
    lists = _Lists(client)
    for fits in (_same, _within):
        for what, by, kinds in wanted:
            found = _look(lists, what, by, kinds, fits)
            if found is not None:
                return found
    return None


def play(client: Any, found: Found) -> None:
    """Play it, in place of what was in the queue."""
    client.clear()
    if found.kind == "playlist":
        client.load(found.name)
    elif found.kind == "title":
        for file in found.files:
            client.add(file)
    else:
        client.findadd(found.kind, found.name, *(("artist", found.by) if found.by else ()))
    client.play()


class _Lists:
    """What a daemon has, asked for once."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._names: dict[str, list[str]] = {}

    def names(self, kind: str) -> list[str]:
        if kind not in self._names:
            asked = self._client.listplaylists() if kind == "playlist" else self._client.list(kind)
            self._names[kind] = [name for name in (_value(one, kind) for one in asked) if name]
        return self._names[kind]

    def songs(self, what: str) -> list[dict[str, Any]]:
        """Songs whose title holds the longest of the words: titles have signs that nobody speaks."""
        longest = max(_WORD.findall(what), key=len, default="")
        return self._client.search("title", longest, "window", (0, MOST_SONGS)) if longest else []

    def albums_of(self, artist: str) -> list[str]:
        return [_value(one, "album") for one in self._client.list("album", "artist", artist)]


Fits = Callable[[str, str], bool]
"""Whether something said fits a name."""
Reading = tuple[str, str, tuple[str, ...]]
"""What is asked for, by whom, and of which kinds it may be."""


def _look(lists: _Lists, what: str, by: str, kinds: Iterable[str], fits: Fits) -> Found | None:
    if by:
        artist = next((name for name in lists.names("artist") if fits(by, name)), None)
        if artist is None:
            return None
        if not what:
            return Found("artist", artist)
        album = next((name for name in lists.albums_of(artist) if fits(what, name)), None)
        if album is not None and "album" in kinds:
            return Found("album", album, artist)
        return _song(lists, what, artist, fits) if "title" in kinds else None
    for kind in kinds:
        if kind == "title":
            return _song(lists, what, "", fits)
        name = next((name for name in lists.names(kind) if fits(what, name)), None)
        if name is not None:
            return Found(kind, name)
    return None


def _song(lists: _Lists, what: str, artist: str, fits: Fits) -> Found | None:
    for song in lists.songs(what):
        title, by = _text(song.get("title")), _text(song.get("artist"))
        if fits(what, title) and (not artist or by == artist):
            return Found("title", title, by, (str(song["file"]),))
    return None


def _asked(words: str) -> list[Reading]:
    """What may have been meant, the likeliest first."""
    readings: list[Reading] = [(words, "", ORDER)]
    what, by, artist = words.rpartition(" by ")
    if by:
        name, kinds = _kind(what)
        readings.append((name, artist, kinds))
    name, kinds = _kind(words)
    if name and name != words:
        artist = name.removeprefix("by ").removeprefix("from ")
        readings.append((artist, "", kinds))
    return readings


def _kind(words: str) -> tuple[str, tuple[str, ...]]:
    """The words without the one that says what they name: "my workout playlist", "the album abbey road"."""
    said = words.split()
    while said and said[0] in _ARTICLES:
        said = said[1:]
    for at in (0, -1):
        if said and said[at] in _KINDS:
            kinds = _KINDS[said[at]] or ORDER
            rest = said[1:] if at == 0 else said[:-1]
            return " ".join(rest[1:] if rest[:1] in (["called"], ["named"]) else rest), kinds
    return " ".join(said), ORDER


def _plain(text: str) -> list[str]:
    """The words that count: no signs, no articles, "AC/DC" and "ac dc" alike."""
    words = _WORD.findall(text.casefold().replace("'", "").replace("\u2019", ""))
    return [word for word in words if word not in _ARTICLES] or words


def _same(said: str, name: str) -> bool:
    return bool(said) and "".join(_plain(said)) == "".join(_plain(name))


def _within(said: str, name: str) -> bool:
    wanted = _plain(said)
    return bool(wanted) and set(wanted) <= set(_plain(name))


def _value(row: Any, kind: str) -> str:
    return _text(row.get(kind)) if isinstance(row, dict) else _text(row)


def _text(tag: Any) -> str:
    return str(tag[0] if isinstance(tag, list) else tag or "")
