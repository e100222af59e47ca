"""How much memory is free."""

from __future__ import annotations

import os
from pathlib import Path

MEMORY_SHARE = 0.8  # of what is free; the window and the decoders need the rest
_UNKNOWN = 8 << 30


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
