"""All skills that are here: those that ship, the user's own, those of packages; which are on, and why not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import AssistantError, SkillError
from assistant.paths import data_dir, shipped_dir
from assistant.skills.choices import Choices, key
from assistant.skills.loader import MANIFEST, LoadedSkill, declared_name, load_skill, skill_folders
from assistant.skills.packages import packaged_skills
from assistant.yamlfile import nearest

if TYPE_CHECKING:
    from assistant.config import Config

SHIPPED, YOURS = "ships", "yours"
HIDDEN = "another of this name comes first"
KEPT_BACK = "another of this name comes before it"
WAITS = "waits to be allowed"
"""What the reason begins with why a skill is off whose first of that name cannot be loaded."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A skill that is here."""

    name: str
    folder: Path
    origin: str
    """``ships``, ``yours``, or name and version of the package."""
    skill: LoadedSkill | None = None
    fault: AssistantError | None = None
    """Why it cannot be loaded."""
    off: str = ""
    """Why it is not loaded though it could be; empty if it is."""

    @property
    def packaged(self) -> bool:
        """Whether a package brought it: what that may reach was asked."""
        return self.origin not in (SHIPPED, YOURS)


def own_folder() -> Path:
    """Where the user's skills are."""
    return data_dir() / "skills"


def catalogue(config: Config) -> list[Entry]:
    """Every skill, the user's before what ships; of two with one name the first is loaded.

    A first one that is wrong hides the others all the same: whoever put his own in place of one that ships does not
    want that one to act in its stead.
    """
    choices, first, found = Choices.readable()[0], dict[str, Entry](), list[Entry]()
    for folder, origin in _places(config):
        entry = _entry(folder, origin, config, choices)
        if entry.name in first:
            other = first[entry.name]
            off = HIDDEN if other.fault is None else f"{KEPT_BACK}, and is wrong: {other.folder}"
            entry = replace(entry, off=off)
        elif not entry.off:
            first[entry.name] = entry
        found.append(entry)
    return found


def find(name: str, config: Config) -> Entry:
    """The skill of a name, or in a folder.

    Raises:
        SkillError: there is none.
    """
    path = Path(name).expanduser()
    if (path / MANIFEST).is_file():
        return _entry(path.absolute(), YOURS, config, Choices.readable()[0])
    known = catalogue(config)
    for entry in sorted(known, key=lambda entry: bool(entry.off)):
        if name in (entry.name, entry.folder.name):
            return entry
    if path.is_dir():
        raise SkillError(f"there is no {MANIFEST}", where=str(path), mend="assistant skill new NAME makes a whole one")
    raise SkillError(f"there is no skill {name!r}", mend=nearest(name, sorted({entry.name for entry in known})))


def loadable(config: Config) -> tuple[list[Path], list[Path], list[AssistantError]]:
    """Folders of the skills that are on: those that ship, the others; and what keeps further ones from being so."""
    entries = catalogue(config)
    on = [entry for entry in entries if not entry.off]
    shipped = [entry.folder for entry in on if entry.origin == SHIPPED]
    damage = Choices.readable()[1]
    problems = [problem for entry in entries if (problem := _problem(entry)) is not None]
    others = [entry.folder for entry in on if entry.origin != SHIPPED]
    return shipped, others, [*([] if damage is None else [damage]), *problems]


def _problem(entry: Entry) -> AssistantError | None:
    """Why a skill is not loaded that somebody may wait for."""
    what = f"skill {entry.name}: {entry.off}"
    if entry.off.startswith(WAITS):
        return SkillError(what, where=entry.origin, mend=f"assistant skill enable {entry.name}")
    if entry.off.startswith(KEPT_BACK):
        return SkillError(what, where=str(entry.folder), mend="mend that one, or move it away")
    return None


def _places(config: Config) -> Iterator[tuple[Path, str]]:
    for folder in skill_folders([*config.skills.folders, own_folder()]):
        yield folder, YOURS
    for packaged in packaged_skills():
        yield packaged.folder, packaged.package
    for folder in skill_folders([shipped_dir() / "skills"]):
        yield folder, SHIPPED


def _entry(folder: Path, origin: str, config: Config, choices: Choices) -> Entry:
    try:
        skill = load_skill(folder, config.language)
    except AssistantError as error:
        name = declared_name(folder)
        return Entry(name, folder, origin, None, error, _off(name, (), origin, config, choices))
    return Entry(skill.name, folder, origin, skill, None, _off(skill.name, skill.manifest.grants, origin, config,
                                                               choices))


def _off(name: str, grants: tuple[str, ...], origin: str, config: Config, choices: Choices) -> str:
    if name in config.skills.disabled:
        return "off in your settings"
    if name in choices.disabled:
        return "off"
    if origin in (SHIPPED, YOURS):
        return ""
    package = key(origin, name)
    if package not in choices.granted:
        return WAITS
    lacking = choices.lacking(package, grants)
    return f"{WAITS}: {', '.join(lacking)}" if lacking else ""
