"""The table of keys."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from viewer.ui.actions.table import ACTIONS
from viewer.ui.window.keysheet import ROOM, KeySheet


def test_it_fits_the_screen_and_whatever_does_not_fit_is_scrolled_to(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    sheet = KeySheet(window)
    room = window.screen().availableSize() * ROOM
    sheet.show()
    assert sheet.size().boundedTo(room) == sheet.size()
    scroll = sheet.findChild(QScrollArea)
    assert scroll is not None
    table = scroll.widget()
    assert table is not None
    assert table.sizeHint().boundedTo(table.size()) == table.sizeHint()


def test_it_names_every_action_that_has_a_key(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    words = {label.text() for label in KeySheet(window).findChildren(QLabel)}
    keyed = {spec.text for spec in ACTIONS if spec.keys and not spec.id.startswith("preset.")}
    assert keyed <= words
