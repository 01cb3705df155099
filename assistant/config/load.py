"""Reads a configuration. Whatever is wrong in it is one error: the line, what was expected, the nearest name."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from assistant.asr.fold import fold
from assistant.config.household import check_kinds
from assistant.config.models import Component, Config, Wake
from assistant.errors import BackendError, ConfigError, SkillError
from assistant.paths import config_file, folders, shipped_dir
from assistant.registry import OptionError, Registry, missing_packages
from assistant.skills.loader import skill_folders
from assistant.skills.manifest import Manifest
from assistant.skills.packages import packaged_skills
from assistant.yamlfile import YamlFile, load_yaml, nearest, parse_yaml

Place = tuple[str | int, ...]

IN_MEMORY = ":memory:"
"""SQLite's name for a database that is gone when it is closed."""


def load_config(path: Path | str | None = None, registry: Registry | None = None) -> Config:
    """Read and check a configuration.

    Args:
        path: the file; None: the user's own, else the one that ships.
        registry: where backends are looked up; None: what is installed.

    Raises:
        ConfigError: the file cannot be read, or a key, type, path, backend, option or skill is wrong.
    """
    return check_config(load_yaml(Path(path).expanduser() if path is not None else config_file()), registry)


def default_config() -> Config:
    """The defaults, without any file."""
    return check_config(parse_yaml("", "the defaults"))


def check_config(file: YamlFile, registry: Registry | None = None) -> Config:
    """Check a file that was read; paths in it become absolute.

    Raises:
        ConfigError: as ``load_config``.
    """
    if file.data is not None and not isinstance(file.data, dict):
        raise ConfigError("settings are written as `name: value`", where=file.where())
    config = _resolve(file.validate(Config), file)
    _check_backends(config, file, registry or Registry())
    _check_phrases(config, file)
    _check_skills(config, file)
    config._file = file
    check_kinds(config)
    return config


def _resolve(config: Config, file: YamlFile) -> Config:
    """The same with absolute paths; those that must exist do."""
    base = Path(file.name).absolute().parent

    def found(place: Place, path: Path, *, folder: bool = False) -> Path:
        beside, shipped = base / path, shipped_dir() / "configs" / path
        choice = next((known for known in (beside, shipped) if known.is_dir() == folder and known.exists()), None)
        if choice is None:
            what = f"there is no {'folder' if folder else 'file'} {str(path)!r}"
            raise ConfigError(what, where=file.where(place), mend=_nearest_file(path, beside, folder=folder))
        return choice

    home, skills, server, store = config.home, config.skills, config.server, config.store
    if home.household is not None:
        home = home.model_copy(update={"household": found(("home", "household"), home.household)})
    places = [found(("skills", "folders", i), path, folder=True) for i, path in enumerate(skills.folders)]
    skills = skills.model_copy(update={"folders": tuple(places)})
    if not isinstance(server.tls, bool):
        pair = {name: found(("server", "tls", name), getattr(server.tls, name)) for name in ("certificate", "key")}
        server = server.model_copy(update={"tls": server.tls.model_copy(update=pair)})
    if store.path is not None and str(store.path) != IN_MEMORY:
        store = store.model_copy(update={"path": base / store.path})
    return config.model_copy(update={"home": home, "skills": skills, "server": server, "store": store})


def _nearest_file(said: Path, path: Path, *, folder: bool) -> str:
    """The like-named file beside the one that is not there; what else lies there helps nobody."""
    if path.parent.is_dir():
        names = [entry.name for entry in path.parent.iterdir() if entry.is_dir() == folder]
        near = get_close_matches(path.name, names, 1)
        if near:
            return f"did you mean {str(said.with_name(near[0]))!r}?"
    return "" if said.is_absolute() else "paths start at the folder of this file"


def _components(config: Config, file: YamlFile) -> Iterator[tuple[str, Component, Place]]:
    """Each component with its kind and its place in the file."""
    many = isinstance(file.data, dict) and isinstance(file.data.get("wake"), list)
    for number, wake in enumerate(config.wake):
        yield "wake", wake, ("wake", number) if many else ("wake",)
    yield "vad", config.vad, ("vad",)
    yield "asr", config.asr, ("asr",)
    yield "tts", config.tts, ("tts",)


def _check_backends(config: Config, file: YamlFile, registry: Registry) -> None:
    for kind, component, place in _components(config, file):
        _check_usable(registry, kind, component.backend, file.where((*place, "backend")))
        if component.options:
            _check_options(file, registry, kind, component, place)
    if config.tts.fallback is not None:
        _check_usable(registry, "tts", config.tts.fallback, file.where(("tts", "fallback")))


def _check_usable(registry: Registry, kind: str, name: str, where: str) -> None:
    """Whether a backend is there with its packages; what others wrote is loaded too, ours is known to be whole."""
    try:
        backend = registry.find(kind, name)
        missing = missing_packages(backend)
        if missing:
            raise BackendError(f"{kind} backend {name!r} needs {', '.join(missing)}", mend=backend.install)
        if not backend.target.startswith("assistant."):
            registry.load(kind, name)
    except BackendError as error:
        raise ConfigError(error.what, where=where, mend=error.mend) from error


def _check_options(file: YamlFile, registry: Registry, kind: str, component: Component, place: Place) -> None:
    try:
        registry.check(kind, component.backend, component.options)
    except OptionError as error:
        raise ConfigError(error.what, where=file.where((*place, error.option)), mend=error.mend) from error
    except BackendError as error:
        raise ConfigError(error.what, where=file.where(place), mend=error.mend) from error


def _check_phrases(config: Config, file: YamlFile) -> None:
    for kind, component, place in _components(config, file):
        if isinstance(component, Wake) and component.backend == "phrase":
            letters = [letter for letter in component.phrase if letter.isalnum() and not fold(letter)]
            if letters or not fold(component.phrase).strip():
                odd = ", ".join(repr(letter) for letter in dict.fromkeys(letters)) or repr(component.phrase)
                raise ConfigError(f"the recogniser cannot write {odd}", where=file.where((*place, "phrase")),
                                  mend=f"write the {kind} phrase as it sounds, in the letters a to z")


def _check_skills(config: Config, file: YamlFile) -> None:
    if not config.skills.disabled and not config.skills.settings:
        return
    places = [*config.skills.folders, *folders("skills")]
    known = {folder.name: folder for folder in skill_folders(reversed(places))}
    known |= {skill.name: skill.folder for skill in packaged_skills()}
    for number, name in enumerate(config.skills.disabled):
        if name not in known:
            where = file.where(("skills", "disabled", number))
            raise ConfigError(f"there is no skill {name!r}", where=where, mend=nearest(name, sorted(known)))
    for name, given in config.skills.settings.items():
        if name not in known:
            where = file.where(("skills", "settings", name))
            raise ConfigError(f"there is no skill {name!r}", where=where, mend=nearest(name, sorted(known)))
        try:
            load_yaml(known[name] / "skill.yaml", SkillError).validate(Manifest, error=SkillError).resolve(given)
        except SkillError as error:
            where = error.where if ":" in error.where else file.where(("skills", "settings", name, error.where))
            raise ConfigError(error.what, where=where, mend=error.mend) from error
