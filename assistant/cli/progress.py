"""A bar per file that is fetched, on the error stream, and only where a person sees it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import TaskID

    from assistant.models.download import Tell


@contextmanager
def progress() -> Iterator[Tell]:
    """What to tell: the file, the bytes that are here, the bytes in all."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    bars: dict[str, TaskID] = {}
    looks = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn()
    with Progress(*looks, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as shown:

        def tell(name: str, here: int, total: int | None) -> None:
            if name not in bars:
                bars[name] = shown.add_task(name, total=total)
            shown.update(bars[name], completed=here, total=total)

        yield tell
