"""``bench latency``: from the true end of an order to the first sound of an answer that depends on its outcome.

A whole agent at live pace with a simulated home whose devices confirm after 150 ms. Half of the orders hold a pause.
Keys: ``p50_ms``, ``p95_ms`` (orders without a pause or with one in an incomplete sentence; a wrong outcome counts as
infinite), ``wrong``, ``early_cutoff_rate`` and ``early_cutoff_none``, ``early_cutoff_incomplete``,
``whole_then_more_right`` (right in the end, other devices untouched, one answer completed), ``final_within_60ms`` and
``final_p95_ms``, by how much the final text came after the endpoint's silence, and ``stage_NAME_ms``, the median time
spent in each stage. Recorded orders whose pause follows words that already are an order count as whole.
"""

from __future__ import annotations

import asyncio
import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console

from assistant.agent import Agent
from assistant.asr.moonshine.recognizer import MoonshineRecognizer
from assistant.audio.files import read_sound
from assistant.audio.frames import Pcm
from assistant.bench import report
from assistant.bench.orders import HomeOrder, RecordedOrder, home_orders, recorded
from assistant.bench.rig import Protocol, bench_config, rig
from assistant.bench.takes import Studio, Take
from assistant.events import ActionRequested, Answered, FinalHeard, PlaybackFinished, StageTimed, TurnEnded, Understood
from assistant.grammar.base import View
from assistant.grammar.grammar import Grammar
from assistant.grammar.sentences import load_sentences_yaml
from assistant.paths import measuring_data, shipped_dir
from assistant.turns.endpoint import accepted
from assistant.turns.judge import Thresholds

VOICES = ("piper", "espeak:en-us", "espeak:en-gb")
NOISES = ("doing_the_dishes.flac", "running_tap.flac")
ORDERED = ("on", "brightness", "open", "locked", "temperature", "mode")
"""State that orders change; the rest is measured or follows from it."""
SLACK = 0.02
"""Seconds by which a sound may seem to precede the end: one frame."""

FINAL_MS = 60.0

console = Console(stderr=True)
States = Mapping[str, Mapping[str, Any]]
"""Device -> its state."""


@dataclass(frozen=True, slots=True)
class Score:
    """What became of one take."""

    take: Take
    right: bool
    cut_off: bool
    seconds: float
    """From the true end to the reply; infinite when wrong or silent."""
    answers: int
    """Answers that were completed."""
    stages: Mapping[str, float]
    said: str
    late: float | None = None
    """Seconds by which the final text came after the endpoint's silence; None where none came."""


def bench(
    orders: Annotated[Path | None, typer.Option(help="folder of recorded orders")] = None,
    labels: Annotated[Path | None, typer.Option(help="their labels, JSON")] = None,
    skill: Annotated[Path | None, typer.Option(help="folder of the skill that understands them")] = None,
    wake: Annotated[Path | None, typer.Option(help="folder of recordings of one wake phrase, named like it")] = None,
    home: Annotated[Path | None, typer.Option(help="household file")] = None,
    noise: Annotated[Path | None, typer.Option(help="folder with room noises")] = None,
    count: Annotated[int, typer.Option("-n", min=1, help="recorded and as many synthetic orders")] = 50,
    seed: Annotated[int, typer.Option()] = 1,
    json_file: Annotated[Path | None, typer.Option("--json", help="write the results here")] = None,
) -> None:
    """From the end of an order to the answer."""
    orders = orders or measuring_data() / "commands" / "coffee"
    labels = labels or orders / "labels.json"
    wake = wake or measuring_data() / "wake" / "computer"
    skill = skill or Path("tests/skills/coffee")
    phrase = wake.name.replace("_", " ")
    studio = Studio(phrase, _sounds(wake), _noises(noise or measuring_data() / "noise"), seed, orders_of(skill))
    takes = _takes(recorded(orders, labels), studio, count, seed)
    config = bench_config([phrase], [skill], home or shipped_dir() / "configs" / "home.yaml")
    scores = asyncio.run(_run(config, takes))
    results = {**summary(scores), "seed": seed, "phrase": phrase, "orders": str(orders)}
    report.publish("latency", results, json_file)


def orders_of(skill: Path) -> Callable[[Pcm], bool]:
    """Tells whether a piece of sound already is a whole order of the skill, by a recogniser that knows only that."""
    grammar = Grammar()
    grammar.set_sentences(skill.name, load_sentences_yaml(skill / "sentences.yaml", skill.name))
    recognizer = MoonshineRecognizer(grammar=grammar)

    def is_order(sound: Pcm) -> bool:
        stream = recognizer.stream(View())
        stream.feed(sound, 0)
        return accepted(stream.decode(careful=True), Thresholds().accept)

    return is_order


def _sounds(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix in (".flac", ".wav", ".opus", ".ogg"))


def _noises(folder: Path) -> list[Pcm]:
    """The second half of each noise: the first is for fitting."""
    sounds = [read_sound(folder / name) for name in NOISES if (folder / name).is_file()]
    sounds = sounds or [read_sound(file) for file in sorted(folder.glob("*.flac"))]
    return [sound[len(sound) // 2 :] for sound in sounds]


def _takes(
    orders: Sequence[RecordedOrder], studio: Studio, count: int, seed: int
) -> list[Take]:
    random = np.random.default_rng(seed)
    chosen = [orders[number] for number in random.permutation(len(orders))[:count]]
    takes = [studio.human(order, number % 2 == 1) for number, order in enumerate(chosen)]
    spoken = home_orders()
    if count < len(spoken):
        spoken = [spoken[number] for number in sorted(random.permutation(len(spoken))[:count])]
    takes += [studio.spoken(order, VOICES[(number + number // 6) % 3]) for number, order in enumerate(spoken)]
    return [takes[number] for number in random.permutation(len(takes))]


async def _run(config: Any, takes: Sequence[Take]) -> list[Score]:
    scores = []
    async with rig(config) as bench_rig:
        for number, take in enumerate(takes, 1):
            await _prepare(bench_rig.agent, take)
            before = states(bench_rig.agent)
            protocol = await bench_rig.play(take.sound)
            score = judge(take, protocol, before, states(bench_rig.agent))
            scores.append(score)
            console.print(_line(number, len(takes), score), highlight=False)
    return scores


async def _prepare(agent: Agent, take: Take) -> None:
    """Bring the devices into the state in which the order changes something."""
    if isinstance(take.order, HomeOrder):
        await asyncio.gather(*(
            agent.home.act(device, command, value) for device, (command, value) in take.order.before.items()
        ))


def states(agent: Agent) -> States:
    """What every device is like, as far as orders change it."""
    return {
        device.id: {key: value for key, value in device.state.items() if key in ORDERED}
        for device in agent.home.devices.values()
    }


def judge(take: Take, protocol: Protocol, before: States, after: States) -> Score:
    """What became of a take, with the home as it was before and after."""
    replies = [sounded.at for sounded in protocol.sounded if sounded.what == "answer" and sounded.at > take.end - SLACK]
    right = _right(take, protocol, before, after)
    finished = [event for _, event in protocol.all(PlaybackFinished) if event.what == "answer" and event.completed]
    stages = {event.stage: event.seconds for _, event in protocol.all(StageTimed)}
    answered, final = protocol.last(Answered), protocol.last(FinalHeard)
    seconds = replies[0] - take.end if right and replies else math.inf
    return Score(
        take, right, _cut_off(take, protocol), seconds, len(finished), stages, answered.text if answered else "",
        final.late if final else None,
    )


def _right(take: Take, protocol: Protocol, before: States, after: States) -> bool:
    understood, answered = protocol.last(Understood), protocol.last(Answered)
    if understood is None or answered is None:
        return False
    if isinstance(take.order, RecordedOrder):
        slots = {name: str(value) for name, value in understood.slots.items()}
        return slots == dict(take.order.slots) and answered.outcome == "done"
    wanted = take.order.after
    met = all(after[device].get(key) == value for device, state in wanted.items() for key, value in state.items())
    untouched = all(after[device] == state for device, state in before.items() if device not in wanted)
    said = take.order.says.lower() in answered.text.lower()
    return met and untouched and said and answered.outcome in ("done", "info", "already")


def _cut_off(take: Take, protocol: Protocol) -> bool:
    """Whether the turn closed, an answer began or an action was taken before the true end."""
    early = take.end - SLACK
    return (
        any(at < early for at, _ in protocol.all(TurnEnded))
        or any(at < early for at, _ in protocol.all(ActionRequested))
        or any(sounded.at < early for sounded in protocol.sounded if sounded.what in ("answer", "question"))
    )


def summary(scores: Sequence[Score]) -> dict[str, Any]:
    """The benchmark's keys."""
    whole = [score for score in scores if score.take.pause == "whole"]
    rest = [score for score in scores if score.take.pause != "whole"]
    delays = [score.seconds * 1000 for score in rest]
    stages: dict[str, list[float]] = defaultdict(list)
    for score in rest:
        for stage, seconds in score.stages.items():
            stages[stage].append(seconds * 1000)
    done = sum(score.right and score.answers == 1 for score in whole)
    lates = [score.late * 1000 for score in rest if score.late is not None]
    return {
        "p50_ms": report.percentile(delays, 50), "p95_ms": report.percentile(delays, 95),
        "wrong": report.share(sum(not score.right for score in rest), len(rest)),
        "early_cutoff_rate": report.share(sum(score.cut_off for score in rest), len(rest)),
        **{f"early_cutoff_{kind}": _cut_offs(rest, kind) for kind in ("none", "incomplete")},
        "whole_then_more_right": report.share(done, len(whole)),
        "final_within_60ms": report.share(sum(late <= FINAL_MS for late in lates), len(lates)),
        "final_p95_ms": report.percentile(lates, 95),
        **{f"stage_{stage}_ms": report.percentile(values, 50) for stage, values in sorted(stages.items())},
    }


def _cut_offs(scores: Sequence[Score], pause: str) -> dict[str, float]:
    chosen = [score for score in scores if score.take.pause == pause]
    return report.share(sum(score.cut_off for score in chosen), len(chosen))


def _line(number: int, total: int, score: Score) -> str:
    verdict = "right" if score.right else "WRONG"
    early = " CUT OFF" if score.cut_off and score.take.pause != "whole" else ""
    delay = f"{score.seconds * 1000:5.0f} ms" if math.isfinite(score.seconds) else "        "
    name = score.take.name[:50]
    return f"{number:3}/{total} {verdict} {delay} {score.take.pause:10} {name:50} {score.said[:60]}{early}"
