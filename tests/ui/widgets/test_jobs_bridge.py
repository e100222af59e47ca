"""What other threads post runs on the main thread, in order, until the window goes."""

from __future__ import annotations

import threading
import time

from pytestqt.qtbot import QtBot

from viewer.ui.widgets.jobs_bridge import LONGEST_WAIT_S, MainThreadQueue


def test_posts_of_another_thread_run_here_in_their_order(qtbot: QtBot) -> None:
    queue = MainThreadQueue()
    ran: list[tuple[int, bool]] = []
    here = threading.current_thread()

    def post_all() -> None:
        for number in range(50):
            queue.post(lambda at=number: ran.append((at, threading.current_thread() is here)))

    thread = threading.Thread(target=post_all)
    thread.start()
    thread.join()
    assert ran == []
    qtbot.waitUntil(lambda: len(ran) == 50)
    assert ran == [(number, True) for number in range(50)]


def test_after_closing_nothing_runs_any_more(qtbot: QtBot) -> None:
    queue = MainThreadQueue()
    ran: list[int] = []
    queue.post(lambda: ran.append(1))
    queue.close()
    queue.post(lambda: ran.append(2))
    qtbot.wait(20)
    assert ran == []


def test_a_job_waits_while_the_main_thread_is_at_work_but_not_for_long(qtbot: QtBot) -> None:
    queue = MainThreadQueue()
    waits: list[float] = []
    may_end = threading.Event()

    def work() -> None:
        while not may_end.is_set():
            began = time.monotonic()
            queue.give_way()
            waits.append(time.monotonic() - began)
            time.sleep(0.001)

    thread = threading.Thread(target=work)
    thread.start()
    qtbot.wait(50)
    time.sleep(0.15)  # the main thread is away
    may_end.set()
    thread.join()
    assert max(waits) >= LONGEST_WAIT_S * 0.9
    qtbot.wait(50)
    assert not queue.is_beating


def test_a_job_that_outlives_the_window_does_not_wait_for_it(qtbot: QtBot) -> None:
    queue = MainThreadQueue()
    queue.close()
    queue.give_way()
    qtbot.wait(20)
    assert not queue.is_beating
