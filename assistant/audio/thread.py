"""The audio thread: one for the lanes of all sessions, so that the event loop never does signal processing."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from assistant.audio.frames import FRAME_SECONDS, Pcm
from assistant.audio.lane import Lane

log = logging.getLogger(__name__)

BACKLOG = 100
"""Frames that may wait per lane: 2 s. More is older than anyone wants to be heard."""
TOGETHER = 8
"""Frames of a resting lane that are handled at once. Waking up costs as much as a frame does, and the first frame four
times what the next ones cost. A word lasts longer than the 160 ms after which its beginning is noticed."""
LEFT_OVER = 1.0
"""Seconds after which fewer are handled too: no more may come."""


@dataclass(slots=True)
class AudioStatistics:
    """Work of the audio thread since it began."""

    frames: int = 0
    dropped: int = 0
    busy_seconds: float = 0.0
    longest_wait: float = 0.0
    """Seconds a frame waited at most; one of a resting lane waits on purpose."""


class Audio(Protocol):
    """What runs lanes: the thread, or the caller itself in audio time."""

    def push(self, lane: Lane, pcm: Pcm) -> None:
        """Hand over the next int16[320] of a lane's microphone. Thread-safe; never blocks."""
        ...

    def close(self) -> None: ...


class InlineAudio:
    """Runs a lane at once, on the caller's thread: audio time, in which every frame is handled before the next."""

    def __init__(self) -> None:
        self.statistics = AudioStatistics()

    def push(self, lane: Lane, pcm: Pcm) -> None:
        began = time.perf_counter()
        lane.run(pcm)
        self.statistics.frames += 1
        self.statistics.busy_seconds += time.perf_counter() - began

    def close(self) -> None:
        """Nothing to end."""


class AudioThread:
    """One thread that takes the lanes in turn, a frame at a time: a busy one does not starve the others."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.statistics = AudioStatistics()
        self._clock = clock
        self._wanted = threading.Condition()
        self._waiting: dict[Lane, deque[tuple[float, Pcm]]] = {}
        """Only lanes whose frames wait: one that is done with is not kept."""
        self._turn: deque[Lane] = deque()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="audio", daemon=True)
        self._thread.start()

    def push(self, lane: Lane, pcm: Pcm) -> None:
        """Hand over the next int16[320] of a lane's microphone. Thread-safe; never blocks."""
        with self._wanted:
            if self._closed or lane.closed:
                self._waiting.pop(lane, None)
                return
            queue = self._waiting.get(lane)
            if queue is None:
                queue = self._waiting[lane] = deque()
            if len(queue) >= BACKLOG:
                queue.popleft()
                self._count_drop(lane)
            if not queue:
                self._turn.append(lane)
            queue.append((self._clock(), pcm))
            if len(queue) >= TOGETHER or not lane.resting:
                self._wanted.notify()

    def backlog(self, lane: Lane) -> int:
        """Frames of a lane that wait."""
        with self._wanted:
            return len(self._waiting.get(lane, ()))

    def close(self) -> None:
        """End the thread after the frame at hand; what waits is dropped."""
        with self._wanted:
            self._closed = True
            self._wanted.notify()
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout=5.0)

    def _count_drop(self, lane: Lane) -> None:
        self.statistics.dropped += 1
        lane.statistics.dropped += 1
        if lane.statistics.dropped % round(10 / FRAME_SECONDS) == 1:
            log.warning("sound of %s arrives faster than it is handled: %d frames lost", lane.name or "a source",
                        lane.statistics.dropped)

    def _run(self) -> None:
        while (job := self._next()) is not None:
            lane, since, pcm = job
            began = self._clock()
            lane.run(pcm, since)
            self.statistics.frames += 1
            self.statistics.busy_seconds += self._clock() - began
            self.statistics.longest_wait = max(self.statistics.longest_wait, began - since)

    def _next(self) -> tuple[Lane, float, Pcm] | None:
        with self._wanted:
            while True:
                if self._closed:
                    return None
                if self._turn:
                    lane = self._turn.popleft()
                    queue = self._waiting.get(lane)
                    if queue:
                        break
                    continue
                self._wanted.wait(LEFT_OVER)
            since, pcm = queue.popleft()
            if queue:
                self._turn.append(lane)
            else:
                del self._waiting[lane]
            return lane, since, pcm
