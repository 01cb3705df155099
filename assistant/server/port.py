"""What the server and the agent must give each other. Nothing else crosses between the two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from assistant.audio.frames import Pcm
from assistant.events import Event
from assistant.server.people import PeoplePort
from assistant.wake.sensitivity import HOURS


@dataclass(frozen=True, slots=True)
class AreaView:
    """A room as the page names it."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class DeviceView:
    """A device as the page shows it."""

    id: str
    name: str
    kind: str
    """``light``, ``switch``, ``cover``, ``climate``, ``lock``, ``sensor`` or ``binary_sensor``."""
    area: str = ""
    """Identifier of an area; empty if it stands in none."""
    device_class: str = ""
    unit: str = ""
    """Unit of a sensor's value."""
    state: dict[str, Any] = field(default_factory=dict)
    """All known state, by ``assistant.home.schema.STATE_KEYS``."""
    available: bool = True


@dataclass(frozen=True, slots=True)
class HouseholdView:
    """What a tab is told when it connects, and again when devices come or go."""

    wake: str
    """Wake phrase, as it is said."""
    suggestions: Sequence[str] = ()
    """Sentences that work here, without the wake phrase."""
    areas: Sequence[AreaView] = ()
    devices: Sequence[DeviceView] = ()
    simulated: bool = False
    """True when the home is a simulation."""
    connected: bool = True
    """False while the broker cannot be reached."""
    recording: bool = False
    """True while sound is kept."""
    hours: float = HOURS
    """About one false accept of the wake phrase in so many hours; 0 where no detector in use can tell."""
    reviewing: bool = False
    """True while the sound of what was nearly taken for the wake phrase, or perhaps wrongly, is kept."""
    doubtful: int = 0
    """How many of these wait to be labelled."""


class Speaker(Protocol):
    """A tab's loudspeaker, given to the agent. Every call returns at once."""

    def wake(self) -> None:
        """There is something to ``pull`` again: call it when a sound begins or is resumed."""
        ...

    def pause(self) -> int:
        """Be silent at once: what was pulled and is not yet heard is thrown away, nothing is pulled before ``wake``.

        Returns:
            Samples at 16 kHz that were pulled and not heard (an estimate, good to about 30 ms): rewind by these.
        """
        ...

    def stop(self) -> int:
        """The same where no more of this sound follows."""
        ...


class SourcePort(Protocol):
    """One tab as a source of the agent. All calls come from the event loop; only ``close`` may wait."""

    def feed(self, pcm: Pcm) -> None:
        """The next 20 ms of the microphone: int16[320], 16 kHz mono. Silence stands in for what was lost."""
        ...

    def pull(self) -> Pcm | None:
        """The next 20 ms for the loudspeaker, int16[320] at 16 kHz; None when there is nothing to play.

        Called up to 160 ms ahead of the ear, and not again after None until ``Speaker.wake``.
        """
        ...

    def push_to_talk(self, down: bool) -> None:
        """True: begin a turn without a wake word, whose speech ends as usual. False: a held button was let go."""
        ...

    def stop(self) -> None:
        """Be quiet and forget the turn, as a spoken "stop" would."""
        ...

    def mute(self, muted: bool) -> None:
        """Switch the microphone off or on; answered by ``MuteChanged``."""
        ...

    def text(self, text: str) -> None:
        """A typed order or a typed answer to a question; 1 to 500 characters, one line."""
        ...

    def meter(self, on: bool) -> None:
        """Whether to publish ``WakeScored`` events."""
        ...

    def volume(self, percent: int) -> None:
        """Loudness of the answers, 0 to 100; answered by ``VolumeChanged``."""
        ...

    @property
    def people(self) -> PeoplePort:
        """Who lives here, and enrolment at this tab's microphone."""
        ...

    async def close(self) -> None:
        """The tab is gone."""
        ...


class EventStream(Protocol):
    """An observer's subscription: ``assistant.bus.Observer`` is one."""

    async def __anext__(self) -> Event: ...

    def close(self) -> None: ...


class AgentPort(Protocol):
    """The agent as the server sees it."""

    async def open_source(self, name: str, *, kind: str, area: str, speaker: Speaker, remote: bool) -> SourcePort:
        """Open a source of kind ``page``.

        Args:
            remote: the browser is on another machine, where anybody may type.

        Raises:
            AssistantError: the agent cannot take it; its words are shown on the page.
        """
        ...

    def subscribe(self) -> EventStream:
        """Every event from now on, oldest lost first (``Gap``) when the tab is slow."""
        ...

    def household(self) -> HouseholdView:
        """The home as it is now."""
        ...

    async def look_at_phrase(self, phrase: str) -> list[str]:
        """What speaks against a wake phrase.

        Raises:
            AssistantError: it cannot be one.
        """
        ...

    async def use_phrase(self, phrase: str) -> str:
        """Listen for another wake phrase from now on; gives it as it is used. Answered by ``WakeChanged`` as well.

        Raises:
            AssistantError: it cannot be one, or the settings cannot be written.
        """
        ...

    async def listen_for_hours(self, hours: float) -> None:
        """Listen so readily that about one false accept comes in so many hours; answered by ``WakeChanged``.

        Raises:
            AssistantError: the settings cannot be written.
        """
        ...
