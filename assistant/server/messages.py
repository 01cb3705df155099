"""The control messages between a tab and the server: JSON in text frames of the WebSocket, one object each.

Sound travels in binary frames instead: see ``assistant.server.sound``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError
from pydantic_core import to_json

from assistant.errors import EventError
from assistant.events import Event, encode
from assistant.server.people import PeopleView
from assistant.server.port import HouseholdView
from assistant.wake.sensitivity import LEAST, MOST

VERSION = 1
"""Grows when an old page could misunderstand a new server."""
MAX_TEXT_MESSAGE = 8_192
"""Bytes of a control message: the longest honest one is a typed order of 500 characters."""
MAX_ORDER = 500
"""Characters of a typed order."""
MAX_PHRASE = 100
"""Characters of a wake phrase; which is too long is told in words, not refused here."""
MAX_NAME = 64
"""Characters of an area's identifier, or a person's name; which is too long is told in words."""

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_ORDER)]


class _Up(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Hello(_Up):
    """First message of a tab: what it speaks and where it stands."""

    type: Literal["hello"]
    version: int
    area: Annotated[str, StringConstraints(max_length=MAX_NAME)] = ""


class Talk(_Up):
    """The talk button went down (a turn begins without a wake word) or was let go after being held."""

    type: Literal["talk"]
    down: bool


class Mute(_Up):
    """The microphone was switched off or on."""

    type: Literal["mute"]
    muted: bool


class Stop(_Up):
    """Be quiet and forget the turn."""

    type: Literal["stop"]


class Text(_Up):
    """A typed order, or an answer to a question."""

    type: Literal["text"]
    text: Line


class Volume(_Up):
    """Loudness of the answers."""

    type: Literal["volume"]
    percent: Annotated[int, Field(ge=0, le=100)]


class Played(_Up):
    """How far the loudspeaker is."""

    type: Literal["played"]
    samples: Annotated[int, Field(ge=0, lt=2**53)]
    """Samples played or thrown away since the tab connected."""


class Wake(_Up):
    """Another wake phrase: what speaks against it, or, with ``use``, listen for it from now on."""

    type: Literal["wake"]
    phrase: Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_PHRASE)]
    use: bool = False


class Hours(_Up):
    """Listen so readily that about one false accept comes in so many hours."""

    type: Literal["hours"]
    hours: Annotated[float, Field(ge=LEAST, le=MOST)]


class Meter(_Up):
    """Whether this tab wants to see how well typed wake phrases are heard."""

    type: Literal["meter"]
    on: bool


class People(_Up):
    """Who lives here?"""

    type: Literal["people"]


class Prove(_Up):
    """The PIN, from a tab on another machine that wants to enrol somebody."""

    type: Literal["prove"]
    pin: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,12}$")]


class Enrol(_Up):
    """Begin to learn a voice at this tab's microphone."""

    type: Literal["enrol"]
    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_NAME)]
    groups: Annotated[tuple[Annotated[str, StringConstraints(max_length=MAX_NAME)], ...], Field(max_length=8)] = ()


class Read(_Up):
    """Listen to a sentence, by its number."""

    type: Literal["read"]
    sentence: Annotated[int, Field(ge=0, lt=100)]


class Keep(_Up):
    """Enough was read: keep the voice."""

    type: Literal["keep"]


class GiveUp(_Up):
    """Learn no voice, and keep nothing of what was read."""

    type: Literal["give_up"]


Up = (
    Hello | Talk | Mute | Stop | Text | Volume | Played | Wake | Hours | Meter
    | People | Prove | Enrol | Read | Keep | GiveUp
)
_up: TypeAdapter[Up] = TypeAdapter(Annotated[Up, Field(discriminator="type")])


def read(text: str) -> Up:
    """The message a tab sent.

    Raises:
        EventError: it is too long, no JSON object, of no known type, or has a wrong, missing or surplus field.
    """
    if len(text) > MAX_TEXT_MESSAGE:
        raise EventError(f"a message of {len(text)} characters; at most {MAX_TEXT_MESSAGE} are read", where="message")
    try:
        message = _up.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise EventError(first["msg"], where=place or "message") from error
    except UnicodeEncodeError as error:
        raise EventError("half of a character", where="message") from error
    if isinstance(message, Text) and not message.text.isprintable():
        raise EventError("a typed order is one line of printable characters", where="text.text")
    return message


def welcome(source: str, view: HouseholdView, area: str) -> str:
    """The server's first message: the tab's name as a source, its area, and the home."""
    return _write("welcome", version=VERSION, source=source, area=area, household=view)


def household(view: HouseholdView) -> str:
    """The home again, after devices came or went or events were lost."""
    return _write("household", household=view)


def event(happened: Event) -> str:
    """Something happened; see ``assistant.events`` for the fields of each type."""
    return _write("event", event=encode(happened))


def wake(phrase: str, against: Sequence[str], fault: str = "", used: bool = False) -> str:
    """What speaks against a wake phrase, or why it cannot be one; ``used``: it is listened for from now on."""
    return _write("wake", phrase=phrase, against=list(against), fault=fault, used=used)


def people(view: PeopleView) -> str:
    """Who lives here."""
    return _write("people", view=view)


def enrolment(step: Literal["begun", "took", "kept", "fault"], **fields: Any) -> str:
    """How an enrolment goes on: ``sentences`` to read; the ``take`` of one; the ``verdict`` and whether it is ``good``;
    ``what`` is wrong and how to ``mend`` it."""
    return _write("enrolment", step=step, **fields)


def playback(action: Literal["start", "pause", "stop"]) -> str:
    """The loudspeaker: sound follows; throw away what is not heard yet, more follows; throw it away for good."""
    return _write("playback", action=action)


def error(reason: str, count: int = 0, fatal: bool = False) -> str:
    """What was wrong with something the tab sent; ``count`` so far; ``fatal`` when the socket closes next."""
    return _write("error", reason=reason, count=count, fatal=fatal)


def _write(kind: str, **fields: Any) -> str:
    return to_json({"type": kind, **fields}, inf_nan_mode="null", serialize_unknown=True).decode()
