"""Background work: answers on the main thread, newest wins, nothing is swallowed."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable

import pytest

from viewer.errors import Cancelled, CannotRead
from viewer.session.jobs import Answers, JobControl, Jobs


class MainThread:
    """Takes posted calls and runs them where it is told to."""

    def __init__(self) -> None:
        self.calls: queue.Queue[Callable[[], None]] = queue.Queue()

    def run_until(self, happened: Callable[[], bool], within_s: float = 5.0) -> None:
        until = time.monotonic() + within_s
        while not happened():
            assert time.monotonic() < until, "it never happened"
            try:
                self.calls.get(timeout=0.01)()
            except queue.Empty:
                continue


@pytest.fixture
def main():
    return MainThread()


@pytest.fixture
def jobs(main):
    made = Jobs(main.calls.put)
    yield made
    assert made.close(5.0) == ()


def test_the_answer_is_heard_on_the_thread_that_runs_the_posted_calls(jobs, main):
    heard: list[tuple[int, threading.Thread]] = []
    answers = Answers[int](done=lambda n: heard.append((n, threading.current_thread())))
    jobs.run("sum", lambda control: 1 + 1, answers)
    main.run_until(lambda: bool(heard))
    assert heard == [(2, threading.main_thread())]
    assert not jobs.is_busy()


def test_only_the_newest_answers_and_one_name_has_one_thread(jobs, main):
    heard: list[int] = []
    at_once: list[int] = []
    running: list[int] = []

    def work(number: int) -> Callable[[JobControl], int]:
        def slowly(control: JobControl) -> int:
            running.append(number)
            at_once.append(len(running))
            while number < 9 and not control.cancelled():
                time.sleep(0.001)
            running.remove(number)
            return number

        return slowly

    for number in range(10):
        jobs.newest("picture", work(number), Answers[int](done=heard.append))
    main.run_until(lambda: bool(heard))
    main.run_until(lambda: not jobs.is_busy("picture"))
    assert heard == [9]
    assert max(at_once) == 1


def test_an_answer_that_waits_to_be_heard_is_dropped_for_a_newer_one(jobs, main):
    heard: list[str] = []
    jobs.newest("picture", lambda control: "old", Answers[str](done=heard.append))
    until = time.monotonic() + 5
    while main.calls.empty() and time.monotonic() < until:
        time.sleep(0.001)
    jobs.newest("picture", lambda control: "new", Answers[str](done=heard.append))
    main.run_until(lambda: bool(heard))
    assert heard == ["new"]


def test_a_cancelled_job_is_heard_of_no_more(jobs, main):
    heard: list[object] = []
    started = threading.Event()

    def work(control: JobControl) -> None:
        started.set()
        while True:
            control.check()
            time.sleep(0.001)

    jobs.run("read", work, Answers[None](heard.append, heard.append))
    started.wait(5)
    assert jobs.is_busy("read")
    jobs.cancel("read")
    assert not jobs.is_busy("read")
    main.calls.get(timeout=5)()
    assert heard == []


def test_an_error_comes_back_as_itself(jobs, main, caplog):
    failures: list[Exception] = []

    def refuse(control: JobControl) -> None:
        raise CannotRead("labels.json is empty")

    jobs.run("read", refuse, Answers[None](failed=failures.append))
    main.run_until(lambda: bool(failures))
    assert str(failures[0]) == "labels.json is empty"
    assert caplog.records == []


def test_an_unknown_error_is_logged_by_its_type_and_heard_of(jobs, main, caplog):
    failures: list[Exception] = []

    def stumble(control: JobControl) -> None:
        raise ZeroDivisionError("a patient's name")

    jobs.run("read", stumble, Answers[None](failed=failures.append))
    main.run_until(lambda: bool(failures))
    assert isinstance(failures[0], ZeroDivisionError)
    assert [record.getMessage() for record in caplog.records] == [
        "job read failed: ZeroDivisionError"
    ]


def test_an_error_that_nobody_asked_for_is_raised_on_the_main_thread(jobs, main):
    def refuse(control: JobControl) -> None:
        raise CannotRead("labels.json is empty")

    jobs.run("read", refuse)
    with pytest.raises(CannotRead, match="empty"):
        main.calls.get(timeout=5)()


def test_progress_is_heard_ten_times_a_second_at_most_and_at_the_end(jobs, main):
    heard: list[tuple[int, int]] = []
    done: list[None] = []

    def work(control: JobControl) -> None:
        for number in range(1, 5001):
            control.progress(number, 5000)

    jobs.run("read", work, Answers[None](done.append, progress=lambda *at: heard.append(at)))
    main.run_until(lambda: bool(done))
    assert heard[0] == (1, 5000)
    assert heard[-1] == (5000, 5000)
    assert len(heard) < 50


def test_closing_stops_everything_and_nothing_of_it_is_heard(main):
    jobs = Jobs(main.calls.put)
    heard: list[object] = []
    ended: list[str] = []

    def work_of(name: str) -> Callable[[JobControl], None]:
        def work(control: JobControl) -> None:
            while not control.cancelled():
                time.sleep(0.001)
            ended.append(name)

        return work

    for name in ("one", "two"):
        jobs.newest(name, work_of(name), Answers[None](heard.append))
    jobs.newest("two", work_of("two again"), Answers[None](heard.append))
    assert jobs.close(60) == ()
    assert {"one", "two"} <= set(ended)
    jobs.run("late", work_of("late"), Answers[None](heard.append))
    while not main.calls.empty():
        main.calls.get()()
    assert heard == []
    assert "late" not in ended
    assert not jobs.is_busy()


def test_closing_names_what_does_not_stop(main):
    jobs = Jobs(main.calls.put)
    release = threading.Event()
    jobs.run("stubborn", lambda control: release.wait(5))
    assert jobs.close(0.05) == ("stubborn",)
    release.set()
    assert jobs.close(5) == ()


def test_checking_in_a_job_that_is_wanted_does_nothing():
    control = JobControl()
    control.check()
    control.progress(1, 2)
    control.cancel()
    with pytest.raises(Cancelled):
        control.check()
