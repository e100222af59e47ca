"""A real window under watch: the longest pauses of its main thread, and what ran in them."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from types import CodeType, FrameType, TracebackType

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QObject, QTimerEvent
from PySide6.QtWidgets import QApplication

from viewer.app import Program, application
from viewer.ui.window.warming import make_ready

TICK_MS = 5
SAMPLE_S = 0.004
LATE_S = 0.025
GOAL_MS = 50.0
QUIET_S = 0.1


class Ticks(QObject):
    """A timer of 5 ms in the main thread; the time between two ticks is how long it was away."""

    def __init__(self) -> None:
        super().__init__()
        self.last = time.perf_counter()
        self.gaps: list[float] = []
        self.busy: list[float] = []  # of each gap, what the main thread worked itself
        self._worked = time.thread_time()
        self.places: list[tuple[float, str]] = []  # when, where the main thread was
        self._timer = self.startTimer(TICK_MS)
        self._is_over = threading.Event()
        self._main = threading.get_ident()
        self._sampler = threading.Thread(target=self._sample, name="sampler", daemon=True)
        self._sampler.start()

    def timerEvent(self, _event: QTimerEvent) -> None:  # noqa: N802 - Qt names it
        now = time.perf_counter()
        worked = time.thread_time()
        self.gaps.append(now - self.last)
        self.busy.append(worked - self._worked)
        self.last, self._worked = now, worked

    def _sample(self) -> None:
        while not self._is_over.wait(SAMPLE_S):
            now = time.perf_counter()
            if now - self.last > LATE_S:
                stacks = {id: _stack(frame) for id, frame in sys._current_frames().items()}
                others = [_place(stack) for id, stack in stacks.items() if id != self._main]
                other = next((place for place in others if place), "")
                beside = f"  [beside: {other}]" if other else ""
                self.places.append((now, f"{_place(stacks[self._main]) or 'Qt'}{beside}"))

    def end(self) -> None:
        self.killTimer(self._timer)
        self._is_over.set()
        self._sampler.join()


def _stack(frame: FrameType | None) -> list[tuple[CodeType, int]]:
    """Return code and line of a stack, innermost first; no frame is held on to."""
    found: list[tuple[CodeType, int]] = []
    while frame is not None and len(found) < 40:
        found.append((frame.f_code, frame.f_lineno))
        frame = frame.f_back
    return found


def _place(stack: list[tuple[CodeType, int]]) -> str:
    """Return the innermost functions of the program in a stack, outermost first."""
    mark = f"viewer{os.sep}"
    found = [
        f"{code.co_filename.split(mark)[-1]}:{line} {code.co_name}"
        for code, line in stack
        if mark in code.co_filename
    ]
    return " > ".join(reversed(found[:4]))


class Watch:
    """Times a part of the bench and keeps the pauses in it.

    Args:
        title: printed in the first column.
    """

    def __init__(self, title: str) -> None:
        self.title = title
        self.seconds = 0.0

    def __enter__(self) -> Watch:
        self.ticks = Ticks()
        self.began = time.perf_counter()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        QApplication.processEvents()
        self.seconds = time.perf_counter() - self.began
        self.ticks.end()

    @property
    def longest_ms(self) -> float:
        return max(self.ticks.gaps, default=self.seconds) * 1000

    @property
    def busy_ms(self) -> float:
        """The most that the main thread worked between two ticks, however busy the machine is."""
        return max(self.ticks.busy, default=0.0) * 1000

    @property
    def p99_ms(self) -> float:
        gaps = sorted(self.ticks.gaps)
        return gaps[int(0.99 * (len(gaps) - 1))] * 1000 if gaps else 0.0

    @property
    def is_live(self) -> bool:
        return self.longest_ms <= GOAL_MS

    def report(self, places: int = 6) -> None:
        """Print one line, and where the main thread was in pauses that are too long."""
        print(
            f"{self.title:44} {self.seconds:6.2f} s  longest pause {self.longest_ms:6.1f} ms, "
            f"p99 {self.p99_ms:5.1f} ms, own work {self.busy_ms:5.1f} ms (goal {GOAL_MS:.0f})",
            flush=True,
        )
        found = Counter(where for _, where in self.ticks.places)
        for place, count in found.most_common(0 if self.is_live else places):
            print(f"    {count * SAMPLE_S * 1000:5.0f} ms  {place}", flush=True)


def until(is_done: Callable[[], bool], within_s: float = 120.0) -> None:
    """Run the event loop until something is so.

    Raises:
        TimeoutError: it did not come to be so.
    """
    end = time.perf_counter() + within_s
    while not is_done():
        if time.perf_counter() > end:
            raise TimeoutError
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)


def running(seconds: float) -> None:
    """Run the event loop for a while."""
    end = time.perf_counter() + seconds
    until(lambda: time.perf_counter() >= end)


def settled(made: Program) -> float:
    """Run the event loop until no job runs and no view waits to be painted; return when that was.

    What is painted may ask for more work, so it must stay so for a tenth of a second.
    """
    since = time.perf_counter()

    def is_quiet() -> bool:
        nonlocal since
        if made.jobs.is_busy() or made.window.views.turns.is_busy:
            since = time.perf_counter()
        return time.perf_counter() - since > QUIET_S

    until(is_quiet)
    return since


def program(size: tuple[int, int] = (1920, 1080)) -> Program:
    """Return a shown window whose late imports are done."""
    application()
    made = Program()
    made.furnish()
    made.window.resize(*size)
    made.window.show()
    running(0.1)
    make_ready(made.window, made.jobs)
    settled(made)
    return made


def rss_mb() -> float:
    """Memory that this process holds, in MB of 10**6 bytes."""
    with open("/proc/self/statm") as file:  # noqa: PTH123 - Linux only, as the bench is
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6
