"""Work in turns: each call in a turn of its own, in order, once for each name that waits."""

from __future__ import annotations

import threading
from functools import partial

import pytest
from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from viewer.session.jobs import Jobs
from viewer.ui.widgets.facts import Facts
from viewer.ui.widgets.jobs_bridge import MainThreadQueue
from viewer.ui.widgets.turns import Turns
from viewer.ui.window import warming
from viewer.ui.window.warming import ROWS, make_ready


def test_calls_are_made_in_order_and_never_at_once(qtbot: QtBot) -> None:
    owner = QObject()
    turns, made = Turns(owner), list[str]()
    for name in "abc":
        turns.ask(name, partial(made.append, name))
    assert made == []
    assert turns.is_busy
    qtbot.waitUntil(lambda: not turns.is_busy)
    assert made == ["a", "b", "c"]


def test_a_name_that_waits_is_called_once_with_the_newest_call(qtbot: QtBot) -> None:
    owner = QObject()
    turns, made = Turns(owner), list[int]()
    for number in range(3):
        turns.ask("a", partial(made.append, number))
    turns.ask("b", partial(made.append, 7))
    qtbot.waitUntil(lambda: not turns.is_busy)
    assert made == [2, 7]


def test_one_that_is_asked_for_without_end_lets_the_others_have_their_turn(qtbot: QtBot) -> None:
    owner = QObject()
    turns, made = Turns(owner), list[str]()
    always = QTimer(owner, interval=0)
    always.timeout.connect(lambda: turns.ask("again", lambda: None))
    always.start()
    turns.ask("other", lambda: made.append("other"))
    qtbot.waitUntil(lambda: made == ["other"])
    always.stop()


def test_a_window_is_made_ready_piece_by_piece_beside_the_work(qtbot: QtBot) -> None:
    facts = Facts()
    qtbot.addWidget(facts)
    page = Facts(parent=facts)
    queue = MainThreadQueue()
    make_ready(facts, Jobs(queue.post))
    assert widgets_in(page) == 0
    qtbot.waitUntil(lambda: widgets_in(page) == 2 * ROWS, timeout=20_000)


def test_classes_of_qt_are_made_by_the_main_thread_before_a_job_imports_anything(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, bool]] = []

    class Lazy:
        """Classes that are made when they are named."""

        def __dir__(self) -> list[str]:
            return ["first", "second"]

        def __getattr__(self, name: str) -> None:
            told.append((name, threading.current_thread() is threading.main_thread()))

    def tell(name: str) -> None:
        told.append((name, threading.current_thread() is threading.main_thread()))

    monkeypatch.setattr(warming, "QT", (Lazy(), Lazy()))
    monkeypatch.setattr(warming, "import_module", tell)
    monkeypatch.setattr(warming, "TURN_S", 0.0)  # a turn for each
    facts = Facts()
    qtbot.addWidget(facts)
    make_ready(facts, Jobs(MainThreadQueue().post))
    qtbot.waitUntil(lambda: len(told) == 4 + len(warming.LATE), timeout=20_000)
    assert told[:4] == [("first", True), ("second", True)] * 2
    assert not any(is_main for _, is_main in told[4:])


def widgets_in(page: Facts) -> int:
    layout = page.layout()
    return 0 if layout is None else layout.count()
