"""How much memory is free, and giving back what is not needed any more."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

MEMORY_SHARE = 0.8  # of what is free; the window and the decoders need the rest
LARGE_BYTES = 4 << 20  # pixels of a series, not of a slice
HEAPS = 2
_UNKNOWN = 8 << 30
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8  # of malloc.h


def free_bytes() -> int:
    """Memory that a program may still take, in bytes; 8 GB where the system does not say.

    Sizes that are absurd are refused by it before they are asked for.
    """
    listing = Path("/proc/meminfo")
    if listing.exists():
        for line in listing.read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) << 10
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    return _UNKNOWN


def keep_together() -> None:
    """Have large blocks leave with what they held; called once, before threads allocate.

    By itself glibc moves blocks of up to 32 MB into its heaps once some were freed, of which each
    thread has one: a few small blocks between them then hold on to what a closed study took.
    """
    settle = _of_glibc("mallopt")
    if settle is not None:
        settle(ctypes.c_int(_M_MMAP_THRESHOLD), ctypes.c_int(LARGE_BYTES))
        settle(ctypes.c_int(_M_ARENA_MAX), ctypes.c_int(HEAPS))


def give_back() -> None:
    """Give memory that was freed back to the system; some ms, best in a job.

    The allocator of glibc keeps what was freed, in each of its heaps. Others give it back by
    themselves.
    """
    trim = _of_glibc("malloc_trim")
    if trim is not None:
        trim(ctypes.c_size_t(0))


@cache
def _of_glibc(name: str) -> Callable[..., int] | None:
    """Return a function of the C library; None where it has none, as musl."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
