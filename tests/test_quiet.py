"""No library tells anybody that it is used."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from assistant.quiet import QUIET_LIBRARIES

WATCHED = "import assistant, onnxruntime, time; onnxruntime.SessionOptions(); time.sleep(2)"
TOLD = "import os, json, assistant; print(json.dumps(dict(os.environ)))"


def run(code: str, home: Path, **more: str) -> str:
    """What a process prints that begins with nothing of ours set; without CI, where ONNX Runtime keeps quiet anyway."""
    env = {name: value for name, value in os.environ.items() if name not in (*QUIET_LIBRARIES, "CI")}
    env |= {"HOME": str(home), "XDG_CACHE_HOME": str(home / ".cache"), **more}
    done = subprocess.run([sys.executable, "-c", code], env=env, check=True, timeout=60, capture_output=True, text=True)
    return done.stdout


def test_all_are_told_before_any_is_imported(tmp_path: Path) -> None:
    told = json.loads(run(TOLD, tmp_path))
    assert QUIET_LIBRARIES.items() <= told.items() and told["ORT_DISABLE_TELEMETRY"] == "1"


def test_what_is_set_already_stays(tmp_path: Path) -> None:
    assert json.loads(run(TOLD, tmp_path, HF_HUB_OFFLINE="0"))["HF_HUB_OFFLINE"] == "0"


def test_onnx_runtime_keeps_no_diary_of_its_use(tmp_path: Path) -> None:
    run(WATCHED, tmp_path)
    assert not [path for path in tmp_path.rglob("*") if "onnxruntime" in path.name]
