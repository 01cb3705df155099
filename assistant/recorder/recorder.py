"""The flight recorder of an agent: its trace, the witnesses beside it, and the limits of what they keep."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING

from assistant.bus import Bus
from assistant.recorder.capture import Capture
from assistant.recorder.doubts import doubt_sounds
from assistant.recorder.limits import LimitKeeper
from assistant.recorder.outside import HomeView, OutsideNotes
from assistant.recorder.sounds import Sounds, sound_folder
from assistant.store.store import Store
from assistant.store.timers import Timers
from assistant.store.turns import Turns
from assistant.trace import Trace, Witness

if TYPE_CHECKING:
    from assistant.config import Config
    from assistant.session import Session


class Recorder:
    """Records the turns of one agent. ``async with Recorder(...)``.

    Args:
        source: the session of that name, if it is open.
        lasting: whether the agent lives long, and has to see to the limits.
        keeps: whether the sound of a turn may be kept, for who spoke in it.
    """

    def __init__(
        self, config: Config, bus: Bus, store: Store, timers: Timers, home: Callable[[], HomeView],
        source: Callable[[str], Session | None], clock: Callable[[], datetime], *, lasting: bool,
        keeps: Callable[[str], bool] = lambda turn: True,
    ) -> None:
        self.turns = Turns(store, config.store.trace_days, config.store.trace_megabytes)
        self.notes = OutsideNotes(home, timers, source, clock)
        sounds = Sounds(sound_folder(), config.recorder.days, config.recorder.megabytes)
        witnesses: list[Witness] = [self.notes]
        if config.keeps_sound:
            witnesses.append(Capture(sounds, source, bus.post, keeps))
        self._trace = Trace(bus, self.turns, witnesses)
        doubtful = doubt_sounds(config.recorder.days, config.recorder.megabytes)
        self._limits = LimitKeeper(self.turns, sounds, doubtful) if lasting else None
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Recorder:
        await self._stack.enter_async_context(self._trace)
        if self._limits is not None:
            self._limits.start()
            self._stack.push_async_callback(self._limits.close)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()
