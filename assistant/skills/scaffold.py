"""``assistant skill new``: a folder that already works, made from ``template/``, which is a whole skill itself."""

from __future__ import annotations

import keyword
import re
from pathlib import Path

from assistant.errors import SkillError
from assistant.paths import shipped_dir
from assistant.skills.loader import load_skill
from assistant.skills.manifest import RESERVED

TEMPLATE = Path(__file__).parent / "template"
PLACEHOLDER = "example"
NAME = r"[a-z][a-z0-9_]{0,39}"
USED = ("Cancelled", "Context", "Refusal", "Skill")
"""What the template imports."""


def new_skill(name: str, into: Path) -> Path:
    """Make a skill's folder.

    Args:
        name: small letters, digits and underscores.
        into: folder of skills.

    Raises:
        SkillError: the name cannot be one, or there is such a folder already.
    """
    if not re.fullmatch(NAME, name) or keyword.iskeyword(name) or _is_taken(name):
        raise SkillError(f"{name!r} cannot be a skill's name", mend=_naming(name))
    folder = into / name
    if folder.exists():
        raise SkillError("there is something of this name already", where=str(folder), mend="choose another name")
    try:
        folder.mkdir(parents=True)
        for file in sorted(TEMPLATE.iterdir()):
            if file.suffix in (".py", ".yaml"):
                (folder / file.name).write_text(_renamed(file, name), "utf-8")
    except OSError as error:
        raise SkillError(f"cannot be written: {error.strerror}", where=str(folder)) from error
    load_skill(folder)
    return folder


def refuse_shipped(name: str) -> None:
    """Raises SkillError for the name of a skill that ships: a half-made one among the user's own would replace it."""
    folder = shipped_dir() / "skills" / name
    if re.fullmatch(r"\w+", name) and folder.is_dir():
        raise SkillError(
            f"{name!r} is a skill that ships, and this one would be loaded in its place",
            mend=f"choose another name; to change that skill, copy {folder} to your own skills (`assistant paths`)",
        )


def _naming(name: str) -> str:
    """How a name must be, or that this one has a meaning of its own."""
    if re.fullmatch(NAME, name):
        return "it has a meaning in Python, in YAML or to the assistant: choose another"
    return "use small letters, digits and underscores, a letter first, 40 at most"


def _is_taken(name: str) -> bool:
    """Whether it is the assistant's own, is no text in YAML, or its class would hide one that the template needs."""
    title = _title(name)
    return name in (*RESERVED, "null") or keyword.iskeyword(title) or title in USED


def _title(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _renamed(file: Path, name: str) -> str:
    """A template's text with the skill's name: as a class in code, as a word in sentences."""
    text = file.read_text("utf-8")
    said = name.replace("_", " ")
    if file.name == "skill.yaml":
        head, _, rest = text.partition("examples:")
        examples, newline, tail = rest.partition("\n")
        return f"{_put(head, name)}examples:{_put(examples, said)}{newline}{_put(tail, name)}"
    if file.suffix == ".py":
        return _put(text.replace(PLACEHOLDER.capitalize(), _title(name)), said)
    text = text.replace(f"skill test {PLACEHOLDER}", f"skill test {name}")
    return _put(text.replace(f"{PLACEHOLDER}[s]", f"{said}[s]"), said)


def _put(text: str, name: str) -> str:
    return text.replace(PLACEHOLDER, name)
