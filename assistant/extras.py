"""What installs the packages that only some settings need.

No index has the assistant: what is there under its name is somebody else's. So a command names the checkout that this
program runs from, or, in a wheel, the packages themselves.
"""

from __future__ import annotations

import re
import shlex
import sys
from importlib.metadata import distribution

from assistant.paths import shipped_dir

PACKAGE = "voice-assistant"
"""Our distribution."""
_EXTRA = re.compile(r"""extra\s*==\s*["']([^"']+)["']""")


def install_command(extra: str = "") -> str:
    """The command that installs an extra of ours; without one, all that every installation has."""
    root = shipped_dir()
    if (root / "pyproject.toml").is_file():
        return pip("install", "-e", f"{root}[{extra}]" if extra else str(root))
    return pip("install", *requirements(PACKAGE, extra))


def pip(*words: str) -> str:
    """A command for the pip of this very Python."""
    return shlex.join((sys.executable, "-m", "pip", *words))


def requirements(package: str, extra: str = "") -> list[str]:
    """What an extra of an installed distribution asks for, as pip takes it; without an extra, what it always needs."""
    lines = [line.partition(";") for line in distribution(package).requires or []]
    return [wanted.strip() for wanted, _, marker in lines if extra == "".join(_EXTRA.findall(marker))]
