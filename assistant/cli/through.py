"""Sends a recording through an agent of its own and prints what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

import typer

from assistant.agent import Agent
from assistant.audio.files import read_sound, write_sound
from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.cli.ask import FAILED, NOT_DONE
from assistant.clock import run_virtual
from assistant.config import Config
from assistant.errors import AudioError
from assistant.events import (
    ActionFinished,
    Answered,
    Event,
    FinalHeard,
    NotUnderstood,
    QuestionAnswered,
    QuestionAsked,
    TurnStarted,
    WakeHeard,
)
from assistant.recording import Recording, opened


def run_recording(config: Config, input: Path, output: Path | None, area: str, *, fast: bool) -> None:
    """Hear ``input``; write to ``output`` what the loudspeaker would have played meanwhile.

    Raises:
        AudioError: the recording cannot be read, or the wake word is not heard in it.
        typer.Exit: with ``NOT_DONE``; an order in it was not carried out, none was heard after the wake word, or one
            ended with a question that nobody answered.
    """
    pcm = read_sound(input)
    events: list[Event] = []
    task = _through(config, pcm, area, events)
    played = run_virtual(task) if fast else asyncio.run(task)
    if output is not None:
        write_sound(output, played)
        typer.echo(f"{output}: {len(played) / SAMPLE_RATE:.1f} s")
    if not any(isinstance(event, TurnStarted) for event in events):
        words = " or ".join(f'"{wake.phrase}"' for wake in config.wake if wake.action == "turn")
        raise AudioError(f"{words} was not heard in it", where=str(input),
                         mend="say the wake word first, clearly, then the order")
    if any(isinstance(event, Answered) and event.outcome in FAILED for event in events) or unanswered(events):
        raise typer.Exit(NOT_DONE)


def unanswered(events: Iterable[Event]) -> bool:
    """Whether an order came to nothing because its question was not answered. "Never mind" is an answer."""
    asking = False
    for event in events:
        match event:
            case QuestionAsked():
                asking = True
            case QuestionAnswered():
                asking = not event.text
            case Answered(outcome="cancelled") if asking:
                return True
            case Answered() | TurnStarted():
                asking = False
    return asking


async def _through(config: Config, pcm: Pcm, area: str, events: list[Event]) -> Pcm:
    def note(event: Event) -> None:
        events.append(event)
        tell(event)

    async with opened(Agent(config, passing=True)) as agent:
        return await Recording(agent, pcm, area=area or None, on_event=note).play()


def tell(event: Event) -> None:
    """Print what a person wants to know about an event."""
    line = describe(event)
    if line:
        typer.echo(line)


def describe(event: Event) -> str:
    """An event in a line; empty if it matters to nobody."""
    match event:
        case WakeHeard():
            return f"wake      {event.phrase}"
        case FinalHeard():
            return f"heard     {event.text or event.free_text}"
        case NotUnderstood():
            return f"refused   {event.reason}"
        case ActionFinished():
            return f"did       {event.device}: {event.command}, {event.status} ({event.seconds * 1000:.0f} ms)"
        case QuestionAsked():
            return f"asked     {event.text}"
        case Answered():
            return f"answered  {event.text}"
    return ""
