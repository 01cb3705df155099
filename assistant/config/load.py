"""Reads a configuration. What is wrong in it is told all at once: the lines, what was expected, the nearest names."""

from __future__ import annotations

from pathlib import Path

from assistant.config.examine import examine
from assistant.config.models import Config
from assistant.errors import together
from assistant.paths import config_file
from assistant.registry import Registry
from assistant.yamlfile import YamlFile, load_yaml, parse_yaml


def load_config(path: Path | str | None = None, registry: Registry | None = None) -> Config:
    """Read and check a configuration.

    Args:
        path: the file; None: the user's own, else the one that ships.
        registry: where backends are looked up; None: what is installed.

    Raises:
        ConfigError: the file cannot be read, or a key, type, path, backend, option or skill is wrong; the first of
            all mistakes, with the others.
    """
    return check_config(read_config(path), registry)


def read_config(path: Path | str | None = None) -> YamlFile:
    """The file as ``load_config`` finds it, not checked yet.

    Raises:
        ConfigError: it cannot be read, or is no YAML.
    """
    return load_yaml(Path(path).expanduser() if path is not None else config_file())


def default_config() -> Config:
    """The defaults, without any file."""
    return check_config(parse_yaml("", "the defaults"))


def check_config(file: YamlFile, registry: Registry | None = None) -> Config:
    """Check a file that was read; paths in it become absolute.

    Raises:
        ConfigError: as ``load_config``.
    """
    config, mistakes = examine(file, registry)
    if mistakes:
        raise together(mistakes)
    return config
