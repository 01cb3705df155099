"""``assistant skill install``: a folder is copied, a package goes through pip; what it may reach is known before.

A wheel is read without running anything of it. Whatever else pip takes must be built first, and building runs the
package's own code with the rights of whoever asked: that is done only where somebody said so.
"""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from pathlib import Path, PurePosixPath

from assistant.errors import SkillError
from assistant.skills.catalogue import own_folder
from assistant.skills.choices import Choices, key
from assistant.skills.loader import MANIFEST, load_skill
from assistant.skills.manifest import Manifest
from assistant.skills.packages import GROUP
from assistant.yamlfile import parse_yaml

IGNORED = shutil.ignore_patterns("__pycache__", ".*", "*.pyc")
LARGEST_TEXT = 100_000
"""Bytes of a file that is read before anybody has allowed anything."""
LINES = 3
"""Of what pip wrote, in an error."""
_NAME = re.compile(r"[\w.-]*\w(\[[^]/]*\])?\s*([<>=!~][^/]*)?")
"""A package's name, perhaps with extras and a version: pip can be told to take no source of it."""
_WHEEL = re.compile(r"(?:[^:]*@\s*)?https?://[^?#]*\.whl(?:#.*)?")
"""A wheel elsewhere. Of other addresses and of folders pip makes one, whatever it was told."""
WHEELS_ONLY = ("--only-binary=:all:",)
"""Said to pip: nothing is built, neither a package nor what it needs."""
BUILD = "with --build it is built, which runs its code before you are asked what it may reach"


@dataclass(frozen=True, slots=True)
class Offer:
    """A skill that could be installed."""

    manifest: Manifest
    source: Path
    """Its folder, or its wheel."""
    build: bool = False
    """Whether what it needs may be built from source."""


@contextmanager
def offered(what: str, *, build: bool = False) -> Iterator[Offer]:
    """What a folder of a skill, a wheel, or anything that pip takes would install. Nothing is installed by it.

    Args:
        build: whether a package that comes as source, or one that it needs, may be built, which runs code of it.

    Raises:
        SkillError: there is no skill in it, it is wrong, it would have to be built, or pip cannot get it.
    """
    path = Path(what).expanduser()
    if (path / MANIFEST).is_file():
        yield Offer(load_skill(path).manifest, path)
        return
    if path.is_dir() and not any((path / name).is_file() for name in ("pyproject.toml", "setup.py")):
        raise SkillError(f"there is no {MANIFEST} and no pyproject.toml", where=what)
    with tempfile.TemporaryDirectory(prefix="assistant-skill-") as folder:
        wheel = _wheel(str(path.resolve()) if path.exists() else what, Path(folder), build)
        yield Offer(read_wheel(wheel), wheel, build)


def _wheel(what: str, folder: Path, build: bool) -> Path:
    """Have pip get a wheel, or build it where that is allowed."""
    only: tuple[str, ...] = ()
    if not build and _NAME.fullmatch(what):
        only = WHEELS_ONLY
    elif not build and not _WHEEL.fullmatch(what) and not (what.endswith(".whl") and Path(what).is_file()):
        raise SkillError("it is source, which has to be built", where=what, mend=BUILD)
    try:
        _pip("wheel", *only, "--no-deps", "--wheel-dir", str(folder), "--", what)
    except SkillError as error:
        what_pip_said = f"no wheel of it is to be had: {error.what}"
        raise SkillError(what_pip_said, where=what, mend=BUILD if only else "") from error
    (wheel,) = folder.glob("*.whl")
    return wheel


def install(offer: Offer) -> None:
    """Install it, with all the grants that its manifest asks for.

    Raises:
        SkillError: there is one of this name, or it cannot be written.
    """
    name, choices = offer.manifest.name, Choices.load()
    if offer.source.is_dir():
        _copy(offer.source, own_folder() / name)
    else:
        _pip("install", *(() if offer.build else WHEELS_ONLY), str(offer.source))
        choices.granted[key(offer.source.name.split("-")[0], name)] = list(offer.manifest.grants)
    choices.disabled.discard(name)
    choices.save()


def read_wheel(wheel: Path) -> Manifest:
    """The manifest of the skill inside a wheel; nothing of it runs.

    Raises:
        SkillError: it holds no skill, or more than one.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            path, text = _manifest(archive, wheel.name)
    except (zipfile.BadZipFile, configparser.Error, UnicodeDecodeError) as error:
        raise SkillError(f"it is damaged: {error}", where=wheel.name) from error
    return parse_yaml(text, f"{wheel.name}/{path}", SkillError).validate(Manifest, error=SkillError)


def _manifest(archive: zipfile.ZipFile, wheel: str) -> tuple[str, str]:
    """Path and text of the one skill's manifest; refuses a wheel that would reach further than a skill may."""
    names = archive.namelist()
    points = _entry_points(archive, names)
    skills = list(points[GROUP].values()) if points.has_section(GROUP) else []
    if len(skills) != 1:
        raise SkillError(f"it holds {len(skills)} skills", where=wheel,
                         mend=f'a package names its skill in pyproject.toml: [project.entry-points."{GROUP}"]')
    own = skills[0].split(".")[0]
    strays = [group for group in points.sections() if group != GROUP]
    strays += [name for name in names if not _belongs(name, own)]
    if strays:
        raise SkillError(f"it is more than a skill: {', '.join(strays[:LINES])}", where=wheel,
                         mend="what runs outside a skill's process is installed with pip, by who trusts it")
    if _is_others(own, wheel.split("-")[0]):
        raise SkillError(f"there is another package {own} already, which it would overwrite", where=wheel)
    path = str(PurePosixPath(*skills[0].split(".")) / MANIFEST)
    if path not in names:
        raise SkillError(f"there is no {path}", where=wheel, mend="put the skill's files into the package")
    return path, _read(archive, path)


def _belongs(name: str, own: str) -> bool:
    """Whether a file lies in the skill's own package, or says what the wheel is."""
    top, _, below = name.partition("/")
    return bool(below or name.endswith("/")) and (top == own or top.endswith(".dist-info")) and ".." not in name


def _is_others(package: str, distribution: str) -> bool:
    """Whether a package of this name is here that another distribution brought, or Python itself."""
    if package in sys.stdlib_module_names or package == __name__.partition(".")[0]:
        return True
    return any(key(one, "") != key(distribution, "") for one in packages_distributions().get(package, ()))


def _entry_points(archive: zipfile.ZipFile, names: list[str]) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(delimiters=("=",))
    parser.optionxform = str  # type: ignore[method-assign, assignment]
    for name in names:
        if name.endswith(".dist-info/entry_points.txt"):
            parser.read_string(_read(archive, name))
    return parser


def _read(archive: zipfile.ZipFile, name: str) -> str:
    if archive.getinfo(name).file_size > LARGEST_TEXT:
        raise SkillError(f"{name} is larger than {LARGEST_TEXT} bytes")
    return archive.read(name).decode("utf-8")


def _copy(source: Path, target: Path) -> None:
    if target.exists() and target.resolve() == source.resolve():
        return
    if target.exists():
        raise SkillError("there is a skill of this name already", where=str(target), mend="move it away first")
    links = [path for path in source.rglob("*") if path.is_symlink()]
    if links:
        raise SkillError("a skill's folder holds no links", where=str(links[0]))
    part = target.with_name(f".{target.name}")
    try:
        shutil.copytree(source, part, ignore=IGNORED)
        part.rename(target)
    except (OSError, shutil.Error) as error:
        raise SkillError(f"cannot be copied: {error}", where=str(target)) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _pip(command: str, *words: str) -> None:
    """Run pip.

    Raises:
        SkillError: it failed; ``where`` is the last of the words.
    """
    line = [sys.executable, "-m", "pip", command, "--quiet", "--disable-pip-version-check", "--no-input", *words]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()][-LINES:]
        raise SkillError(f"pip: {' '.join(said)[:400] or 'it failed'}", where=words[-1])
