"""Laws of icons."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from viewer.ui.widgets.icons import icon


def test_an_icon_without_room_is_nothing_and_no_warning(qapp: QApplication) -> None:
    made = icon("x", role="text-2")
    assert made.pixmap(QSize(0, 12)).isNull()
    assert not made.pixmap(QSize(12, 12)).isNull()
