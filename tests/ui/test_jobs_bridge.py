"""What other threads post runs on the main thread, in order, until the window goes."""

from __future__ import annotations

import threading

from pytestqt.qtbot import QtBot

from viewer.ui.jobs_bridge import MainThreadQueue


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
