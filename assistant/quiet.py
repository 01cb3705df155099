"""Libraries that would tell their makers how they are used are told not to, before any of them is imported."""

from __future__ import annotations

import os

QUIET_LIBRARIES = {
    "DO_NOT_TRACK": "1",
    "ORT_DISABLE_TELEMETRY": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
}
"""Nothing leaves the machine. ONNX Runtime looks for its maker's host as soon as it is imported, whatever it is asked
to do afterwards."""


def keep_quiet() -> None:
    """Switch all of them off in this process and those that it starts; what is set already stays."""
    for name, value in QUIET_LIBRARIES.items():
        os.environ.setdefault(name, value)
