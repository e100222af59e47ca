"""What is made ready once the window stands, so that no first use has to wait for it."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from threading import Event

from PySide6 import QtCore, QtGui, QtWidgets
from PySide6.QtWidgets import QWidget

from viewer.session.jobs import Answers, JobControl, Jobs
from viewer.ui.widgets.facts import Facts
from viewer.ui.widgets.turns import Turns

QT: tuple[object, ...] = (QtCore, QtGui, QtWidgets)
LATE = ("pyqtgraph.graphicsItems.ViewBox", "shapely", "numpy.ma")  # the last by np.median
ROWS = 24  # of facts; more are made when they are needed
TURN_S = 0.006  # of making classes
WAIT_S = 0.02  # until it is looked again whether they are made


def make_ready(window: QWidget, jobs: Jobs) -> None:
    """Make ready what the main thread alone can, in turns, and import the rest in a job.

    That is the classes of Qt, then, once all is imported, rows of facts, and the style of what is
    not shown yet. PySide makes a class when it is first named, in the thread that names it, and
    while it does, another thread that uses the class ends in a segmentation fault; pyqtgraph names
    them all as it is imported.
    """
    turns, are_made = Turns(window), Event()
    names = ((module, name) for module in QT for name in dir(module))

    def make_classes() -> None:
        if _are_left(names):
            turns.ask("classes", make_classes)
        else:
            are_made.set()

    def in_turns(_imported: None) -> None:
        for facts in window.findChildren(Facts):
            turns.ask(facts, partial(facts.make_rows, ROWS))
        turns.ask("style", partial(_polish, window))
        turns.ask("modules", gc.freeze)  # they stay: no collection is to walk over them

    turns.ask("classes", make_classes)
    jobs.run("ready", partial(_import_late, are_made), Answers(in_turns))


def _are_left(names: Iterator[tuple[object, str]]) -> bool:
    """Make classes for the time of a turn; whether there may be more."""
    until = time.perf_counter() + TURN_S
    for module, name in names:
        getattr(module, name)
        if time.perf_counter() > until:
            return True
    return False


def _import_late(are_made: Event, control: JobControl) -> None:
    while not are_made.wait(WAIT_S):
        control.check()
    for name in LATE:
        control.check()
        import_module(name)


def _polish(window: QWidget) -> None:
    for widget in window.findChildren(QWidget):
        widget.ensurePolished()
