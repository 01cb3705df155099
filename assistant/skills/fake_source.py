"""A source in memory, for tests of skills."""

from __future__ import annotations


class FakeSource:
    """What is said, played and rung where the tests speak.

    Attributes:
        spoken: what was said there before an answer, or unasked.
        played: sounds: "chime", or names of files.
        rung: words of what was due and rang.
    """

    def __init__(self, area: str = "") -> None:
        self.name = "test"
        self.area = area
        self.silent = False
        self.volume = 60
        self.playback = self
        self.stopped = 0
        self.spoken: list[str] = []
        self.played: list[str] = []
        self.rung: list[str] = []

    def set_volume(self, percent: int) -> None:
        self.volume = percent

    def stop(self) -> None:
        self.stopped += 1

    async def tell(self, text: str) -> None:
        self.spoken.append(text)

    async def announce(self, text: str, *, ring: float = 0.0) -> bool:
        (self.rung if ring else self.spoken).append(text)
        return True

    async def sound(self, pcm: bytes, rate: int, name: str) -> None:
        self.played.append(name)

    def chime(self) -> None:
        self.played.append("chime")
