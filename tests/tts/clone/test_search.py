"""The search, on a made-up voice whose sound is a known function of its place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.audio.frames import Floats
from assistant.errors import ModelError
from assistant.tts.clone.judge import unit
from assistant.tts.clone.library import Library
from assistant.tts.clone.search import Aim, Search
from assistant.tts.clone.styles import StyleSpace
from assistant.tts.clone.surrogate import Surrogate
from assistant.tts.clone.trial import Heard

COMPONENTS = 6
ROWS = 5


def space() -> StyleSpace:
    draw = np.random.default_rng(1)
    voices = {f"v{number}": draw.normal(size=(ROWS, 256)).astype(np.float32) for number in range(20)}
    return StyleSpace(voices, COMPONENTS)


class Nature:
    """A trial in which the place itself is what is heard: 12 numbers mixed into 256, with a bend."""

    def __init__(self, space: StyleSpace) -> None:
        draw = np.random.default_rng(2)
        self._mix = draw.normal(size=(2 * COMPONENTS, 256))
        self._origin = space.style(np.zeros(2 * COMPONENTS, np.float32))
        flat = np.stack([space.style(unit_point) - self._origin for unit_point in np.eye(2 * COMPONENTS, dtype="f4")])
        self._inverse = np.linalg.pinv(flat.reshape(2 * COMPONENTS, -1))
        self.heard = 0

    def sound(self, point: Floats) -> Heard:
        vector = np.tanh(0.7 * point @ self._mix / np.sqrt(len(point))) + 0.5
        return Heard(unit(vector), float(20 + point[0]))

    def hear(self, style: Floats, sentences: object = None) -> Heard:
        self.heard += 1
        return self.sound(np.asarray((style - self._origin).reshape(-1) @ self._inverse, np.float32))


def filled(nature: Nature, space: StyleSpace, count: int = 40) -> Library:
    library = Library.empty(space.dimensions)
    draw = np.random.default_rng(3)
    for point in draw.normal(size=(count, space.dimensions)).astype(np.float32):
        library.add(point, nature.sound(point))
    return library


def test_a_voice_lies_where_its_point_says() -> None:
    draw = np.random.default_rng(1)
    voices = {f"v{number}": draw.normal(size=(ROWS, 256)).astype(np.float32) for number in range(5)}
    whole = StyleSpace(voices, 4)  # five voices differ in four directions
    for name, table in voices.items():
        apart = np.abs(whole.style(whole.point(name)).mean(axis=0) - table.mean(axis=0)).max()
        assert apart < 1e-4


def test_the_slope_is_the_slope_of_the_guess() -> None:
    made = space()
    nature = Nature(made)
    surrogate = Surrogate(filled(nature, made))
    point = np.linspace(-0.5, 0.5, made.dimensions)
    target = nature.sound(np.ones(made.dimensions, np.float32)).vector
    _, slope = surrogate.slope(point, target, 21.0, 0.01)
    for axis in range(made.dimensions):
        step = np.eye(made.dimensions)[axis] * 1e-4
        up, down = (surrogate.slope(point + sign * step, target, 21.0, 0.01)[0] for sign in (1, -1))
        assert slope[axis] == pytest.approx((up - down) / 2e-4, abs=1e-6)
    assert surrogate.error < 0.5


def test_a_search_comes_nearer_than_any_voice_it_began_with(tmp_path: Path) -> None:
    made = space()
    nature = Nature(made)
    library = filled(nature, made)
    hidden = np.array([1.2, -0.8, 0.4, 0.9, -1.1, 0.2] * 2, np.float32)
    person = nature.sound(hidden)
    aim = Aim(person.vector, person.pitch)
    search = Search(made, nature, aim, tmp_path / "kept.npz", library=library, budget=24)  # type: ignore[arg-type]
    steps = list(search.steps())
    found = nature.sound(search.result())
    assert [step.heard for step in steps] == [4, 8, 12, 16, 20, 24]
    before = float((library.vectors @ aim.vector).max())
    assert 1 - float(found.vector @ aim.vector) < 0.3 * (1 - before)
    assert abs(found.pitch - person.pitch) < 1.0


def test_a_search_that_was_killed_goes_on(tmp_path: Path) -> None:
    made = space()
    library = filled(Nature(made), made)
    aim = Aim(Nature(made).sound(np.ones(made.dimensions, np.float32)).vector, 21.0)
    first = Nature(made)
    steps = Search(made, first, aim, tmp_path / "kept.npz", library=library, budget=16).steps()  # type: ignore[arg-type]
    next(steps), next(steps)
    again = Nature(made)
    left = list(Search(made, again, aim, tmp_path / "kept.npz", library=library, budget=16).steps())  # type: ignore[arg-type]
    assert first.heard == 8 and again.heard == 8 and left[-1].heard == 16


def test_a_library_is_kept_and_a_damaged_one_named(tmp_path: Path) -> None:
    made = space()
    library = filled(Nature(made), made, 7)
    library.write(tmp_path / "library.npz")
    again = Library.read(tmp_path / "library.npz")
    assert len(again) == 7 and np.abs(again.vectors - library.vectors).max() < 1e-3
    (tmp_path / "library.npz").write_bytes(b"PK broken")
    with pytest.raises(ModelError, match="cannot be read"):
        Library.read(tmp_path / "library.npz")


def test_the_library_that_ships_fits_the_space() -> None:
    library = Library.read()
    assert len(library) >= 54 and library.points.shape[1] == 64
    assert np.allclose(np.linalg.norm(library.vectors, axis=1), 1.0, atol=1e-3)
