"""``bench commands``: are people's orders understood, in quiet and in noise, and is everything else refused?

Recorded orders with labels go straight to the recogniser, whose grammar holds the skill *beside* all shipped skills,
the English home-assistant-intents and 200 devices; what it refuses may still be understood by its open text, as in a
turn of the default configuration. It is read twice at most, as a whole: a turn may look again, at more of the room.
An order is understood when it is accepted without asking and intent and all slots are those of its label,
nothing extra. Noise: the second half of each file, its strongest 2,048 samples at the SNR below the speech's strongest,
the mix scaled to half of full range. No recording of an order was used for fitting, and of the noises other halves;
the confidence was fitted on spoken orders of another form, among others (training/asr/fit_confidence.py).

Keys for each condition (``clean``, ``dishes_12db``, ..., and ``12db``, the mean over the noises, whose intervals are
those of the orders, however many noises each was heard in): ``understood_C``, ``wrong_accepted_C``, ``asked_back_C``,
``refused_C``, ``p50_ms_C`` and ``p95_ms_C`` of decoding after the last sample;
``unrelated_accepted``, ``unrelated_accepted_NAME`` by folder; ``near_accepted``, of 200 spoken sentences that are
nearly orders; ``real_time_factor`` on one core.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console

from assistant.asr.base import Hypothesis, Recognizer
from assistant.audio.files import read_sound
from assistant.audio.frames import SAMPLE_RATE, Pcm
from assistant.bench import report
from assistant.bench.contestant import Contestant, contestant
from assistant.bench.crowd import crowded
from assistant.bench.latency import NOISES
from assistant.bench.near import near_orders, spoken
from assistant.bench.orders import RecordedOrder, recorded
from assistant.bench.sounds import add_noise, noise_gain
from assistant.dialogue.chain import Chain
from assistant.dialogue.keeper import GrammarKeeper
from assistant.grammar.base import View
from assistant.grammar.grammar import Grammar
from assistant.paths import measuring_data
from assistant.registry import Registry
from assistant.turns.endpoint import EndpointConfig, accepted
from assistant.turns.judge import Thresholds, Verdict, judge
from assistant.turns.rivals import weighed
from assistant.turns.sense import sense

SNRS_DB = (24.0, 18.0, 12.0, 6.0)
SOUNDS = ("*.flac", "*.wav", "*.opus", "*.ogg")
VIEW = View(area="living room")
SEED = 1
CERTAIN = EndpointConfig().certain

console = Console(stderr=True)


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of one sound."""

    verdict: Verdict
    meaning: tuple[str, str, dict[str, Any]] | None
    """Skill, intent and slots of the best reading."""
    seconds: float
    """Of decoding, after its last sample."""


def bench(
    skill: Annotated[Path, typer.Option(help="folder of the skill that the orders are for")],
    audio: Annotated[Path | None, typer.Option(help="folder of recorded orders")] = None,
    labels: Annotated[Path | None, typer.Option(help="their labels")] = None,
    noise: Annotated[list[Path] | None, typer.Option(help="noises; dishes and tap by default")] = None,
    snr: Annotated[list[float] | None, typer.Option(help="dB; 24, 18, 12 and 6 by default")] = None,
    unrelated: Annotated[list[Path] | None, typer.Option(help="folders of speech that is for nobody")] = None,
    near: Annotated[bool, typer.Option("--near", help="also spoken sentences that are nearly orders")] = False,
    backend: Annotated[str, typer.Option(help="recogniser: BACKEND[,OPTION=VALUE...]")] = "moonshine",
    only: Annotated[bool, typer.Option(help="nothing but the skill in the grammar")] = False,
    count: Annotated[
        int, typer.Option("-n", min=1, help="at most so many orders, and unrelated sounds of a folder")
    ] = 1000,
    json_file: Annotated[Path | None, typer.Option("--json", help="write the results here")] = None,
) -> None:
    """Recorded orders: understood, wrongly accepted, asked back, refused; and unrelated speech accepted."""
    audio = audio or measuring_data() / "commands" / "coffee"
    orders = recorded(audio, labels or audio / "labels.json")[:count]
    listener = Listener(crowded([skill], only=only), contestant(backend), skill.name)
    results = order_results(listener, orders, noise or [measuring_data() / "noise" / name for name in NOISES],
                            SNRS_DB if snr is None else snr)
    results |= unrelated_results(listener, unrelated or [], count)
    results |= near_results(listener, near_orders()[:count]) if near else {}
    results |= {"real_time_factor": listener.busy / listener.listened, "backend": backend, "orders": len(orders)}
    report.publish("commands", results, json_file)


class Listener:
    """A recogniser and the judgement of a turn that a wake word opened."""

    def __init__(self, grammar: Grammar, one: Contestant, skill: str) -> None:
        self.grammar = grammar
        self.skill = skill
        self.busy = 0.0
        """Seconds of processor time,"""
        self.listened = 0.0
        """for so many seconds of sound."""
        self._recognizer: Recognizer = Registry().build("asr", one.backend, one.options, grammar=grammar)
        self._thresholds = Thresholds()
        keeper = GrammarKeeper(grammar)
        self._chain = Chain([("grammar", keeper.by_reading), ("open", keeper.by_open_text)])

    def hear(self, sound: Pcm) -> Heard:
        """Recognise and judge a sound as if it were all that was said after the wake word."""
        began = time.process_time()
        stream = self._recognizer.stream(VIEW)
        stream.feed(sound, 0)
        asked = time.perf_counter()
        found = [stream.decode()]
        if not accepted(weighed(found, self._meaning), CERTAIN):
            found.append(stream.decode(careful=True))
        hypothesis = weighed(found, self._meaning)
        seconds = time.perf_counter() - asked
        stream.close()
        self.busy += time.process_time() - began
        self.listened += len(sound) / SAMPLE_RATE
        return Heard(*self._judged(hypothesis), seconds)

    def _judged(self, hypothesis: Hypothesis) -> tuple[Verdict, tuple[str, str, dict[str, Any]] | None]:
        """What a turn makes of it: what it refuses or doubts may still be orders in the open text."""
        judgement = judge(self._thresholds, hypothesis, addressed=True)
        if judgement.verdict is Verdict.IGNORE:
            return judgement.verdict, None
        found = sense(self._chain, judgement, hypothesis, VIEW)
        verdict = judgement.verdict
        if found.orders:
            verdict = Verdict.ASK_BACK if found.doubted else Verdict.ACCEPT
        first = found.orders[0] if len(found.orders) == 1 else None
        meaning = (first.skill, first.intent, first.slots) if first is not None else None
        return verdict, meaning

    def _meaning(self, text: str) -> tuple[str, str, dict[str, Any]] | None:
        found = self.grammar.match(text, VIEW)
        return (found[0].skill, found[0].intent, found[0].slots) if found else None


def order_results(
    listener: Listener, orders: Sequence[RecordedOrder], noises: Sequence[Path], snrs: Sequence[float]
) -> dict[str, Any]:
    """Each order in quiet, and in each noise at each level."""
    clips = [read_sound(order.file) for order in orders]
    results = condition(listener, orders, clips, "clean")
    for level in snrs:
        mean: list[tuple[RecordedOrder, Heard]] = []
        for path in noises:
            generator = np.random.default_rng(SEED)
            sound = read_sound(path)
            half = sound[len(sound) // 2 :]
            mixed = [noisy(clip, half, level, generator) for clip in clips]
            heard = [listener.hear(clip) for clip in mixed]
            mean += list(zip(orders, heard, strict=True))
            results |= tally(listener.skill, list(zip(orders, heard, strict=True)), f"{path.stem}_{level:.0f}db")
        if noises:
            results |= tally(listener.skill, mean, f"{level:.0f}db", len(noises))
    return results


def condition(
    listener: Listener, orders: Sequence[RecordedOrder], clips: Sequence[Pcm], name: str
) -> dict[str, Any]:
    """The orders as they are."""
    heard = [(order, listener.hear(clip)) for order, clip in zip(orders, clips, strict=True)]
    return tally(listener.skill, heard, name)


def noisy(clip: Pcm, noise: Pcm, snr_db: float, generator: np.random.Generator) -> Pcm:
    """The clip in noise, scaled to half of full range."""
    gain = noise_gain(clip, noise, snr_db)
    mixed = add_noise(clip, noise, gain, int(generator.integers(len(noise)))).astype(np.float64)
    return np.asarray(np.rint(mixed * 16384.0 / max(1.0, np.abs(mixed).max())), dtype=np.int16)


def tally(skill: str, heard: Sequence[tuple[RecordedOrder, Heard]], name: str, noises: int = 1) -> dict[str, Any]:
    """The keys of one condition, or of several in which the same orders were heard."""
    right = [one.meaning == (skill, order.intent, dict(order.slots)) for order, one in heard]
    accept = [one.verdict is Verdict.ACCEPT for _, one in heard]
    asked = sum(one.verdict is Verdict.ASK_BACK for _, one in heard)
    understood = sum(a and r for a, r in zip(accept, right, strict=True))
    n, milliseconds = len(heard), [one.seconds * 1000 for _, one in heard]
    console.print(f"{name}: {understood} of {n} understood, {sum(accept) - understood} wrong, {asked} asked back")
    return {
        f"understood_{name}": report.share(understood, n, noises),
        f"wrong_accepted_{name}": report.share(sum(accept) - understood, n, noises),
        f"asked_back_{name}": report.share(asked, n, noises),
        f"refused_{name}": report.share(n - sum(accept) - asked, n, noises),
        f"p50_ms_{name}": report.percentile(milliseconds, 50), f"p95_ms_{name}": report.percentile(milliseconds, 95),
    }


def unrelated_results(listener: Listener, folders: Iterable[Path], count: int) -> dict[str, Any]:
    """How much speech that is no order is taken for one."""
    results: dict[str, Any] = {}
    total = taken = 0
    for folder in folders:
        accepts = [_taken(listener, path) for path in measuring_half(folder, count)]
        results[f"unrelated_accepted_{folder.name}"] = report.share(sum(accepts), len(accepts))
        total, taken = total + len(accepts), taken + sum(accepts)
        console.print(f"{folder.name}: {sum(accepts)} of {len(accepts)} accepted")
    return results | ({"unrelated_accepted": report.share(taken, total)} if total else {})


def _taken(listener: Listener, path: Path) -> bool:
    """Whether a recording is taken for an order."""
    heard = listener.hear(read_sound(path))
    if heard.verdict is not Verdict.ACCEPT:
        return False
    console.print(f"accepted: {path.name}: {heard.meaning}")
    return True


def near_results(listener: Listener, texts: Sequence[str]) -> dict[str, Any]:
    """How many sentences outside the grammar are taken for one inside it, and how many lead to a question."""
    verdicts = []
    for number, text in enumerate(texts):
        heard = listener.hear(spoken(number, text))
        verdicts.append(heard.verdict)
        if heard.verdict is Verdict.ACCEPT:
            console.print(f"accepted: {text}: {heard.meaning}")
    return {
        f"near_{name}": report.share(verdicts.count(verdict), len(verdicts))
        for name, verdict in (("accepted", Verdict.ACCEPT), ("asked_back", Verdict.ASK_BACK))
    }


def measuring_half(folder: Path, count: int) -> list[Path]:
    """Recordings of a folder, of speakers with even numbers where files or folders begin with a speaker's number."""
    paths = sorted(path for pattern in SOUNDS for path in folder.rglob(pattern))
    kept = [path for path in paths if _speaker(path, folder) % 2 == 0]
    order = np.random.default_rng(SEED).permutation(len(kept))[:count]
    return [kept[index] for index in sorted(order)]


def _speaker(path: Path, folder: Path) -> int:
    """The speaker's number in ``speaker/clip`` or ``speaker-clip``; 0 where there is none."""
    name = path.parent.name if path.parent != folder else path.name.split("-")[0]
    digits = "".join(character for character in name if character.isdigit())
    return int(digits) if digits else 0
