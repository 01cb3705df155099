"""A network learns what no straight line divides, the same way each time; certainties can be taken at their word."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.nlu.calibration import Calibration, calibrate
from assistant.nlu.network import Floats, Labels, Network, Settings, fit, softmax

EASY = Settings(hidden=24, epochs=60, rate=2e-2, batch=32, dropout=0.0)


def quarters() -> tuple[Floats, Labels]:
    """Points whose class is whether both numbers have the same sign."""
    points = np.random.default_rng(0).uniform(-1, 1, (400, 2)).astype(np.float32)
    return points, (points[:, 0] * points[:, 1] > 0).astype(np.int64)


def fitted(settings: Settings = EASY) -> Network:
    points, labels = quarters()
    return fit(lambda chosen: points[chosen], labels, 2, settings)


def test_it_learns_what_no_straight_line_divides() -> None:
    points, labels = quarters()
    assert (fitted().logits(points).argmax(axis=1) == labels).mean() > 0.95
    straight = fitted(Settings(hidden=0, epochs=60, rate=2e-2, batch=32, dropout=0.0))
    assert (straight.logits(points).argmax(axis=1) == labels).mean() < 0.7


def test_the_same_seed_gives_the_same_weights_and_another_does_not() -> None:
    first, second = fitted(), fitted()
    assert all(np.array_equal(a, b) for a, b in zip(first.weights, second.weights, strict=True))
    other = fitted(Settings(hidden=24, epochs=60, rate=2e-2, batch=32, dropout=0.0, seed=1))
    assert not np.array_equal(first.weights[0], other.weights[0])


def test_a_network_survives_its_arrays() -> None:
    network, (points, _) = fitted(), quarters()
    assert np.array_equal(Network.of(network.arrays()).logits(points), network.logits(points))
    assert softmax(network.logits(points)).sum(axis=1) == pytest.approx(np.ones(len(points)), abs=1e-5)


def test_few_examples_are_seen_often_enough() -> None:
    points = np.eye(3, dtype=np.float32)
    network = fit(lambda chosen: points[chosen], np.arange(3), 3, Settings(hidden=8, dropout=0.0, rate=2e-2))
    assert (network.logits(points).argmax(axis=1) == np.arange(3)).all()


def test_certainty_is_the_share_that_is_right() -> None:
    dice = np.random.default_rng(0)
    shown = dice.uniform(0.5, 1.0, 4000)
    right = dice.random(4000) < shown**4  # far less often than it says
    found = calibrate(shown, right, np.zeros(4000, bool))
    for low in (0.6, 0.75, 0.9):
        band = (shown >= low) & (shown < low + 0.1)
        assert found.certainty(shown[band]).mean() == pytest.approx(right[band].mean(), abs=0.06)


def test_thresholds_follow_those_kept_out() -> None:
    inside, outside = np.linspace(0.3, 0.99, 500), np.linspace(0.05, 0.6, 500)
    probability = np.concatenate([inside, outside])
    out = np.arange(1000) >= 500
    found = calibrate(probability, ~out, out)
    assert (found.certainty(inside) < found.refuse).mean() == pytest.approx(0.02, abs=0.005)
    assert (found.certainty(outside) > found.sure).mean() <= 0.002 and found.refuse <= found.sure
    asking = calibrate(probability, ~out, out, few_asked=0.1)
    assert (asking.certainty(outside) > asking.refuse).mean() == pytest.approx(0.1, abs=0.005)


def test_nothing_kept_out_is_no_crash() -> None:
    nothing = np.zeros(0)
    assert calibrate(nothing, nothing.astype(bool), nothing.astype(bool)) == Calibration(refuse=0.5)
