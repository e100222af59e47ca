"""Funnel, chips and the list's menu under a hand."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from studies import click_cell, ids_of, shown

from viewer.render.coloring import Coloring
from viewer.review.filtering import NO_FILTER, Filter, Span
from viewer.session.session import Session
from viewer.ui.labels.cells import Column, GroupItem, RowItem
from viewer.ui.labels.filter_choices import Choice, Choices
from viewer.ui.labels.filter_popup import MOST_LISTED
from viewer.ui.labels.panel import LabelPanel

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def panel(session: Session, qtbot: QtBot) -> LabelPanel:
    made = LabelPanel(session)
    qtbot.addWidget(made)
    shown(made, 340, 900)
    return made


def listed(panel: LabelPanel) -> int:
    return len(panel.model.groups.order)


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_what_is_checked_in_the_funnel_is_listed_alone_until_its_chip_is_clicked(
    session: Session, panel: LabelPanel
) -> None:
    every = listed(panel)
    QTest.mouseClick(panel.bar.funnel, LEFT)
    checks = panel.bar.popup.lists["scopes"]
    row = next(n for n in range(checks.count()) if checks.item(n).text() == "Drawn")
    rect = checks.visualItemRect(checks.item(row))
    QTest.mouseClick(checks.viewport(), LEFT, NONE, rect.topLeft() + QPoint(12, rect.height() // 2))
    assert session.display.filter.scopes == {"shape"}
    assert 0 < listed(panel) < every
    panel.bar.popup.hide()
    (chip,) = panel.bar.chips.chips
    QTest.mouseClick(chip, LEFT)
    assert session.display.filter == NO_FILTER
    assert listed(panel) == every


def test_parts_stand_beside_words_and_authors_and_go_off_singly(
    session: Session, panel: LabelPanel, qtbot: QtBot
) -> None:
    QTest.keyClicks(panel.filter, "nodule")
    qtbot.waitUntil(lambda: session.display.filter.text == "nodule")
    panel.bar.ask(Filter("nodule", frames=Span(50, 55), scopes=frozenset({"shape"})))
    chips = panel.bar.chips.chips
    words = [chip.text() for chip in chips]
    assert len(words) == 2
    panel.bar.ask(Filter("nodule", frames=Span(50, 60), scopes=frozenset({"shape"})))
    assert panel.bar.chips.chips == chips  # a slider makes no new ones
    assert [chip.text() for chip in chips] != words
    QTest.mouseClick(panel.bar.chips.chips[0], LEFT)
    assert session.display.filter == Filter("nodule", scopes=frozenset({"shape"}))
    assert panel.filter.text() == "nodule"


def test_of_very_many_choices_those_that_are_chosen_stay_so(panel: LabelPanel) -> None:
    popup = panel.bar.popup
    many = tuple(Choice(f"state {number}", f"state {number}") for number in range(MOST_LISTED + 90))
    popup.show_choices(Choices(states=many), Filter(states=frozenset({"state 560"})))
    listed = popup.lists["states"]
    assert listed.count() == MOST_LISTED
    told: list[Filter] = []
    popup.changed.connect(told.append)
    listed.item(1).setCheckState(Qt.CheckState.Checked)
    assert told[-1].states == {"state 560", "state 0"}
    assert popup._titles["states"].text().endswith("500 of 590")


def test_esc_takes_the_words_off_and_down_goes_on_in_the_list(
    session: Session, panel: LabelPanel, qtbot: QtBot
) -> None:
    panel.filter.setFocus()
    QTest.keyClicks(panel.filter, "nodule")
    QTest.keyClick(panel.filter, Qt.Key.Key_Escape)
    assert panel.filter.text() == ""
    assert panel.filter.hasFocus()
    qtbot.waitUntil(lambda: session.display.filter == NO_FILTER)
    QTest.keyClick(panel.filter, Qt.Key.Key_Down)
    assert panel.tree.hasFocus()


@pytest.mark.parametrize("into", ["author", "slice", "state", "task", "verdict", "none"])
def test_every_label_is_listed_once_however_it_is_grouped(panel: LabelPanel, into: str) -> None:
    every = set(panel.model.groups.order.tolist())
    panel.group_by(into)  # type: ignore[arg-type]
    panel.tree.expandAll()
    model = panel.model
    rows = [model.row_at(model.index(line, 0)) for line in range(model.rowCount())]
    found = [row for row in rows if row is not None]
    assert sorted(found) == sorted(every)
    heads = [model.item_at(model.index(n, 0)) for n, row in enumerate(rows) if row is None]
    assert all(isinstance(head, GroupItem) and head.words for head in heads)


@pytest.mark.parametrize("column", list(Column))
def test_a_click_on_any_header_sorts_and_loses_no_row(panel: LabelPanel, column: Column) -> None:
    every = sorted(panel.model.groups.order.tolist())
    for _ in range(2):
        panel.tree.header().sectionClicked.emit(column)
        assert sorted(panel.model.groups.order.tolist()) == every


def test_painting_down_a_column_locks_every_row_that_is_passed(
    session: Session, panel: LabelPanel
) -> None:
    ids = ids_of(session, "Nodule box")[:3]
    panel.model.unfold_to(ids[0])
    cells = [panel.model.index_of(id).siblingAtColumn(Column.LOCK) for id in ids]
    panel.tree.scrollTo(cells[0])
    places = [panel.tree.visualRect(cell).center() for cell in cells]
    QTest.mousePress(panel.tree.viewport(), LEFT, NONE, places[0])
    for place in places[1:]:
        QTest.mouseMove(panel.tree.viewport(), place)
        QApplication.processEvents()
    QTest.mouseRelease(panel.tree.viewport(), LEFT, NONE, places[-1])
    assert session.display.locked == set(ids)
    assert session.selection == frozenset()
    click_cell(panel.tree, panel.model.index_of(ids[0]), Column.LOCK)
    assert session.display.locked == set(ids[1:])


def test_the_arrow_of_a_group_folds_it_and_keys_do_too(panel: LabelPanel) -> None:
    head = panel.model.head_of(0)
    panel.tree.collapse(head)
    before = panel.model.rowCount()
    at = panel.tree.visualRect(head)
    QTest.mouseClick(panel.tree.viewport(), LEFT, NONE, at.topLeft() + QPoint(8, 12))
    count = panel.model.groups.groups[0].count
    assert panel.model.rowCount() == before + count
    panel.tree.setCurrentIndex(panel.model.index(1, 0))
    QTest.keyClick(panel.tree, Qt.Key.Key_Left)
    QTest.keyClick(panel.tree, Qt.Key.Key_Left)
    assert panel.model.rowCount() == before
    QTest.keyClick(panel.tree, Qt.Key.Key_Right)
    assert panel.model.rowCount() == before + count


def test_where_colour_means_the_author_classes_have_none_and_rows_say_it(
    session: Session, panel: LabelPanel
) -> None:
    session.display.set_coloring(Coloring("author"))
    panel.tree.expandAll()
    lines = range(panel.model.rowCount())
    items = [panel.model.item_at(panel.model.index(line, 0)) for line in lines]
    assert not any(item.color for item in items if isinstance(item, GroupItem))
    assert all(item.color for item in items if isinstance(item, RowItem))
    assert panel.legend.isVisible()
    session.display.set_coloring(Coloring())
    assert not panel.legend.isVisible()
