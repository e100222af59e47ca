"""The panel of labels under a hand."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from studies import MADE, click_cell, ids_of, rows_of_csv, shown

from viewer.session.commands import ChangeNote
from viewer.session.session import Session
from viewer.ui.labels.cells import Column, GroupItem
from viewer.ui.labels.csv_rows import csv_of
from viewer.ui.labels.panel import LabelPanel


@pytest.fixture
def panel(session: Session, qtbot: QtBot) -> LabelPanel:
    made = LabelPanel(session)
    qtbot.addWidget(made)
    shown(made, 320, 900)
    return made


def typed(panel: LabelPanel, text: str, qtbot: QtBot) -> None:
    panel.filter.clear()
    QTest.keyClicks(panel.filter, text)
    qtbot.waitUntil(lambda: panel._session.display.filter.text == text)


def test_clicking_a_row_selects_the_label_and_goes_to_its_slice(
    session: Session, panel: LabelPanel
) -> None:
    wanted = ids_of(session, "Carina")[0]
    panel.model.unfold_to(wanted)
    index = panel.model.index_of(wanted)
    panel.tree.scrollTo(index)
    click_cell(panel.tree, index, Column.LABEL)
    assert session.selection == {wanted}
    (place,) = session.matches.of(wanted)
    assert session.viewing.crosshair[2] == place.slice


def test_what_is_selected_elsewhere_is_marked_and_in_sight(
    session: Session, panel: LabelPanel
) -> None:
    wanted = ids_of(session, "Liver")
    session.select(wanted)
    assert set(panel.selected_ids()) == set(wanted)
    assert panel.tree.visualRect(panel.model.index_of(wanted[0])).isValid()


def test_ctrl_click_selects_several(session: Session, panel: LabelPanel) -> None:
    first, second = ids_of(session, "Right lung")[:2]
    for label_id, keys in ((first, None), (second, Qt.KeyboardModifier.ControlModifier)):
        panel.model.unfold_to(label_id)
        index = panel.model.index_of(label_id)
        panel.tree.scrollTo(index)
        at = panel.tree.visualRect(index).center()
        held = keys or Qt.KeyboardModifier.NoModifier
        QTest.mouseClick(panel.tree.viewport(), Qt.MouseButton.LeftButton, held, at)
    assert session.selection == {first, second}


def test_an_eye_hides_its_row_alone_and_opens_again(session: Session, panel: LabelPanel) -> None:
    wanted = ids_of(session, "Nodule box")[0]
    panel.model.unfold_to(wanted)
    index = panel.model.index_of(wanted)
    click_cell(panel.tree, index, Column.EYE)
    assert session.display.hidden == {wanted}
    assert session.selection == frozenset(), "the eye does not select"
    click_cell(panel.tree, panel.model.index_of(wanted), Column.EYE)
    assert session.display.hidden == frozenset()


def test_the_eye_of_a_class_hides_the_class(session: Session, panel: LabelPanel) -> None:
    index = panel.model.index(0, 0)
    subject = panel.model.subject_of(index)
    click_cell(panel.tree, index, Column.EYE)
    assert session.display.hidden == {subject}
    item = panel.model.item_at(index)
    assert item.is_hidden


def test_a_star_shows_one_class_alone(session: Session, panel: LabelPanel) -> None:
    index = panel.model.index(2, 0)
    click_cell(panel.tree, index, Column.SOLO)
    assert session.display.solo == panel.model.subject_of(index)
    click_cell(panel.tree, index, Column.SOLO)
    assert session.display.solo is None


def test_typing_filters_the_list_and_the_views(
    session: Session, panel: LabelPanel, qtbot: QtBot
) -> None:
    typed(panel, "liver", qtbot)
    items = [panel.model.item_at(panel.model.index(n, 0)) for n in range(panel.model.rowCount())]
    assert [item.title for item in items if isinstance(item, GroupItem)] == ["Liver"]
    assert session.display.filter.text == "liver"


def test_when_nothing_fits_one_click_takes_the_filter_off(panel: LabelPanel, qtbot: QtBot) -> None:
    typed(panel, "no such label", qtbot)
    assert panel.model.rowCount() == 0
    assert panel._empty.isVisible()
    QTest.mouseClick(panel._empty.off, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.tree.isVisible())
    assert panel.model.rowCount() > 0


def test_an_edited_row_ends_in_a_dot_and_its_place_stays(
    session: Session, panel: LabelPanel
) -> None:
    wanted = ids_of(session, "Nodule box")[0]
    session.select([wanted])
    before = QPersistentModelIndex(panel.model.index_of(wanted))
    session.do(ChangeNote(wanted, "seen", MADE))
    after = panel.model.index_of(wanted)
    assert after == before
    assert after.data().endswith("•")
    assert panel.tree.isExpanded(after)
    assert panel.selected_ids() == (wanted,)
    session.undo()
    assert not panel.model.index_of(wanted).data().endswith("•")


def test_ctrl_c_copies_the_selected_rows_as_csv(session: Session, panel: LabelPanel) -> None:
    wanted = ids_of(session, "Liver")
    project, rows = session.project, panel.model.rows
    alone = [rows_of_csv(csv_of(project, rows, np.array([row]))) for row in range(rows.count)]
    together = rows_of_csv(csv_of(project, rows, np.arange(rows.count)))
    assert [[row] for row in together] == alone
    session.select(wanted)
    QTest.keyClick(panel.tree, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    rows = rows_of_csv(QGuiApplication.clipboard().text())
    natives = {session.project.annotations[label_id].native_id for label_id in wanted}
    assert {row["id"] for row in rows} == natives
    assert {row["label"] for row in rows} == {"Liver"}


def test_delete_is_asked_in_edit_and_refused_with_a_sentence_in_view(
    session: Session, panel: LabelPanel
) -> None:
    said: list[str] = []
    asked: list[tuple[object, ...]] = []
    session.said.connect(said.append)
    panel.delete_asked.connect(asked.append)
    session.select(ids_of(session, "Liver")[:1])
    QTest.keyClick(panel.tree, Qt.Key.Key_Delete)
    assert asked == []
    assert "F3" in said[0]
    session.set_mode("edit")
    QTest.keyClick(panel.tree, Qt.Key.Key_Delete)
    assert asked == [tuple(ids_of(session, "Liver")[:1])]


def test_a_row_that_is_not_placed_says_why(session: Session, panel: LabelPanel) -> None:
    unplaced = [i for i in session.project.annotations if session.matches.reason_of(i)]
    assert unplaced
    for label_id in unplaced:
        panel.model.unfold_to(label_id)
        index = panel.model.index_of(label_id)
        assert (
            session.matches.reason_of(label_id)
            in panel.model.head_of(panel.model.group_number(index)).data()
        )
        assert index.data(Qt.ItemDataRole.ToolTipRole).endswith(".")


def test_the_header_sorts_and_the_selection_stays(session: Session, panel: LabelPanel) -> None:
    wanted = ids_of(session, "Liver")[:1]
    session.select(wanted)
    panel.tree.header().sectionClicked.emit(Column.LABEL)
    QApplication.processEvents()
    items = [panel.model.item_at(panel.model.index(n, 0)) for n in range(panel.model.rowCount())]
    titles = [i.words.casefold() for i in items if isinstance(i, GroupItem) and i.color]
    names = [i.title.casefold() for i in items if isinstance(i, GroupItem) and i.color]
    assert titles == sorted(titles) or names == sorted(names)
    assert panel.selected_ids() == tuple(wanted)
