"""The command line: one module per command, none of which loads more than it needs."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from contextlib import suppress
from typing import NoReturn


def main() -> None:
    """Entry point of the console script ``assistant``."""
    from assistant.cli.app import app

    try:
        app()
    except SystemExit as end:
        if "livekit.rtc" in sys.modules and not isinstance(end.code, str):
            _leave(int(end.code or 0))
        raise


def _leave(code: int) -> NoReturn:
    """End the process in good order, but for the interpreter's own end: a thread of WebRTC's library that calls a
    Python function meanwhile aborts the process."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):  # the reader has gone, or there is none
            stream.flush()
    os._exit(code)
