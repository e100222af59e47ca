"""Memory of one window in which study after study is opened.

Run: QT_QPA_PLATFORM=offscreen python tests/benchmarks/bench_memory.py
Opens the demo study and the demos of all vendors in turn, 60 times in all. Floor: the same window
after 10 openings. Goal: resident memory after 60 is within 5 % of that after 10.
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="overread-bench-")

from PySide6.QtCore import QEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from viewer.app import Program, application
from viewer.demo import STUDY, VENDORS

FIRST, LAST = 10, 60
GOAL = 1.05
WITHIN_S = 120.0


def resident_mb() -> float:
    """Return the resident memory of this process, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def opened(program: Program, name: str) -> None:
    """Open a demo and wait until nothing more is read, loaded or painted."""
    program.window.opening.open_demo(name)
    until = time.monotonic() + WITHIN_S
    rounds = 0
    while rounds < 20 and time.monotonic() < until:
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # as a running loop does
        QTest.qWait(5)
        is_busy = program.jobs.is_busy() or program.window.views.turns.is_busy
        rounds = 0 if is_busy else rounds + 1


def main() -> int:
    """Print memory after the first and the last openings, and their ratio."""
    application()
    program = Program()
    program.furnish()
    program.window.resize(1280, 800)
    program.window.show()
    measured: dict[int, float] = {}
    for number, name in enumerate(islice(cycle((STUDY, *VENDORS)), LAST), start=1):
        opened(program, name)
        if number in (FIRST, LAST):
            gc.collect()
            measured[number] = resident_mb()
            print(f"after {number} openings: {measured[number]:.0f} MB", flush=True)
    program.window.close()
    ratio = measured[LAST] / measured[FIRST]
    print(f"ratio {ratio:.3f}, goal {GOAL}")
    return 0 if ratio <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
