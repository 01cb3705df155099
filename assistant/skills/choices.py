"""What the household decided about skills: which are off, and what each that was installed may reach."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from assistant.errors import SkillError
from assistant.paths import data_dir


def choices_file() -> Path:
    """Where the decisions are kept."""
    return data_dir() / "skills.json"


@dataclass(slots=True)
class Choices:
    """The decisions."""

    disabled: set[str] = field(default_factory=set)
    granted: dict[str, list[str]] = field(default_factory=dict)
    """What was allowed, by ``key``. A skill from a package runs only with all of its grants in it."""

    @classmethod
    def load(cls) -> Choices:
        """Those on the disk; none where there is no file.

        Raises:
            SkillError: the file is damaged.
        """
        path = choices_file()
        try:
            data = json.loads(path.read_text("utf-8"))
            granted = {str(name): [str(grant) for grant in grants] for name, grants in data["granted"].items()}
            return cls({str(name) for name in data["disabled"]}, granted)
        except FileNotFoundError:
            return cls()
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise SkillError("what was decided about skills cannot be read", where=str(path),
                             mend="move it away; then disable, enable and install anew what you had") from error

    @classmethod
    def readable(cls) -> tuple[Choices, SkillError | None]:
        """Those on the disk; none, and why, where the file is damaged: no package may anything then, nothing is off."""
        try:
            return cls.load(), None
        except SkillError as error:
            return cls(), error

    def save(self) -> None:
        """Write them, whole or not at all.

        Raises:
            SkillError: the file cannot be written.
        """
        path = choices_file()
        data = {"disabled": sorted(self.disabled), "granted": dict(sorted(self.granted.items()))}
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            part = path.with_suffix(".part")
            part.write_text(json.dumps(data, indent=2) + "\n", "utf-8")
            part.replace(path)
        except OSError as error:
            raise SkillError(f"cannot be written: {error.strerror}", where=str(path)) from error

    def lacking(self, key: str, grants: Iterable[str]) -> list[str]:
        """Grants that nobody has allowed yet."""
        return [grant for grant in grants if grant not in self.granted.get(key, ())]


def key(package: str, skill: str) -> str:
    """Under which a skill of a package is kept: what one was allowed, another of the same name was not.

    Args:
        package: name of the distribution, perhaps with its version behind a space.
    """
    return f"{re.sub(r'[-_.]+', '-', package.split(' ')[0]).lower()}/{skill}"
