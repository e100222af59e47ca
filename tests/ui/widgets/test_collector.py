"""Garbage that holds widgets is destroyed where widgets live."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from viewer.ui.widgets.collector import Collector


class Cyclic(QTimer):
    """A timer that runs and holds itself; says in which thread it goes."""

    def __init__(self, gone: list[int]) -> None:
        super().__init__()
        self.itself = self
        self.told = Told(gone)
        self.start(1000)


class Told:
    def __init__(self, gone: list[int]) -> None:
        self.gone = gone

    def __del__(self) -> None:
        self.gone.append(threading.get_ident())


def allocate() -> None:
    for _ in range(20_000):
        held: list[object] = []
        held.append(held)


@pytest.fixture
def collecting() -> Iterator[None]:
    was_on = gc.isenabled()
    gc.enable()
    yield
    if not was_on:
        gc.disable()


@pytest.mark.usefixtures("collecting")
def test_a_timer_in_a_cycle_goes_on_the_main_thread_whoever_allocates(qtbot: QtBot) -> None:
    gone: list[int] = []
    holder = QObject()
    collector = Collector(holder)
    Cyclic(gone)
    threads = [threading.Thread(target=allocate) for _ in range(3)]
    for thread in threads:
        thread.start()
        thread.join()
    assert not gone
    qtbot.waitUntil(lambda: bool(gone), timeout=20_000)
    assert gone == [threading.get_ident()]
    assert not gc.isenabled()
    collector.close()
    assert gc.isenabled()
