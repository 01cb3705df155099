"""The topics of a media player, as the household's file names them."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from assistant.home.announcement import read_topic
from assistant.home.template import Command, Template


def _topic(text: str) -> str:
    return read_topic(text, "it")


def _reading(text: str) -> str:
    Template.parse(text)
    return text


def _writing(text: str) -> str:
    Command.parse("", text, ("value", "volume", "media"))
    return text


Topic = Annotated[str, AfterValidator(_topic)]
Reading = Annotated[str, AfterValidator(_reading)]
"""``{{ value_json.volume | int }}``."""
Writing = Annotated[str, AfterValidator(_writing)]
"""``{"volume": {{ value }} }``."""
Word = Annotated[str, Field(max_length=256)]


class PlayerTopics(BaseModel):
    """Where a player is told what to do and where it tells what it does. All may be left out; what is, it cannot do."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    command_topic: Topic | None = None
    """Takes the words ``play``, ``pause``, ``stop``, ``next`` and ``previous``, or what ``payload_...`` gives."""
    play_topic: Topic | None = None
    """A topic of its own for one command, where there is not one for all."""
    pause_topic: Topic | None = None
    stop_topic: Topic | None = None
    next_topic: Topic | None = None
    previous_topic: Topic | None = None
    payload_play: Word | None = "play"
    """Null: it cannot do that."""
    payload_pause: Word | None = "pause"
    payload_stop: Word | None = "stop"
    payload_next: Word | None = "next"
    payload_previous: Word | None = "previous"

    state_topic: Topic | None = None
    """Tells ``playing``, ``paused`` or ``stopped`` (also ``play``, ``pause``, ``idle``, ``off``), in any case."""
    state_template: Reading | None = None
    state_playing: Word | None = None
    """Its own word for that."""
    state_paused: Word | None = None
    state_stopped: Word | None = None

    volume_command_topic: Topic | None = None
    volume_command_template: Writing | None = None
    volume_state_topic: Topic | None = None
    volume_template: Reading | None = None
    volume_max: float = Field(default=100, gt=0)
    """What it calls its loudest: 100, 255, 1."""

    mute_command_topic: Topic | None = None
    mute_command_template: Writing | None = None
    mute_state_topic: Topic | None = None
    mute_template: Reading | None = None
    shuffle_command_topic: Topic | None = None
    shuffle_command_template: Writing | None = None
    shuffle_state_topic: Topic | None = None
    shuffle_template: Reading | None = None
    repeat_command_topic: Topic | None = None
    repeat_command_template: Writing | None = None
    repeat_state_topic: Topic | None = None
    repeat_template: Reading | None = None
    payload_on: Word = "ON"
    """Of mute, shuffle and repeat."""
    payload_off: Word = "OFF"

    media_command_topic: Topic | None = None
    """Takes what to play, as words."""
    media_command_template: Writing | None = None
    title_topic: Topic | None = None
    title_template: Reading | None = None
    artist_topic: Topic | None = None
    artist_template: Reading | None = None
    album_topic: Topic | None = None
    album_template: Reading | None = None

    availability_topic: Topic | None = None
    availability_template: Reading | None = None
    payload_available: Word = "online"
    payload_not_available: Word = "offline"
    retain: bool = False
    """Whether the broker shall keep what it is told."""
