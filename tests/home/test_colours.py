"""Colours: every name survives the ways lamps speak of it."""

from __future__ import annotations

import pytest

from assistant.home.colours import (
    COLOURS,
    WHITES,
    find_colour,
    find_white,
    hs_to_rgb,
    hue_saturation,
    kelvin_to_rgb,
    name_colour,
    name_white,
    rgb_to_xy,
    same_colour,
    xy_to_rgb,
)


@pytest.mark.parametrize("name", COLOURS)
def test_a_colour_keeps_its_name_through_xy_and_hs(name: str) -> None:
    rgb = COLOURS[name]
    hue, saturation = hue_saturation(rgb)
    assert name_colour(rgb) == name
    assert same_colour(hs_to_rgb(hue, saturation * 100), rgb)
    assert same_colour(xy_to_rgb(*rgb_to_xy(rgb)), rgb)


def test_different_colours_are_different() -> None:
    for one, other in [("red", "green"), ("red", "white"), ("blue", "purple"), ("yellow", "orange"), ("pink", "red")]:
        assert not same_colour(COLOURS[one], COLOURS[other])


def test_known_chromaticities() -> None:
    assert rgb_to_xy((255, 255, 255)) == pytest.approx((0.3127, 0.3290), abs=0.001)  # D65
    assert rgb_to_xy((255, 0, 0)) == pytest.approx((0.64, 0.33), abs=0.001)  # sRGB primary
    assert kelvin_to_rgb(6500) == pytest.approx((255, 255, 255), abs=12)
    assert kelvin_to_rgb(2000)[2] < 60 < kelvin_to_rgb(2000)[1]


def test_names() -> None:
    assert find_colour("Light-Blue") == COLOURS["light blue"]
    assert find_colour("ultraviolet") is None
    assert find_white("day light") == WHITES["daylight"]
    assert name_white(2650) == "warm white"
