"""What is made ready once the window stands, so that no first use has to wait for it."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from viewer.ui.facts import Facts
from viewer.ui.graph import warm_up
from viewer.ui.icons import load_icons

ROWS = 24  # of facts; more are made when they are needed


def make_ready(window: QWidget) -> None:
    """Load icons and late imports, make rows of facts, and style what is not shown yet."""
    load_icons()
    warm_up()
    for facts in window.findChildren(Facts):
        facts.make_rows(ROWS)
    for widget in window.findChildren(QWidget):
        widget.ensurePolished()
