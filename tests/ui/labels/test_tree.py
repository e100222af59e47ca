"""Rows of the label list: the name first and whole, what stands beside it gives way."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics
from pytestqt.qtbot import QtBot
from studies import MADE, demo, ids_of, shown

from viewer.review.matching import match
from viewer.session.commands import ChangeNote
from viewer.session.session import Session
from viewer.ui.labels.cells import NOT_PLACED_ICON, Column, GroupItem, RowItem
from viewer.ui.labels.line_painter import ICON_PX
from viewer.ui.labels.panel import LabelPanel
from viewer.ui.widgets.theme import font_of

NARROW_PX = 248  # the left dock in a window of 1280 px


@pytest.fixture
def without_images(session: Session) -> Session:
    """The demo's export alone: no label is placed."""
    project, _ = demo()
    session.open(project, (), (), match(project, ()))
    return session


def rows_of(panel: LabelPanel) -> list[QModelIndex]:
    model = panel.model
    lines = [model.index(line, 0) for line in range(model.rowCount())]
    return [index for index in lines if model.row_at(index) is not None]


def opened(session: Session, qtbot: QtBot) -> LabelPanel:
    panel = LabelPanel(session)
    qtbot.addWidget(panel)
    shown(panel, NARROW_PX, 700)
    panel.tree.expandAll()
    return panel


def room_for_words(panel: LabelPanel, index: QModelIndex) -> int:
    item = panel.model.item_at(index)
    icons = 2 if isinstance(item, RowItem) and item.is_child else 1
    return panel.tree.line_painter.words_rect(item, 0).width() - icons * (ICON_PX + 2) - 11


def test_without_images_a_row_says_its_label_first_and_then_whose_it_is(
    without_images: Session, qtbot: QtBot
) -> None:
    panel, project = opened(without_images, qtbot), without_images.project
    rows = rows_of(panel)
    assert len(rows) == len(project.annotations)
    for index in rows:
        item, label_id = panel.model.item_at(index), panel.model.id_at(index)
        assert isinstance(item, RowItem)
        assert label_id is not None
        annotation = project.annotations[label_id]
        label = project.exports[label_id.export].ontology.by_id[annotation.class_id]
        assert item.title == label.name
        assert item.beside.startswith(annotation.author or "No author")
        assert item.beside.count(label.group) <= 1, "a group named as its author is said once"
        assert index.data() == f"{item.title} · {item.beside}"


def test_every_name_and_reason_is_whole_in_the_narrow_dock(
    without_images: Session, qtbot: QtBot
) -> None:
    panel = opened(without_images, qtbot)
    lines = range(panel.model.rowCount())
    for index in (panel.model.index(line, 0) for line in lines):
        item = panel.model.item_at(index)
        is_group = isinstance(item, GroupItem)
        font = font_of(13, QFont.Weight.DemiBold if is_group else QFont.Weight.Normal)
        wanted = QFontMetrics(font).horizontalAdvance(item.title)
        assert room_for_words(panel, index) >= wanted, item.title


def test_a_group_of_what_is_not_placed_is_titled_by_its_reason(
    without_images: Session, qtbot: QtBot
) -> None:
    panel = opened(without_images, qtbot)
    for number, group in enumerate(panel.model.groups.groups):
        index = panel.model.head_of(number)
        item = panel.model.item_at(index)
        assert isinstance(item, GroupItem)
        assert item.icon == NOT_PLACED_ICON
        assert item.title.lower() == group.reason
        assert index.data() == f"Not placed: {group.reason}"
        assert index.data(Qt.ItemDataRole.ToolTipRole) == index.data()


def test_a_row_in_its_labels_group_says_whose_it_is_and_an_unsaved_one_has_a_dot(
    session: Session, qtbot: QtBot
) -> None:
    panel = opened(session, qtbot)
    label_id = ids_of(session, "Nodule box")[0]
    author = session.project.annotations[label_id].author
    item = panel.model.item_at(panel.model.index_of(label_id))
    assert isinstance(item, RowItem)
    assert (item.title, item.beside, item.is_unsaved) == (author, "", False)
    session.do(ChangeNote(label_id, "seen", MADE))
    item = panel.model.item_at(panel.model.index_of(label_id))
    assert isinstance(item, RowItem)
    assert item.is_unsaved
    assert item.words.endswith("•")


def test_words_never_reach_into_the_number_or_the_eye_of_a_row(
    session: Session, qtbot: QtBot
) -> None:
    panel = opened(session, qtbot)
    painter = panel.tree.line_painter
    for index in rows_of(panel):
        item, top = panel.model.item_at(index), panel.tree.visualRect(index).top()
        words = painter.words_rect(item, top)
        assert isinstance(item, RowItem)
        if item.is_drawn:
            eye = panel.tree.visualRect(index.siblingAtColumn(Column.EYE))
            assert words.right() < eye.left()
        if item.slice:
            number = painter.number_rect(item, top)
            figures = QFontMetrics(font_of(12)).horizontalAdvance(item.slice)
            assert words.right() <= number.right() - figures


def test_the_frame_of_the_focus_covers_nothing_of_its_line(session: Session, qtbot: QtBot) -> None:
    panel = opened(session, qtbot)
    tree = panel.tree
    tree.setCurrentIndex(rows_of(panel)[0])
    panel.activateWindow()
    tree.setFocus()
    qtbot.waitUntil(tree.hasFocus)
    line = tree.visualRect(tree.currentIndex())
    inside = QRect(2, line.top() + 2, tree.viewport().width() - 4, line.height() - 4)
    framed = tree.viewport().grab().toImage().copy(inside)
    tree.clearFocus()
    assert framed == tree.viewport().grab().toImage().copy(inside)
