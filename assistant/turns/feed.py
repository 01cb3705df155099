"""Feeds one recogniser stream from a source's ring buffer, without a gap, from a sample in the past on."""

from __future__ import annotations

import asyncio

from assistant.asr.base import Hypothesis, Lease, Opener
from assistant.audio.ring import RingBuffer
from assistant.errors import AssistantError
from assistant.grammar.base import View


class Feed:
    """A stream that may still be opening.

    Args:
        start: first sample of its sound.
        prefix: words known to open the sound.
    """

    def __init__(self, ring: RingBuffer, recognizer: Opener, view: View, start: int, prefix: str = "") -> None:
        self.start = max(0, start)
        self.prefix = prefix
        self._ring = ring
        self._fed = self.start
        self._lease: Lease | None = None
        self._opening = asyncio.create_task(self._open(recognizer, view))

    @property
    def fed(self) -> int:
        """First sample not yet handed over."""
        return self._fed

    def feed(self, until: int) -> None:
        """Hand over what is new up to sample ``until``; all of it at once when the stream has opened."""
        if self._lease is not None and until > self._fed:
            self._lease.feed(self._ring.read(self._fed, until), self._fed)
            self._fed = until

    async def partial(self) -> tuple[str, int] | None:
        """Words so far; None while there is nothing to ask.

        Raises:
            AssistantError: the recogniser failed.
        """
        return await self._lease.partial() if self._lease is not None else None

    async def decode(self, end: int, careful: bool) -> Hypothesis:
        """Read the sound up to sample ``end``.

        Raises:
            AssistantError: the recogniser failed.
        """
        lease = await asyncio.shield(self._opening)
        self.feed(end)
        return await lease.decode(end, careful)

    def close(self) -> None:
        """Give the stream back."""
        self._opening.cancel()
        if self._lease is not None:
            self._lease.close()

    async def _open(self, recognizer: Opener, view: View) -> Lease:
        lease = self._lease = await recognizer.open(view, prefix=self.prefix)
        self.feed(self._ring.end)
        return lease

    @property
    def failed(self) -> AssistantError | None:
        """Why the stream could not be opened, if it could not."""
        if not self._opening.done() or self._opening.cancelled():
            return None
        error = self._opening.exception()
        return error if isinstance(error, AssistantError) else None
