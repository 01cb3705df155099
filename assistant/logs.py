"""Logging as a person wants to read it: one line each, on the error stream, no noise from libraries."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

NOISY = ("asyncio", "httpx", "httpcore", "uvicorn", "websockets", "aiomqtt", "mqtt", "livekit", "matplotlib", "numba")
"""Libraries that tell at INFO what only their authors want to know."""
JOURNAL_LEVELS = {logging.CRITICAL: 2, logging.ERROR: 3, logging.WARNING: 4, logging.INFO: 6, logging.DEBUG: 7}


class Lines(logging.Formatter):
    """``warning  home: the broker is away``; with the journal's level in front where systemd reads."""

    def __init__(self, journal: bool, traces: bool) -> None:
        super().__init__()
        self._journal = journal
        self._traces = traces

    def format(self, record: logging.LogRecord) -> str:
        name = record.name.removeprefix("assistant.")
        text = f"{name}: {record.getMessage()}".replace("\n", " ")
        if record.exc_info and record.exc_info[1] is not None:
            text += f": {type(record.exc_info[1]).__name__}: {record.exc_info[1]}"
            if self._traces:
                text += "\n" + self.formatException(record.exc_info)
        if self._journal:
            return f"<{JOURNAL_LEVELS.get(record.levelno, 6)}>{text}"
        return f"{record.levelname.lower():<8} {text}"


def set_up(level: str = "warning") -> logging.Handler:
    """Log to the error stream. ``assistant --debug`` overrides the level and adds tracebacks."""
    debug = bool(os.environ.get("ASSISTANT_DEBUG"))
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines("JOURNAL_STREAM" in os.environ, debug))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.DEBUG if debug else level.upper())
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    return handler


@contextmanager
def quiet(level: str = "warning") -> Iterator[None]:
    """Logging while the block runs, as a command does it; what was set up before comes back."""
    before = logging.getLogger().level
    handler = set_up(level)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
        logging.getLogger().setLevel(before)
