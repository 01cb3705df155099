"""``bench grammar``: how soon the grammar can be asked, what it weighs, and how soon a new device is heard.

A home of 10, 50 or 200 devices, the shipped skills, 5 or 20 skills that people add (``assistant/bench/sentences``),
without and with (``_ha``) the English home-assistant-intents, decoded with Moonshine's vocabulary. Each case runs in
fresh processes, again and again; nothing is warm before.

Keys, each behind its case (``200d_20s_ha_``): ``compile_seconds`` from the texts of the sentence files to a constraint
that can be asked, all parsing included, ``compile_cpu_seconds`` of processor time; ``mb_compiled`` and ``mb``, what
that added to the process, and after 160 orders were walked (resident set size); ``start_mask_ms``, the first mask of
all; ``first_mask_ms_p50`` and ``_p95``, one token's mask where nobody has been, ``steady_mask_ms_...`` where somebody
has; ``order_ms_cold_...``, masks of a whole order for a grammar just compiled, ``order_ms_shared_...`` after others,
``order_ms_warm_...`` once more.

``new_device_ms_...``: from a device added to the household's vocabulary until the decoder's constraint and the matcher
accept "turn on the NEWNAME" and the first mask stands, in this process; ``new_device_worker_ms_...``: the same through
the keeper, which waits for a burst of devices to end, the client and the recogniser's own process.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Sequence
from itertools import product
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from assistant.bench import report
from assistant.bench.grammar_case import Case, Measured, measure

DEVICES = (10, 50, 200)
SKILLS = (5, 20)

console = Console(stderr=True)


def bench(
    devices: Annotated[list[int] | None, typer.Option(help="devices of the home; 10, 50 and 200 by default")] = None,
    skills: Annotated[list[int] | None, typer.Option(help="added skills, up to 20; 5 and 20 by default")] = None,
    runs: Annotated[int, typer.Option(help="processes of each case")] = 5,
    orders: Annotated[int, typer.Option(help="orders walked in each")] = 160,
    json_file: Annotated[Path | None, typer.Option("--json", help="write the results here")] = None,
) -> None:
    """Compile time, memory, time of masks, and time until a new device is heard and understood."""
    results: dict[str, Any] = {"runs": runs, "orders": orders}
    for case in cases(devices or DEVICES, skills or SKILLS):
        found = [fresh(case, orders, seed) for seed in range(runs)]
        results |= figures(case, found)
        seconds, mb = results[f"{case.name}_compile_seconds"]["value"], results[f"{case.name}_mb"]["value"]
        console.print(f"{case.name}: {seconds:.2f} s, {mb:.0f} MB", highlight=False)
    report.publish("grammar", results, json_file)


def cases(devices: Iterable[int], skills: Iterable[int]) -> list[Case]:
    """Each home with each number of skills, without Home Assistant's sentences and with them."""
    return [Case(*one) for one in product(devices, skills, (False, True))]


def fresh(case: Case, orders: int, seed: int) -> Measured:
    """What a new process measures."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, (case, orders, seed))


def figures(case: Case, found: Sequence[Measured]) -> dict[str, Any]:
    """The keys of a case: medians over processes, percentiles over what all of them timed."""
    results: dict[str, Any] = {}
    for key in ("compile_seconds", "compile_cpu_seconds", "mb_compiled", "mb", "start_mask_ms"):
        results[f"{case.name}_{key}"] = report.percentile([getattr(one, key) for one in found], 50)
    for key in ("first_mask_ms", "steady_mask_ms", "order_ms_cold", "order_ms_shared", "order_ms_warm",
                "new_device_ms", "new_device_worker_ms"):
        times = [time for one in found for time in getattr(one, key)]
        for q in (50, 95):
            results[f"{case.name}_{key}_p{q}"] = report.percentile(times, q)
    return results
