"""Examines a configuration to its end: every mistake with its line, and what is left without the wrong parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from assistant.asr.fold import fold
from assistant.config.household import check_kinds
from assistant.config.models import Component, Config, Wake
from assistant.config.speaking import espeak_language
from assistant.config.understanding import LAST
from assistant.errors import AssistantError, BackendError, ConfigError, SkillError
from assistant.extras import install_command
from assistant.home_assistant.package import language_of, languages
from assistant.paths import folders, shipped_dir
from assistant.registry import Registry, missing_packages
from assistant.server.settings import is_loopback
from assistant.skills.loader import SENTENCES, localised, skill_folders
from assistant.skills.manifest import Manifest
from assistant.skills.packages import packaged_skills
from assistant.wake.sayable import MEND, unsayable
from assistant.yamlfile import YamlFile, load_yaml, nearest

Place = tuple[str | int, ...]

IN_MEMORY = ":memory:"
"""SQLite's name for a database that is gone when it is closed."""


def examine(file: YamlFile, registry: Registry | None = None) -> tuple[Config, list[AssistantError]]:
    """The settings of a file that was read, and all that is wrong with it, by line; paths become absolute.

    What is wrong is left out of the settings: its default stands in its place, so that the rest can be examined too.

    Raises:
        ConfigError: the file holds no settings at all.
    """
    if file.data is not None and not isinstance(file.data, dict):
        raise ConfigError("settings are written as `name: value`", where=file.where())
    config, mistakes = file.salvage(Config)
    config = _with_files(config, file, mistakes)
    mistakes += _wake_mistakes(config, file)
    config = _with_backends(config, file, registry or Registry(), mistakes)
    mistakes += _skill_mistakes(config, file)
    mistakes += _language_mistakes(config, file)
    config = _with_language_model(config, file, mistakes)
    config._file = file
    return _with_household(config, mistakes), by_line(mistakes)


def by_line(mistakes: Iterable[AssistantError]) -> list[AssistantError]:
    """Mistakes in the order of their lines, those of one file together; each once."""
    unlike = {str(mistake): mistake for mistake in mistakes}.values()
    files = list(dict.fromkeys(mistake.where.rpartition(":")[0] for mistake in unlike))

    def place(mistake: AssistantError) -> tuple[int, int]:
        name, _, line = mistake.where.rpartition(":")
        return files.index(name), int(line) if line.isdecimal() else 0

    return sorted(unlike, key=place)


def _with_files(config: Config, file: YamlFile, mistakes: list[AssistantError]) -> Config:
    """The same with absolute paths; those that must exist do."""
    base = Path(file.name).absolute().parent

    def found(place: Place, path: Path, *, folder: bool = False) -> Path | None:
        beside, shipped = base / path, shipped_dir() / "configs" / path
        choice = next((known for known in (beside, shipped) if known.is_dir() == folder and known.exists()), None)
        if choice is None:
            what = f"there is no {'folder' if folder else 'file'} {str(path)!r}"
            mend = _nearest_file(path, beside, folder=folder)
            mistakes.append(ConfigError(what, where=file.where(place), mend=mend))
        return choice

    home, skills, server, store = config.home, config.skills, config.server, config.store
    if home.household is not None:
        home = home.model_copy(update={"household": found(("home", "household"), home.household)})
    places = [found(("skills", "folders", i), path, folder=True) for i, path in enumerate(skills.folders)]
    skills = skills.model_copy(update={"folders": tuple(place for place in places if place is not None)})
    if not isinstance(server.tls, bool):
        pair = {name: found(("server", "tls", name), getattr(server.tls, name)) for name in ("certificate", "key")}
        server = server.model_copy(update={"tls": server.tls.model_copy(update=pair)})
    if store.path is not None and str(store.path) != IN_MEMORY:
        store = store.model_copy(update={"path": base / store.path})
    if server.enabled and server.tls is False and not is_loopback(server.host):
        mistakes.append(ConfigError(f"the page would be open to the network at {server.host} without TLS",
                                    where=file.where(("server", "host")), mend="add `tls: true`, or take it out"))
        server = server.model_copy(update={"host": type(server)().host})
    people = config.people
    if people.rules is not None:
        people = people.model_copy(update={"rules": found(("people", "rules"), people.rules)})
        mistakes += _rule_mistakes(people.rules)
    update = {"home": home, "skills": skills, "server": server, "store": store, "people": people}
    return config.model_copy(update=update)


def _rule_mistakes(rules: Path | None) -> list[AssistantError]:
    """What is wrong in the file that says who may do what; who lives here is not known to it."""
    from assistant.people.rules import load_rules  # whose sections are made of what this package has

    try:
        if rules is not None:
            load_rules(rules)
    except ConfigError as error:
        return [error, *error.others]
    return []


def _nearest_file(said: Path, path: Path, *, folder: bool) -> str:
    """The like-named file beside the one that is not there; what else lies there helps nobody."""
    if path.parent.is_dir():
        names = [entry.name for entry in path.parent.iterdir() if entry.is_dir() == folder]
        near = get_close_matches(path.name, names, 1)
        if near:
            return f"did you mean {str(said.with_name(near[0]))!r}?"
    return "" if said.is_absolute() else "paths start at the folder of this file"


def _with_backends(config: Config, file: YamlFile, registry: Registry, mistakes: list[AssistantError]) -> Config:
    """The same; a component that cannot be used is left out."""

    def right(kind: str, component: Component, *place: str | int) -> Component:
        found = list(_component_mistakes(file, registry, kind, component, place))
        mistakes.extend(found)
        return component.model_validate({}) if found else component

    many = isinstance(file.data, dict) and isinstance(file.data.get("wake"), list)
    wakes = tuple(right("wake", wake, "wake", *([at] if many else [])) for at, wake in enumerate(config.wake))
    parts = {kind: right(kind, getattr(config, kind), kind) for kind in ("vad", "asr", "speaker", "tts")}
    return config.model_copy(update={"wake": wakes, **parts})


def _component_mistakes(
    file: YamlFile, registry: Registry, kind: str, component: Component, place: Place
) -> Iterator[ConfigError]:
    unusable = list(_why_unusable(registry, kind, component.backend, file.where((*place, "backend"))))
    yield from unusable
    if component.options and not unusable:
        yield from _option_mistakes(file, registry, kind, component, place)
    second = getattr(component, "second", None)
    if second is not None:
        yield from _component_mistakes(file, registry, kind, second, (*place, "second"))
    fallback = getattr(component, "fallback", None)
    if fallback is not None:
        yield from _why_unusable(registry, kind, fallback, file.where((*place, "fallback")))
    if isinstance(component, Wake) and component.backend == "phrase":
        yield from _phrase_mistakes(component.phrase, file.where((*place, "phrase")))


def _why_unusable(registry: Registry, kind: str, name: str, where: str) -> Iterator[ConfigError]:
    """A backend should be there with its packages; what others wrote is loaded too, ours is known to be whole."""
    try:
        backend = registry.find(kind, name)
        missing = missing_packages(backend)
        if missing:
            yield ConfigError(f"{kind} backend {name!r} needs {', '.join(missing)}", where=where, mend=backend.install)
        elif not backend.target.startswith("assistant."):
            registry.load(kind, name)
    except BackendError as error:
        yield ConfigError(error.what, where=where, mend=error.mend)


def _option_mistakes(
    file: YamlFile, registry: Registry, kind: str, component: Component, place: Place
) -> Iterator[ConfigError]:
    try:
        for error in registry.mistakes(kind, component.backend, component.options):
            yield ConfigError(error.what, where=file.where((*place, error.option)), mend=error.mend)
    except BackendError as error:
        yield ConfigError(error.what, where=file.where(place), mend=error.mend)


def _phrase_mistakes(phrase: str, where: str) -> Iterator[ConfigError]:
    fault = unsayable(phrase)
    if fault:
        yield ConfigError(fault, where=where, mend=MEND)


def _wake_mistakes(config: Config, file: YamlFile) -> Iterator[ConfigError]:
    """Wake phrases beside each other: none twice, one at least for orders, none for a skill that is not here."""
    many = isinstance(file.data, dict) and isinstance(file.data.get("wake"), list)
    known = _known_skills(config) if any(wake.skill for wake in config.wake) else {}
    seen: set[str] = set()
    for at, wake in enumerate(config.wake):
        place: Place = ("wake", at) if many else ("wake",)
        if fold(wake.phrase) in seen:
            yield ConfigError(f"the wake phrase {wake.phrase!r} is there twice", where=file.where(place),
                              mend="keep one of the two")
        seen.add(fold(wake.phrase))
        if wake.skill and wake.skill not in known:
            yield ConfigError(f"there is no skill {wake.skill!r}", where=file.where((*place, "skill")),
                              mend=nearest(wake.skill, sorted(known)))
    if all(wake.action == "stop" for wake in config.wake):
        yield ConfigError("no wake phrase begins an order", where=file.where(("wake",)),
                          mend="add one without `action: stop`")


def _with_language_model(config: Config, file: YamlFile, mistakes: list[AssistantError]) -> Config:
    """The same; without the link to a language model where none is set up."""
    links, llm = config.understanding.links, config.llm
    if llm.url is not None and not llm.model:
        mistakes.append(ConfigError("llm: has a url and no model", where=file.where(("llm", "url")),
                                    mend="add `model: NAME`, as the server calls it"))
    if llm.mcp and find_spec("mcp") is None:
        mistakes.append(ConfigError("servers of tools need the package mcp", where=file.where(("llm", "mcp")),
                                    mend=install_command("mcp")))
    known = _known_skills(config)
    for at, name in enumerate(llm.skills or ()):
        if name not in known:
            mistakes.append(ConfigError(f"there is no skill {name!r}", where=file.where(("llm", "skills", at)),
                                        mend=nearest(name, sorted(known))))
    if LAST not in links or llm.url is not None:
        return config
    mistakes.append(ConfigError(f"the links name {LAST!r}, and no language model is set up",
                                where=file.where(("understanding", "links")),
                                mend="add `llm: {url: http://127.0.0.1:11434/v1, model: NAME}`"))
    left = tuple(link for link in links if link != LAST)
    return config.model_copy(update={"understanding": config.understanding.model_copy(update={"links": left})})


def _skill_mistakes(config: Config, file: YamlFile) -> Iterator[ConfigError]:
    if not config.skills.disabled and not config.skills.settings:
        return
    known = _known_skills(config)
    named: list[tuple[str, str | int]] = [(name, number) for number, name in enumerate(config.skills.disabled)]
    for kind, names in (("disabled", named), ("settings", [(name, name) for name in config.skills.settings])):
        for name, at in names:
            if name not in known:
                where = file.where(("skills", kind, at))
                yield ConfigError(f"there is no skill {name!r}", where=where, mend=nearest(name, sorted(known)))
    for name, given in config.skills.settings.items():
        if name in known:
            yield from _setting_mistakes(name, known[name], given, file)


def _language_mistakes(config: Config, file: YamlFile) -> Iterator[ConfigError]:
    """A language that nobody here understands or speaks: no sentences, no skill's, no voice."""
    wanted = config.language
    if wanted.split("-")[0] == "en" or language_of(wanted) or espeak_language(wanted):
        return
    if not any(localised(folder, SENTENCES, wanted).name != SENTENCES for folder in _known_skills(config).values()):
        yield ConfigError(f"nothing here knows the language {wanted!r}", where=file.where(("language",)),
                          mend=nearest(wanted, languages()))


def _known_skills(config: Config) -> dict[str, Path]:
    """The folders of the skills that are here, by name."""
    places = [*config.skills.folders, *folders("skills")]
    known = {folder.name: folder for folder in skill_folders(reversed(places))}
    return known | {skill.name: skill.folder for skill in packaged_skills()}


def _setting_mistakes(name: str, folder: Path, given: Mapping[str, Any], file: YamlFile) -> Iterator[ConfigError]:
    try:
        load_yaml(folder / "skill.yaml", SkillError).validate(Manifest, error=SkillError).resolve(given)
    except SkillError as error:
        for fault in (error, *error.others):
            where = fault.where if ":" in fault.where else file.where(("skills", "settings", name, fault.where))
            yield ConfigError(fault.what, where=where, mend=fault.mend)


def _with_household(config: Config, mistakes: list[AssistantError]) -> Config:
    """The same; a household that cannot be used is left out."""
    try:
        check_kinds(config)
    except ConfigError as error:
        mistakes += [error, *error.others]
        return config.model_copy(update={"home": config.home.model_copy(update={"household": None})})
    return config
