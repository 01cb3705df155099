"""The systemd user unit: its text, where it lies, and what systemd says about it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from assistant.errors import AssistantError

NAME = "voice-assistant.service"
WATCHDOG_SECONDS = 30
"""A restart loses a turn: longer than any pause of a busy small machine."""

_UNIT = """\
[Unit]
Description=Voice assistant
After=pipewire.service pulseaudio.service network.target

[Service]
Type=notify
NotifyAccess=main
ExecStart={command}
WatchdogSec={watchdog}
Restart=on-failure
RestartSec=2
# More than an answer's length, so that a stop does not cut a device's confirmation off.
TimeoutStopSec=10
Environment=PYTHONUNBUFFERED=1
NoNewPrivileges=yes

[Install]
WantedBy=default.target
"""


def unit_path() -> Path:
    """Where the user's unit lies."""
    base = os.environ.get("XDG_CONFIG_HOME", "")
    return (Path(base) if base else Path.home() / ".config") / "systemd" / "user" / NAME


def unit_text(config: Path | None = None) -> str:
    """The unit for this installation, with settings of its own if a file is given."""
    words = [sys.executable, "-m", "assistant", "run"]
    if config is not None:
        words += ["--config", str(config.absolute())]
    return _UNIT.format(command=" ".join(_quote(word) for word in words), watchdog=WATCHDOG_SECONDS)


def _quote(word: str) -> str:
    """A word as systemd reads it: % and $ are its own signs."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if any(sign in escaped for sign in " '\";\\") else escaped


def install(config: Path | None = None) -> list[str]:
    """Write the unit and start it; gives what was done.

    Raises:
        AssistantError: systemd refused; says what it said.
    """
    path = unit_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(unit_text(config), encoding="utf-8")
    done = [f"wrote {path}"]
    if not has_systemd():
        return [*done, "systemd does not run here: it is started where it does, with `systemctl --user enable --now "
                f"{NAME}`"]
    systemctl("daemon-reload")
    systemctl("enable", "--now", NAME)
    return [*done, "started; it starts again when you log in",
            "to start it with the machine: loginctl enable-linger"]


def remove() -> list[str]:
    """Stop the service and remove its unit; gives what was done."""
    path = unit_path()
    if not path.exists():
        return [f"there is no {path}"]
    if has_systemd():
        systemctl("disable", "--now", NAME)
    path.unlink()
    if has_systemd():
        systemctl("daemon-reload")
    return [f"stopped, and removed {path}"]


def has_systemd() -> bool:
    """Whether a systemd of this user can be asked."""
    if shutil.which("systemctl") is None:
        return False
    return subprocess.run(["systemctl", "--user", "show-environment"], capture_output=True, check=False).returncode == 0


def state() -> str:
    """``active``, ``failed``, ``inactive`` ... as systemd says."""
    asked = subprocess.run(["systemctl", "--user", "is-active", NAME], capture_output=True, text=True, check=False)
    return asked.stdout.strip() or "unknown"


def systemctl(*arguments: str) -> None:
    """Ask systemd for something.

    Raises:
        AssistantError: it refused.
    """
    done = subprocess.run(["systemctl", "--user", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or ["it gave no reason"]
        raise AssistantError(lines[0], where=f"systemctl --user {' '.join(arguments)}")
