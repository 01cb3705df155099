"""How ``assistant skill test`` tells what came of the cases: each miss at once, the sums at the end."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

import typer

from assistant.bench.report import share
from assistant.cli.output import seconds
from assistant.skills.trials import Heard, Result


def tell(results: Iterable[Result], began: float) -> bool:
    """Print what is not right as it comes, and how many are; whether all are.

    Args:
        began: when the first was begun, on ``time.perf_counter``.
    """
    told = []
    for result in results:
        told.append(result)
        if result.faults:
            _tell_miss(result)
    wrong = sum(bool(result.faults) for result in told)
    if told:
        _tell_voices(told)
        typer.echo(f"{len(told) - wrong} of {len(told)} right, {seconds(time.perf_counter() - began)}")
    return not wrong


def _tell_miss(result: Result) -> None:
    voice = f" ({result.voice})" if result.voice else ""
    typer.secho(f"“{result.case.say}”{voice}", fg="red")
    for line in (*result.faults, *(_happened(result.heard) if result.heard is not None else ())):
        typer.echo(f"  {line}")


def _happened(heard: Heard) -> Iterable[str]:
    """What was heard of a spoken sentence, and what was done about it."""
    if not heard.woken:
        yield "the wake phrase was not heard"
    elif not heard.words:
        yield "no words were heard"
    else:
        yield f"heard: “{heard.words}”" + (f", freely: “{heard.freely}”" if heard.freely else "")
    if heard.understood:
        yield f"understood: {heard.skill}.{heard.intent} {heard.slots or ''}".rstrip()
    yield from (f"asked: “{question}”" for question in heard.questions)
    if heard.answer is not None:
        yield f"answered: “{heard.answer.text}” ({heard.answer.outcome})"
    yield from (f"failed: {error}" for error in heard.failed)


def _tell_voices(results: Sequence[Result]) -> None:
    """How much of what is to be understood each voice got done."""
    for voice in dict.fromkeys(result.voice for result in results if result.voice):
        spoken = [result for result in results if result.voice == voice and result.case.understood]
        if spoken:
            rate = share(sum(not result.faults for result in spoken), len(spoken))
            interval = f"{rate['low']:.0%} to {rate['high']:.0%}"
            typer.echo(f"{voice}: {rate['value']:.0%} ({interval}) of {len(spoken)} heard")
