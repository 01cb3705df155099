"""Changes a setting in the user's own file and leaves everything else as it was written, comments too."""

from __future__ import annotations

import os
import shutil
from collections.abc import Hashable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from assistant.config.load import check_config
from assistant.config.models import Config
from assistant.errors import ConfigError
from assistant.paths import own_config_file, shipped_dir
from assistant.yamlfile import YamlFile, parse_yaml

Place = Sequence[str | int]
MEND = "write it in the file yourself"


def write_setting(place: Place, value: Any, path: Path | None = None) -> Config:
    """Set one value; a file of one's own is begun with what ships. Gives the settings as they are then.

    Args:
        place: keys and indices that lead to it: ``("wake", 1, "phrase")``. What is not there yet is added if it
            stands at the top.
        path: the file; None: the user's own.

    Raises:
        ConfigError: the file would not be right with it, cannot be written, or is laid out in a way that we do not
            dare to change. Nothing is written then.
    """
    path = path or own_config_file()
    try:
        before = (path if path.exists() else shipped_dir() / "configs" / "default.yaml").read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot be read: {error}", where=str(path)) from error
    text = changed(before, place, value, str(path))
    config = check_config(parse_yaml(text, str(path)))
    _replace(path, text)
    return config


def changed(text: str, place: Place, value: Any, name: str = "<text>") -> str:
    """The text of a file with another value.

    Raises:
        ConfigError: see ``write_setting``.
    """
    wanted = _with(parse_yaml(text, name).data, place, value)
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    node = _found(root, place)
    written = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10_000).strip()
    written = written.removesuffix("\n...").removesuffix("...").strip()
    if node is not None:
        after = f"{text[: node.start_mark.index]}{written}{text[_end(node):]}"
    elif len(place) == 1:
        after = f"{text}{'' if text.endswith(chr(10)) or not text else chr(10)}{place[0]}: {written}\n"
    else:
        raise ConfigError(f"there is no {'.'.join(map(str, place))}", where=name, mend=MEND)
    if _read(after, name) != wanted:
        raise ConfigError(f"{place[0]}: is laid out in an unusual way", where=_where(text, place, name), mend=MEND)
    return after


def _read(text: str, name: str) -> Any:
    try:
        return parse_yaml(text, name).data
    except ConfigError:
        return None


def _with(data: Any, place: Place, value: Any) -> Any:
    """A copy of the data with another value."""
    if not place:
        return value
    step, *rest = place
    if isinstance(data, list) and isinstance(step, int) and step < len(data):
        return [*data[:step], _with(data[step], rest, value), *data[step + 1 :]]
    held = data if isinstance(data, dict) else {}
    return {**held, step: _with(held.get(step), rest, value)}


def _found(node: yaml.Node | None, place: Place) -> yaml.Node | None:
    for step in place:
        node = _child(node, step)
    return node


def _child(node: yaml.Node | None, step: Hashable) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        found: yaml.Node = node.value[step]
        return found
    return None


def _end(node: yaml.Node) -> int:
    """Where the value ends: a block's own mark lies behind the comments that follow it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def _where(text: str, place: Place, name: str) -> str:
    file: YamlFile = parse_yaml(text, name)
    return file.where(place)


def _replace(path: Path, text: str) -> None:
    """Write the file whole or not at all; a link stays one, and who may read it stays so."""
    target = Path(os.path.realpath(path))
    part = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.write_text(text, "utf-8")
        if target.exists():
            shutil.copymode(target, part)
        part.replace(target)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise ConfigError(f"cannot be written: {error.strerror}", where=str(path)) from error
