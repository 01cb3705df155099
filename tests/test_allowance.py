"""A burst, then a rate; what was refused costs nothing."""

from __future__ import annotations

from assistant.allowance import Allowance


def test_a_burst_then_so_many_a_second() -> None:
    allowance = Allowance(burst=3, per_second=2.0)
    assert [allowance.take(100.0) for _ in range(5)] == [True, True, True, False, False]
    assert not allowance.take(100.4)
    assert allowance.take(100.5) and not allowance.take(100.6)


def test_rest_is_worth_no_more_than_a_burst() -> None:
    allowance = Allowance(burst=3, per_second=2.0)
    assert [allowance.take(1000.0) for _ in range(4)] == [True, True, True, False]
