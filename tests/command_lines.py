"""Command lines for the tests: in this process, or in one of their own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Run = Callable[..., "Done"]
Voxels = NDArray[np.int16]
TRUNCATED = b'{"labelGroups":[],"datasets":[{"id":"D_1","annotations":[{"id":"A_1","labelId"'


class Done:
    """What one command line did: exit code, stdout, stderr, and (paths, demo) of windows."""

    def __init__(
        self, code: int, out: str, err: str, windows: list[tuple[list[str], str | None]]
    ) -> None:
        self.code, self.out, self.err, self.windows = code, out, err, windows


def child(*arguments: object, code: str = "") -> subprocess.CompletedProcess[str]:
    """Run `python -m viewer`, or other code with these arguments, in a process of its own."""
    start = ["-c", code] if code else ["-m", "viewer"]
    command = [sys.executable, *start, *(str(argument) for argument in arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)
