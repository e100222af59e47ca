"""Lists of boxes: as high as their rows, as wide as their longest, and closed by a real click."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QStyleOptionComboBox
from pytestqt.qtbot import QtBot
from studies import click_row, shown
from windows import LEFT, dressed

from viewer.ui.widgets.pick_box import MOST_ROWS, PickBox

# Of every list that opens, the platform without a screen says what it cannot do.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def opened(qtbot: QtBot, count: int) -> PickBox:
    dressed()
    box = PickBox()
    qtbot.addWidget(box)
    box.addItems([f"A label with a longer name than its box, {n}" for n in range(count)])
    shown(box, 90, 28)
    QTest.mouseClick(box, LEFT)
    QApplication.processEvents()
    return box


@pytest.mark.parametrize("count", [1, 2, 5, MOST_ROWS, MOST_ROWS + 20])
def test_the_list_shows_whole_rows_up_to_its_most(qtbot: QtBot, count: int) -> None:
    box = opened(qtbot, count)
    view = box.view()
    row_px = view.visualRect(view.model().index(0, 0)).height()
    assert view.viewport().height() >= min(count, MOST_ROWS) * row_px
    assert view.verticalScrollBar().isVisible() == (count > MOST_ROWS)


def test_the_list_is_wide_enough_for_its_longest_name(qtbot: QtBot) -> None:
    box = opened(qtbot, 40)
    view = box.view()
    assert view.viewport().width() >= view.sizeHintForColumn(0)
    assert view.width() > box.width()


def test_a_row_is_chosen_by_a_click(qtbot: QtBot) -> None:
    box = opened(qtbot, 5)
    chosen: list[int] = []
    box.activated.connect(chosen.append)
    click_row(box, 3)
    assert chosen == [3]
    assert box.currentIndex() == 3
    assert not box.view().isVisible()


def test_esc_chooses_none(qtbot: QtBot) -> None:
    box = opened(qtbot, 5)
    QTest.keyClick(box.view(), Qt.Key.Key_Down)
    QTest.keyClick(box.view(), Qt.Key.Key_Escape)
    assert box.currentIndex() == 0
    assert not box.view().isVisible()


def test_a_name_that_is_too_long_for_its_box_ends_in_an_ellipsis(qtbot: QtBot) -> None:
    dressed()
    box = PickBox()
    qtbot.addWidget(box)
    name = "A label with a longer name than its box"
    box.addItems([name])
    option = QStyleOptionComboBox()
    for width, fits in ((90, False), (600, True)):
        shown(box, width, 28)
        box.initStyleOption(option)
        words = box.shown_words(option)
        assert (words == name) == fits
        assert fits or words.endswith("\N{HORIZONTAL ELLIPSIS}")
