"""The probe hides nothing: events due while the loop is held up count in full; figures of single runs and of all."""

from __future__ import annotations

import asyncio
import time

from assistant.bench.bus import PROBES, figures, probe, throughput_ratio
from assistant.bench.report import flat
from assistant.bus import Bus

BLOCK = 0.2
"""Seconds for which the loop is held up."""


async def test_an_event_that_is_due_while_the_loop_is_held_up_counts_from_then() -> None:
    bus = Bus()
    asyncio.get_running_loop().call_later(0.1, time.sleep, BLOCK)
    delays = await probe(bus, 50)
    await bus.close()
    assert len(delays) == 50
    worst = sorted(delays, reverse=True)
    for number in range(round(BLOCK * PROBES)):
        assert worst[number] >= 1000 * BLOCK - 1000 / PROBES * (number + 1), "each of those due meanwhile"


async def test_a_slow_handler_is_part_of_the_delay_of_those_behind_it() -> None:
    bus = Bus()
    held = bus.actor("slow", lambda event: time.sleep(0.02))
    delays = await probe(bus, 20)
    await held.close()
    await bus.close()
    assert max(delays) >= 140, "twenty events, 20 ms each, 10 ms apart: the last is handled some 200 ms late"


def test_single_runs_and_all_runs_are_reported_with_their_numbers() -> None:
    quick, slow = [1.0] * 2 * PROBES, [1.0] * PROBES + [2.0] * (PROBES - 1) + [80.0]
    plain = flat(figures([quick, slow, quick]))
    assert (plain["p50_ms"], plain["max_ms"], plain["p50_ms_n"], plain["max_ms_n"]) == (1.0, 80.0, 600, 600)
    assert (plain["run_1_max_ms"], plain["run_2_max_ms"], plain["run_2_p99_ms"], plain["run_3_p99_ms"]) == (1, 80, 2, 1)
    assert (plain["max_median_ms"], plain["max_median_ms_n"], plain["run_2_p99_ms_n"]) == (1.0, 3, 200)


def test_the_interval_of_a_second_full_of_delays_is_as_wide_as_one_second_is_rare() -> None:
    plain = flat(figures([[1.0] * 9 * PROBES + [50.0] * PROBES]))
    assert (plain["p99_ms_low"], plain["p99_ms"], plain["p99_ms_high"]) == (1.0, 50.0, 50.0)


async def test_the_throughput_of_bus_and_queue_is_compared() -> None:
    assert 0.0 < await throughput_ratio(2000) < 10.0
