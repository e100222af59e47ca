"""How this program starts itself once more, as a child process with a hidden command."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def entry_point() -> list[str]:
    """Return the words of a command line that run this program."""
    return [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "viewer"]


def environment() -> dict[str, str]:
    """Return this process's environment, in which `viewer` can be imported as it is here."""
    root = str(Path(__file__).resolve().parents[2])
    path = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([root, path] if path else [root])}
