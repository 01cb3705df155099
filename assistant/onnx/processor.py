"""What the processor does well."""

from __future__ import annotations

from functools import cache
from pathlib import Path

DOT_PRODUCTS = {"avx512_vnni", "avx_vnni", "amx_int8"}


@cache
def multiplies_signed() -> bool:
    """Whether products of unsigned and signed bytes are exact and fast: x86 with VNNI or AMX, as far as Linux tells.

    There they take half the time that those of unsigned bytes take. On older x86 they overflow.
    """
    try:
        lines = Path("/proc/cpuinfo").read_text("ascii", "replace").splitlines()
    except OSError:
        return False
    flags = next((line for line in lines if line.startswith("flags")), "")
    return not DOT_PRODUCTS.isdisjoint(flags.split())
