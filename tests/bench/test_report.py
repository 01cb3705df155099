"""Intervals against values from the literature, and reports that keep every number with its interval."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from assistant.bench.report import Z, flat, percentile, publish, rate, share, statistic


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(5, 10, 0.2366, 0.7634), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (90, 100, 0.8256, 0.9448),
     (1, 29, 0.0061, 0.1718), (81, 263, 0.2553, 0.3662)],
)
def test_a_share_has_wilsons_interval(hits: int, n: int, low: float, high: float) -> None:
    """The last two: Newcombe, Statistics in Medicine 17 (1998), method 3."""
    found = share(hits, n)
    assert found["value"] == hits / n and found["n"] == n
    assert found["low"] == pytest.approx(low, abs=6e-5) and found["high"] == pytest.approx(high, abs=6e-5)


def test_what_is_counted_twice_is_no_surer() -> None:
    once, twice = share(90, 100), share(180, 200, times=2)
    assert (twice["value"], twice["n"]) == (0.9, 200)
    assert (twice["low"], twice["high"]) == (once["low"], once["high"])
    assert twice["low"] < share(180, 200)["low"] and twice["high"] > share(180, 200)["high"]


@pytest.mark.parametrize(("hits", "n"), [(3, 7), (1, 200), (999, 1000)])
def test_wilsons_bounds_are_the_shares_that_just_explain_what_was_seen(hits: int, n: int) -> None:
    found = share(hits, n)
    for bound in (found["low"], found["high"]):
        assert abs(hits / n - bound) == pytest.approx(Z * math.sqrt(bound * (1 - bound) / n), rel=1e-6)


def test_a_share_of_nothing_is_no_number() -> None:
    found = share(0, 0)
    assert found["n"] == 0 and all(math.isnan(found[key]) for key in ("value", "low", "high"))


@pytest.mark.parametrize(
    ("events", "low", "high"), [(0, 0.0, 3.689), (5, 1.623, 11.668), (10, 4.795, 18.390), (100, 81.364, 121.627)]
)
def test_a_rate_has_garwoods_interval(events: int, low: float, high: float) -> None:
    """Garwood, Biometrika 28 (1936): 95 % bounds of a Poisson mean; within one per cent."""
    found = rate(events, 4.0)
    assert found["value"] == events / 4 and found["hours"] == 4.0 and found["n"] == events
    assert found["low"] * 4 == pytest.approx(low, rel=0.01) and found["high"] * 4 == pytest.approx(high, rel=0.01)


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(value) for value in range(1, 101)]
    median, high = percentile(values, 50), percentile(values, 95)
    assert (median["value"], high["value"], median["n"]) == (51.0, 96.0, 100)
    assert all(found[bound] in values for found in (median, high) for bound in ("low", "high"))


def test_the_interval_of_a_median_is_that_of_the_order_statistics() -> None:
    """Exact for 100 values: the 40th and the 61st (Conover, Practical Nonparametric Statistics, 3.2)."""
    found = percentile([float(value) for value in range(1, 101)], 50)
    assert abs(found["low"] - 40) <= 2 and abs(found["high"] - 61) <= 2


def test_the_interval_of_a_mean_is_that_of_the_normal_distribution() -> None:
    values = list(np.random.default_rng(1).normal(10.0, 2.0, 400))
    found = statistic(values, lambda array: float(np.mean(array)))
    half = Z * float(np.std(values)) / math.sqrt(len(values))
    assert found["low"] == pytest.approx(found["value"] - half, abs=0.03)
    assert found["high"] == pytest.approx(found["value"] + half, abs=0.03)


def test_the_same_values_give_the_same_interval() -> None:
    values = [1.0, 2.0, 5.0, 9.0]
    assert percentile(values, 50) == percentile(values, 50)


def test_what_never_came_counts_as_infinite() -> None:
    values = [100.0] * 90 + [math.inf] * 10
    assert percentile(values, 50)["value"] == 100.0
    assert percentile(values, 95)["value"] == math.inf == percentile(values, 95)["high"]
    assert percentile([math.inf] * 3, 50)["low"] == math.inf


def test_no_values_give_no_number() -> None:
    assert math.isnan(percentile([], 50)["value"]) and percentile([], 50)["n"] == 0


def test_flat_keeps_every_interval_beside_its_value() -> None:
    results = {"wrong": share(5, 10), "speed": {"fast": 1, "again": {"value": 2.0, "low": 1.0, "high": 3.0}}, "x": "y"}
    plain = flat(results)
    assert plain["wrong"] == 0.5 and plain["wrong_n"] == 10 and plain["wrong_low"] == pytest.approx(0.2366, abs=1e-4)
    assert (plain["speed_fast"], plain["speed_again"], plain["speed_again_high"], plain["x"]) == (1, 2.0, 3.0, "y")


def test_a_report_is_printed_and_written_with_its_machine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "report.json"
    publish("latency", {"wrong": share(5, 10), "seed": 7, "takes": np.int64(3)}, file)
    body = json.loads(file.read_text("utf8"))
    assert body["benchmark"] == "latency" and body["wrong"] == 0.5 and body["seed"] == 7 and body["takes"] == 3
    assert body["cores"] and body["python"] and body["version_assistant"] and body["version_numpy"]
    printed = capsys.readouterr().out
    assert "wrong" in printed and "0.237 to 0.763" in printed and "seed" in printed


def test_a_file_without_numbers_is_json_still(tmp_path: Path) -> None:
    file = tmp_path / "latency.json"
    publish("latency", {"p95_ms": percentile([math.inf] * 3, 95), "wrong": share(0, 0), "worst": math.inf}, file)
    body = json.loads(file.read_text("utf8"), parse_constant=pytest.fail)
    assert body["p95_ms"] is body["p95_ms_high"] is body["wrong"] is body["worst"] is None and body["p95_ms_n"] == 3
