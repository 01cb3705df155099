"""Where files are: what ships with the program, and what people make (XDG folders), which is found first.

An upgrade replaces what ships and never touches the rest. Nothing is created here; who writes makes the folder.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from assistant.errors import ConfigError

APP = "voice-assistant"
"""Name of the program's folder inside each XDG folder."""
SHIPPED_KINDS = ("skills", "voices", "configs", "training")
"""What ships beside the code, by folder."""

_PACKAGE = Path(__file__).resolve().parent


def shipped_dir() -> Path:
    """Folder that holds ``skills/``, ``voices/``, ``configs/`` and ``training/``: inside a wheel, else the checkout."""
    packed = _PACKAGE / "_shipped"
    return packed if packed.is_dir() else _PACKAGE.parent


def config_dir() -> Path:
    """The user's settings: ``config.yaml``, ``home.yaml``."""
    return _xdg("XDG_CONFIG_HOME", ".config")


def data_dir() -> Path:
    """What people make: skills, voices, wake words, and the database; and the models that they installed."""
    return _xdg("XDG_DATA_HOME", ".local/share")


def state_dir() -> Path:
    """Logs and recordings."""
    return _xdg("XDG_STATE_HOME", ".local/state")


def cache_dir() -> Path:
    """What can be made again."""
    return _xdg("XDG_CACHE_HOME", ".cache")


def runtime_dir() -> Path:
    """Sockets of a running assistant; only its user may enter."""
    base = os.environ.get("XDG_RUNTIME_DIR")
    if base and Path(base).is_dir():
        return Path(base) / APP
    return Path(tempfile.gettempdir()) / f"{APP}-{os.getuid()}"


def own_config_file() -> Path:
    """Where the user's settings belong, whether there are any or not."""
    return config_dir() / "config.yaml"


def config_file() -> Path:
    """The configuration in use when none is named: the user's, else the one that ships."""
    own = own_config_file()
    return own if own.is_file() else shipped_dir() / "configs" / "default.yaml"


def database() -> Path:
    """The database, unless the configuration names another."""
    return data_dir() / "assistant.db"


def folders(kind: str) -> list[Path]:
    """Existing folders of a kind (``skills``, ``voices``, ``configs``, ``training``): the user's before what ships."""
    return [folder for folder in (data_dir() / kind, shipped_dir() / kind) if folder.is_dir()]


def find(kind: str, name: str) -> Path | None:
    """The file or folder ``name`` of a kind, the user's before what ships; None if there is none."""
    return next((folder / name for folder in folders(kind) if (folder / name).exists()), None)


def _xdg(variable: str, default: str) -> Path:
    value = os.environ.get(variable, "")
    # The standard says that a relative value is to be ignored.
    base = Path(value) if value and Path(value).is_absolute() else Path.home() / default
    return base / APP


def test_data() -> Path:
    """Recorded and labelled data for tests and benchmarks: ``ASSISTANT_TEST_DATA``, else beside the checkout."""
    named = os.environ.get("ASSISTANT_TEST_DATA")
    return Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "data"


def measuring_data() -> Path:
    """``test_data``, for what cannot do without it.

    Raises:
        ConfigError: there is none.
    """
    folder = test_data()
    if not folder.is_dir():
        raise ConfigError(
            "there are no recordings to measure with", where=str(folder),
            mend="set ASSISTANT_TEST_DATA to a folder that has them; some benchmarks take your own, see --help",
        )
    return folder
