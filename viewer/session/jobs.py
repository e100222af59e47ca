"""Background work: pure functions off the main thread, answers on it, newest wins."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, TypeAlias, TypeVar

from viewer.errors import Cancelled, OverreadError

T = TypeVar("T")
Post: TypeAlias = Callable[[Callable[[], None]], None]
Progress: TypeAlias = Callable[[int, int], None]

PROGRESS_EVERY_S = 0.1
CLOSE_WITHIN_S = 0.5

_log = logging.getLogger(__name__)


class JobControl:
    """What a running job sees of the outside: whether to stop, and where to report progress.

    Nothing in here refers to the control itself: what `report` holds, such as the pixels that are
    being loaded, goes with the job, and waits for no collection.
    """

    def __init__(
        self,
        report: Progress | None = None,
        post: Post = lambda call: call(),
        give_way: Callable[[], None] = lambda: None,
    ) -> None:
        self._stop = threading.Event()
        self._give_way = give_way
        self._report = report
        self._post = post
        self._next_report = 0.0

    def cancelled(self) -> bool:
        """Whether the answer is no longer wanted."""
        return self._stop.is_set()

    def check(self) -> None:
        """Stop here when the answer is no longer wanted; wait while the main thread is at work.

        Work that is all Python asks this about every millisecond, so that it never makes the
        window wait for the interpreter.

        Raises:
            Cancelled: it is not.
        """
        self._give_way()
        if self.cancelled():
            raise Cancelled("stopped; nothing was changed")

    def progress(self, done: int, total: int) -> None:
        """Report progress; what comes faster than ten times a second is left out but the end."""
        now = time.monotonic()
        if self._report is None or self.cancelled():
            return
        if now >= self._next_report or done >= total:
            self._next_report = now + PROGRESS_EVERY_S
            self._post(partial(_unless_cancelled, self, self._report, done, total))

    def cancel(self) -> None:
        """Ask the job to stop."""
        self._stop.set()


@dataclass(frozen=True)
class Answers(Generic[T]):
    """Who hears of a job, on the main thread; a cancelled job is heard of no more.

    Args:
        done: takes the answer.
        failed: takes what the work raised; without it the error is raised on the main thread.
        progress: takes (done, total), at most ten times a second.
    """

    done: Callable[[T], None] | None = None
    failed: Callable[[Exception], None] | None = None
    progress: Progress | None = None


@dataclass(eq=False)
class _Job:
    name: str
    control: JobControl
    work: Callable[[], Callable[[], None]]  # returns what the main thread does with the answer
    thread: threading.Thread | None = field(default=None)


class Jobs:
    """Runs work in threads of its own; every answer goes through `post` to the main thread.

    Args:
        post: has a call run on the main thread, in order; safe from any thread.
        give_way: waits a moment while the main thread is at work; called from jobs.
    """

    def __init__(self, post: Post, give_way: Callable[[], None] = lambda: None) -> None:
        self._post = post
        self._give_way = give_way
        self._lock = threading.Lock()
        self._running: list[_Job] = []
        self._answered: list[_Job] = []  # posted, not yet heard
        self._waiting: dict[str, _Job] = {}
        self._is_open = True

    def run(
        self, name: str, work: Callable[[JobControl], T], answers: Answers[T] | None = None
    ) -> None:
        """Start work beside whatever runs, also beside work of the same name."""
        job = self._job(name, work, answers or Answers[T]())
        with self._lock:
            if self._is_open:
                self._start(job)

    def newest(
        self, name: str, work: Callable[[JobControl], T], answers: Answers[T] | None = None
    ) -> None:
        """Start work that takes the place of work of the same name: only the newest answers.

        Work that still runs is cancelled and waited for, so that one name has one thread.
        """
        job = self._job(name, work, answers or Answers[T]())
        with self._lock:
            if not self._is_open:
                return
            self._cancel(name)
            if any(running.name == name for running in self._running):
                self._waiting[name] = job
            else:
                self._start(job)

    def cancel(self, name: str) -> None:
        """Stop all work of this name; nothing of it is heard any more."""
        with self._lock:
            self._waiting.pop(name, None)
            self._cancel(name)

    def is_busy(self, name: str | None = None) -> bool:
        """Whether work of this name (or any) is wanted and not yet answered."""
        with self._lock:
            return any(
                name in (None, job.name) and not job.control.cancelled()
                for job in (*self._running, *self._answered, *self._waiting.values())
            )

    @property
    def is_still(self) -> bool:
        """No thread of any work runs, cancelled or not, and every answer was heard."""
        with self._lock:
            return not (self._running or self._answered or self._waiting)

    def close(self, within_s: float = CLOSE_WITHIN_S) -> tuple[str, ...]:
        """Cancel everything and wait; returns the names of what still runs after that time."""
        with self._lock:
            self._is_open = False
            self._waiting.clear()
            jobs = list(self._running)
            for job in (*jobs, *self._answered):
                job.control.cancel()
        until = time.monotonic() + within_s
        for job in jobs:
            if job.thread is not None:
                job.thread.join(max(0.0, until - time.monotonic()))
        return tuple(job.name for job in jobs if job.thread is not None and job.thread.is_alive())

    def _job(self, name: str, work: Callable[[JobControl], T], answers: Answers[T]) -> _Job:
        control = JobControl(answers.progress, self._post, self._give_way)
        return _Job(name, control, lambda: _answer(name, work, control, answers))

    def _start(self, job: _Job) -> None:
        job.thread = threading.Thread(target=self._run, args=(job,), name=f"job {job.name}")
        self._running.append(job)
        job.thread.start()

    def _cancel(self, name: str) -> None:
        for job in (*self._running, *self._answered):
            if job.name == name:
                job.control.cancel()

    def _run(self, job: _Job) -> None:
        answer = job.work()
        with self._lock:
            self._running.remove(job)
            self._answered.append(job)
            is_last = all(running.name != job.name for running in self._running)
            following = self._waiting.pop(job.name, None) if is_last else None
            if following is not None:
                self._start(following)
        self._post(lambda: self._hear(job, answer))

    def _hear(self, job: _Job, answer: Callable[[], None]) -> None:
        with self._lock:
            self._answered.remove(job)
        if not job.control.cancelled():
            answer()


def _answer(
    name: str, work: Callable[[JobControl], T], control: JobControl, answers: Answers[T]
) -> Callable[[], None]:
    """Do the work, and return what the main thread does with its outcome."""
    try:
        result = work(control)
    except Exception as error:  # noqa: BLE001 - handed over to the main thread, whatever it is
        if not isinstance(error, OverreadError):
            _log.error("job %s failed: %s", name, type(error).__name__)
        return _failure(error, answers.failed)
    done = answers.done
    return (lambda: None) if done is None else (lambda: done(result))


def _failure(error: Exception, failed: Callable[[Exception], None] | None) -> Callable[[], None]:
    def raised() -> None:
        raise error

    return raised if failed is None else (lambda: failed(error))


def _unless_cancelled(control: JobControl, report: Progress, done: int, total: int) -> None:
    if not control.cancelled():
        report(done, total)
