"""What is made ready once the window stands, so that no first use has to wait for it."""

from __future__ import annotations

import gc
from functools import partial
from importlib import import_module

from PySide6.QtWidgets import QWidget

from viewer.session.jobs import Answers, JobControl, Jobs
from viewer.ui.widgets.facts import Facts
from viewer.ui.widgets.turns import Turns

LATE = ("pyqtgraph.graphicsItems.ViewBox", "shapely", "numpy.ma")  # the last by np.median
ROWS = 24  # of facts; more are made when they are needed


def make_ready(window: QWidget, jobs: Jobs) -> None:
    """Import what is imported late, in a job; then make ready what only the main thread can.

    That is rows of facts, and the style of what is not shown yet.
    """

    def in_turns(_imported: None) -> None:
        turns = Turns(window)
        for facts in window.findChildren(Facts):
            turns.ask(facts, partial(facts.make_rows, ROWS))
        turns.ask("style", partial(_polish, window))
        turns.ask("modules", gc.freeze)  # they stay: no collection is to walk over them

    jobs.run("ready", _import_late, Answers(in_turns))


def _import_late(control: JobControl) -> None:
    for name in LATE:
        control.check()
        import_module(name)


def _polish(window: QWidget) -> None:
    for widget in window.findChildren(QWidget):
        widget.ensurePolished()
