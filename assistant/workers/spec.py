"""What a worker process is: which service it runs, with what settings, limits and deadlines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SMALL_PROCESSES = {
    # A worker holds one model that brings its own threads; a pool per library would only cost memory.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What a worker may use; None means no limit of its own."""

    memory_mb: int | None = None
    """Address space in MiB (RLIMIT_AS)."""
    cpu_seconds: int | None = None
    """Processor seconds over the life of the process (RLIMIT_CPU)."""
    open_files: int | None = None
    """File descriptors (RLIMIT_NOFILE)."""


@dataclass(frozen=True, slots=True)
class WorkerSpec:
    """One worker process.

    Times are in seconds. ``service`` is ``"package.module:Class"``; the class is built as ``Class(**config)`` in the
    process. With the class attribute ``ASYNC = True`` its methods may be coroutines and run concurrently.
    """

    name: str
    service: str
    config: Mapping[str, Any] = field(default_factory=dict)
    start_timeout: float = 30.0
    """Until the service must have been built; where it is waited for patiently, until that is said to take long."""
    call_timeout: float = 10.0
    """Deadline of a call, and of the next item of a stream, where the caller names none."""
    backoff: float = 0.2
    """Wait before the first restart; doubles with each early death."""
    backoff_max: float = 15.0
    settled_after: float = 30.0
    """A process that lived this long begins again at the first backoff."""
    ping: float = 0.0
    """Interval of life signs; 0 for none. A process that leaves one unanswered for ``ping_timeout`` is killed."""
    ping_timeout: float = 5.0
    buffer_bytes: int = 8 << 20
    """What may wait for a process that does not read; beyond it sends are dropped and calls fail."""
    limits: Limits = field(default_factory=Limits)
    contain: bool = False
    """Whether all that it starts ends with it, whatever it does to get away."""
    nice: int = 0
    spare: int = 0
    """Processors that it leaves to others, where there are more and the system can bind a process to some."""
    env: Mapping[str, str] = field(default_factory=dict)
    """Added to the environment, over the defaults above."""
