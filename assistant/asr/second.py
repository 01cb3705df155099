"""A second recogniser for open speech, usually a larger one: asked about what no sentence of the grammar is.

Orders never wait for it. It gets the sound of an utterance that was understood in no other way, and a time budget.
"""

from __future__ import annotations

import asyncio
import logging

from assistant.asr.base import Opener
from assistant.audio.frames import Pcm
from assistant.errors import AssistantError

log = logging.getLogger(__name__)


class SecondHearing:
    """Reads finished utterances again.

    Args:
        recognizer: in a process of its own.
        seconds: time budget of a reading.
    """

    def __init__(self, recognizer: Opener, seconds: float) -> None:
        self._recognizer = recognizer
        self.seconds = seconds

    async def read(self, sound: Pcm, prefix: str = "") -> str:
        """The words of a sound; empty where the recogniser fails, or has none in time.

        Args:
            sound: int16[n], 16 kHz mono.
            prefix: words known to open it; no part of the result.
        """
        try:
            async with asyncio.timeout(self.seconds):
                return await self._read(sound, prefix)
        except TimeoutError:
            log.warning("the second recogniser had no words within %.1f s", self.seconds)
        except AssistantError as error:
            log.warning("the second recogniser failed: %s", error)
        return ""

    async def _read(self, sound: Pcm, prefix: str) -> str:
        lease = await self._recognizer.open(None, prefix)
        try:
            lease.feed(sound, 0)
            return (await lease.decode()).free_text.strip()
        finally:
            lease.close()
