"""How the C library holds memory for the program, and that it gives back what was freed."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from functools import cache

LARGE_BYTES = 4 << 20  # pixels of a series, not of a slice
HEAPS = 2
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8  # of malloc.h


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
