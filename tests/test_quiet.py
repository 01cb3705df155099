"""No library tells anybody that it is used."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.quiet import QUIET_LIBRARIES

WATCHED = "import onnxruntime, time; onnxruntime.SessionOptions(); time.sleep(2)"


@pytest.mark.parametrize(("before", "told"), [("import assistant; ", False), ("", True)])
def test_onnx_runtime_keeps_no_diary_of_its_use(before: str, told: bool, tmp_path: Path) -> None:
    """It writes one, to be sent, unless it is told not to: then there is something here to switch off."""
    env = {name: value for name, value in os.environ.items() if name not in QUIET_LIBRARIES} | {
        "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / ".cache"),
    }
    subprocess.run([sys.executable, "-c", before + WATCHED], env=env, check=True, timeout=60)
    assert bool([path for path in tmp_path.rglob("*") if "onnxruntime" in path.name]) == told
