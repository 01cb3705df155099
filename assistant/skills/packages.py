"""Skills that come as Python packages: an entry point ``assistant.skills`` names the package that is the folder.

.. code-block:: toml

    [project.entry-points."assistant.skills"]
    tea = "my_tea_skill"

Nothing of the package is imported to find it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.machinery import PathFinder
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

GROUP = "assistant.skills"


@dataclass(frozen=True, slots=True)
class PackagedSkill:
    """A skill in an installed package."""

    name: str
    folder: Path
    package: str
    """Name and version of the distribution."""


def packaged_skills() -> list[PackagedSkill]:
    """Skills of all installed packages; an entry point whose folder is not there is left out."""
    return list(_found())


def _found() -> Iterator[PackagedSkill]:
    for point in entry_points(group=GROUP):
        folder = package_folder(point.value)
        if folder is not None:
            yield PackagedSkill(point.name, folder, _distribution(point))


def package_folder(module: str) -> Path | None:
    """Folder of a package, found without running any of its code."""
    places: list[str] | None = None
    for part in module.split("."):
        spec = PathFinder.find_spec(part, places)
        if spec is None or spec.submodule_search_locations is None:
            return None
        places = list(spec.submodule_search_locations)
    return Path(places[0]) if places else None


def _distribution(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist is not None else "a package"
